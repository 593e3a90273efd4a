"""The way to the database: expressions become tables that are kept, small tables go in, rows come out.

A plan is some twenty short queries over ibis expressions. Their text is made as plainly as it can be (nested selects are left nested:
every database flattens them itself), and the columns of a kept table are known without asking the database again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

Connection = Any
"""An ibis backend: DuckDB, PostgreSQL or Spark."""

_serial = count()
_BY_STATEMENT = frozenset({"duckdb", "postgres"})
_SQL_TYPES = {
    "string": "VARCHAR(400)", "boolean": "BOOLEAN", "int64": "BIGINT", "float64": "DOUBLE PRECISION", "date": "DATE",
    "timestamp": "TIMESTAMP",
}  # fmt: skip


def keep(connection: Connection, name: str, table: ir.Table) -> ir.Table:
    """`table` computed once into a temporary table of `connection`, for stages that several later ones read."""
    made = f"huifang_{name}_{next(_serial)}"
    if connection.name not in _BY_STATEMENT:
        kept: ir.Table = connection.create_table(made, table, temp=True)
        return kept
    connection.raw_sql(f"CREATE TEMPORARY TABLE {made} AS {_text(connection, table)}")
    return _named(connection, made, table.schema())


def keep_rows(connection: Connection, name: str, types: Mapping[str, str], rows: Sequence[Sequence[object]]) -> ir.Table:
    """Plain values as a temporary table of `connection`: a few thousand rows at the most."""
    mark = "`" if connection.name == "pyspark" else '"'
    names = {column: f"{mark}{column}{mark}" for column in types}
    cells = names if rows else dict.fromkeys(types, "NULL")
    typed = ", ".join(f"CAST({cells[column]} AS {_SQL_TYPES[kind]}) AS {names[column]}" for column, kind in types.items())
    lines = ", ".join(f"({', '.join(_sql(value) for value in row)})" for row in rows)
    source = f"FROM (VALUES {lines}) AS given({', '.join(names.values())})" if rows else "WHERE 1 = 0"
    made = f"huifang_{name}_{next(_serial)}"
    what = "VIEW" if connection.name == "pyspark" else "TABLE"
    connection.raw_sql(f"CREATE TEMPORARY {what} {made} AS SELECT {typed} {source}")
    return _named(connection, made, ibis.schema(types))


def described(connection: Connection, name: str) -> ir.Table:
    """A table or view of DuckDB by its name; its columns are asked for without Arrow, which starts slowly."""
    kinds = connection.compiler.type_mapper
    rows = connection.raw_sql(f'DESCRIBE "{name}"').fetchall()
    return _named(connection, name, ibis.schema({row[0]: kinds.from_string(row[1]) for row in rows}))


def fetch(connection: Connection, table: ir.Table) -> list[tuple[Any, ...]]:
    """The rows of a small table as plain values."""
    if connection.name == "duckdb":
        rows: list[tuple[Any, ...]] = connection.raw_sql(_text(connection, table)).fetchall()
        return rows
    return [tuple(row.values()) for row in connection.to_pyarrow(table).to_pylist()]


def _text(connection: Connection, table: ir.Table) -> str:
    fused, ibis.options.sql.fuse_selects = ibis.options.sql.fuse_selects, False
    try:
        text: str = connection.compiler.to_sqlglot(table).sql(dialect=connection.dialect)
    finally:
        ibis.options.sql.fuse_selects = fused
    return text


def _named(connection: Connection, name: str, schema: Any) -> ir.Table:
    """A table of the database by its name, with the columns that are known already."""
    table: ir.Table = ops.DatabaseTable(name, schema=schema, source=connection, namespace=ops.Namespace()).to_expr()
    return table


def _sql(value: object) -> str:
    if value is None:
        return "NULL"
    text = str(value)
    return text if isinstance(value, (bool, int, float)) else "'" + text.replace("'", "''") + "'"
