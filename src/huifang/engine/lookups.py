"""Small tables that are worked out in Python and joined in the queries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count

import ibis
import ibis.expr.types as ir

from huifang.engine.keeping import Connection, Rows, keep_rows

_FEW = 10_000
_serial = count()


def lookup(connection: Connection, name: str, types: Mapping[str, str], rows: Rows | Callable[[], Rows]) -> ir.Table:
    """A temporary table from Python rows, or from a function that gives them; `types` by column.

    DuckDB takes any number. To other databases many rows travel as Arrow, few as a statement, which starts faster.
    """
    if connection.name == "duckdb":
        return keep_rows(connection, name, types, rows)
    given = rows() if callable(rows) else rows
    return keep_rows(connection, name, types, given) if len(given) <= _FEW else _by_arrow(connection, name, types, given)


def _by_arrow(connection: Connection, name: str, types: Mapping[str, str], rows: Rows) -> ir.Table:
    import pyarrow as pa

    schema = ibis.schema(types)
    columns = list(zip(*rows, strict=True))
    data = pa.table({column: pa.array(columns[place], type=schema[column].to_pyarrow()) for place, column in enumerate(types)})
    table: ir.Table = connection.create_table(f"huifang_{name}_{next(_serial)}", data, temp=True)
    return table


def _md5(text: str) -> str:
    """32 hex digits; the same on DuckDB, PostgreSQL and Spark, whose own function it names."""
    raise AssertionError(text)


md5: Callable[[ir.StringValue], ir.StringValue] = ibis.udf.scalar.builtin(_md5, name="md5")
"""32 hex digits of a text, computed by the database."""
