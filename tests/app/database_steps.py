"""What a read costs the database, on every computer the same."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from django.db import connection


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
