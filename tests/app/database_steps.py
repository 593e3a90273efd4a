"""What a read costs the database, on every computer the same."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext


def steps(ask: Callable[[], object]) -> int:
    """Hundreds of instructions that SQLite's machine makes for what `ask` reads."""
    made = itertools.count()
    connection.ensure_connection()
    connection.connection.set_progress_handler(lambda: next(made) and None, 100)
    try:
        ask()
    finally:
        connection.connection.set_progress_handler(None, 0)
    return next(made)


def sorted_whole(ask: Callable[[], object]) -> list[str]:
    """Which queries of `ask` make PostgreSQL sort all rows there are behind a place, to give some of them: by its last ANALYZE."""
    with CaptureQueriesContext(connection) as asked:
        ask()
    found = []
    with connection.cursor() as cursor:
        for query in asked.captured_queries:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {query['sql']}")
            told = cursor.fetchone()[0]
            plan = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
            if plan["Node Type"] == "Limit" and plan["Plans"][0]["Node Type"] == "Sort":
                found.append(query["sql"])
    return found
