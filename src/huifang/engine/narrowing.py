"""One thread where there is work for one only.

DuckDB hands out rows by the `ROW_GROUP`, so a smaller table is read by one thread whatever is set. But where more than one is set, every
row of a small table that is kept is written twice: by its thread, and then into the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

import ibis.expr.types as ir

from huifang.engine.keeping import Connection, fetch_later, in_its_turn
from huifang.engine.without_rows import rowless

ROW_GROUP = 122_880
"""Rows, DuckDB's default."""
_narrowing = Lock()


@contextmanager
def narrowing(connection: Connection) -> Iterator[Callable[[ir.Table], None]]:
    """Hands out a function: what is asked of DuckDB after it, and until the end, is done by one thread if that kept table is small.

    The number of threads belongs to the whole database, so of several at once in this process only the first changes it.
    """
    first = _narrowing.acquire(blocking=False)
    before: list[int] = []

    def narrow(count: Callable[[], list[tuple[int]]]) -> None:
        ((rows,),) = count()
        if rows < ROW_GROUP:
            before.extend(*connection.raw_sql("SELECT current_setting('threads')").fetchall())
            connection.raw_sql("SET threads = 1")

    def asked(table: ir.Table) -> None:
        if first and connection.name == "duckdb" and not rowless(table):
            count = fetch_later(connection, table.aggregate(rows=table.count()))
            in_its_turn(connection, lambda: narrow(count))

    try:
        yield asked
    finally:
        for threads in before:
            connection.raw_sql(f"SET threads = {threads}")
        if first:
            _narrowing.release()
