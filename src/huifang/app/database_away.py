"""A database that goes away under a process which is to go on by itself: noticed, and waited for.

A pool that could not connect tries again ever more seldom and keeps whoever asks waiting until its patience is over. Who works alone in its
thread needs no pool: a connection of its own is refused at once, and found again as soon as the database is back.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import monotonic, sleep
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

ERRORS = (OperationalError, InterfaceError)
"""What is raised where the database went away, and for some other reasons too (`away` tells which)."""
PATIENCE = 60.0
"""Seconds for which something that must still be written down waits for the database."""
LOOKS = 0.2
"""Seconds between looks whether it is back."""
_KEPT = 600
log = logging.getLogger("huifang.database")
T = TypeVar("T")


def keep_one_connection() -> None:
    """From now on this thread has a connection of its own, from no pool, and keeps it from one piece of work to the next."""
    connection.close()
    settings = connection.settings_dict
    options = {name: value for name, value in settings["OPTIONS"].items() if name != "pool"}
    connection.settings_dict = {**settings, "OPTIONS": options, "CONN_MAX_AGE": _KEPT}


def away() -> bool:
    """Whether this thread's connection is broken or could not be made. To be asked outside transactions, after an error."""
    return connection.connection is None or not connection.is_usable()


def back() -> bool:
    """Whether the database can be reached now. What is left of a broken connection is closed."""
    connection.close()
    try:
        connection.ensure_connection()
    except ERRORS:
        return False
    return True


def back_within(seconds: float) -> bool:
    """Wait until the database can be reached; False where it could not in that time."""
    end = monotonic() + seconds
    while not back():
        if monotonic() >= end:
            return False
        sleep(LOOKS)
    return True


def lasting(step: Callable[[], T]) -> T:
    """Do a step that is one transaction; where the database goes away in the middle of it, once more when it is back."""
    try:
        return step()
    except ERRORS:
        if not away():
            raise
    log.warning("the database went away; what is to be written down waits for it")
    back_within(PATIENCE)
    return step()
