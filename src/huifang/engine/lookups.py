"""Small tables that are worked out in Python and joined in the queries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import count

import ibis
import ibis.expr.types as ir

from huifang.engine.keeping import Connection, keep_rows

_FEW = 10_000
_serial = count()


def lookup(connection: Connection, name: str, types: Mapping[str, str], rows: Sequence[Sequence[object]]) -> ir.Table:
    """A temporary table from Python rows; `types` by column. Many rows travel as Arrow, few as a statement, which starts faster."""
    if len(rows) <= _FEW:
        return keep_rows(connection, name, types, rows)
    import pyarrow as pa

    schema = ibis.schema(types)
    columns = list(zip(*rows, strict=True))
    data = pa.table({column: pa.array(columns[place], type=schema[column].to_pyarrow()) for place, column in enumerate(types)})
    made = f"huifang_{name}_{next(_serial)}"
    if connection.name == "duckdb":
        connection.con.register(made, data)
        table: ir.Table = connection.table(made)
    else:
        table = connection.create_table(made, data, temp=True)
    return table


def _md5(text: str) -> str:
    """32 hex digits; the same on DuckDB, PostgreSQL and Spark, whose own function it names."""
    raise AssertionError(text)


md5: Callable[[ir.StringValue], ir.StringValue] = ibis.udf.scalar.builtin(_md5, name="md5")
"""32 hex digits of a text, computed by the database."""
