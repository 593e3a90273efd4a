"""Two transactions that wait for each other: the database ends one of them, and what it was doing is done once more."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, connection

CODES = ("40P01", "40001")
"""SQLSTATE of a deadlock and of transactions that could not be put in an order; PostgreSQL's manual asks to try again."""
TRIES = 3
log = logging.getLogger("huifang.database")
T = TypeVar("T")


def again(work: Callable[[], T], before: Callable[[], object] = lambda: None) -> T:
    """Do it, and once more where the database ended it for another's sake, up to `TRIES` times in all; `before` each but the first.

    Inside a transaction it is done once: whoever began that one does it again as a whole.
    """
    for _ in range(TRIES - 1):
        try:
            return work()
        except OperationalError as error:
            if connection.in_atomic_block or getattr(error.__cause__, "sqlstate", None) not in CODES:
                raise
            log.warning("ended by the database for another's sake, tried again: %s", error.__cause__)
            before()
    return work()
