"""Small tables that are worked out in Python and joined in the queries."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import ibis
import ibis.expr.types as ir

from huifang.engine.keeping import Connection, Rows, keep_rows


def lookup(connection: Connection, name: str, types: Mapping[str, str], rows: Rows | Callable[[], Rows]) -> ir.Table:
    """A temporary table from Python rows, or from a function that gives them; `types` by column."""
    return keep_rows(connection, name, types, rows)


def _md5(text: str) -> str:
    """32 hex digits; the same on DuckDB, PostgreSQL and Spark, whose own function it names."""
    raise AssertionError(text)


md5: Callable[[ir.StringValue], ir.StringValue] = ibis.udf.scalar.builtin(_md5, name="md5")
"""32 hex digits of a text, computed by the database."""
