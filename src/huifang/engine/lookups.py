"""Small tables that are worked out in Python and joined in the queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huifang.engine.stages import Connection

_ARROW = {
    "int64": pa.int64(), "string": pa.string(), "boolean": pa.bool_(), "date": pa.date32(), "float64": pa.float64(),
    "timestamp": pa.timestamp("us"),
}  # fmt: skip
_serial = count()


def lookup(connection: Connection, name: str, columns: Mapping[str, tuple[str, Sequence[object]]]) -> ir.Table:
    """A temporary table from Python values: by column its ibis type and its values."""
    data = pa.table({column: pa.array(values, type=_ARROW[kind]) for column, (kind, values) in columns.items()})
    schema = ibis.schema({column: kind for column, (kind, _values) in columns.items()})
    table: ir.Table = connection.create_table(f"huifang_{name}_{next(_serial)}", data, schema=schema, temp=True)
    return table


@ibis.udf.scalar.builtin
def md5(text: str) -> str:  # type: ignore[empty-body]  # the body is the database's own function
    """32 hex digits; the same on DuckDB, PostgreSQL and Spark."""
