"""The worker: what is due is queued, what is queued is done, one after the other."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from threading import Event

from django.db import InterfaceError, OperationalError, close_old_connections, connection

from huifang.app.jobs import queue, schedule
from huifang.app.jobs.handlers import HANDLERS

PAUSE = 5.0
"""Seconds between looks when there is nothing to do."""
BREATH = 1.0
"""Seconds between looks after some work."""
log = logging.getLogger("huifang.worker")


def run(stop: Event, clock: Callable[[], datetime], pause: float = PAUSE) -> None:
    """Work until `stop` is set. An error of the database is told and tried again after a pause."""
    starting = True
    while not stop.is_set():
        worked = False
        try:
            schedule.due(clock(), starting=starting)
            starting = False
            while not stop.is_set() and once(clock()):
                worked = True
        except (OperationalError, InterfaceError):
            log.exception("the database is away")
            _connect_anew()
        except Exception:
            log.exception("the worker goes on after an error")
        finally:
            close_old_connections()
        stop.wait(min(pause, BREATH) if worked else pause)


def _connect_anew() -> None:
    """A pool that could not connect tries again ever more seldom; a new one tries at once."""
    connection.close()
    close_pool = getattr(connection, "close_pool", None)  # PostgreSQL's
    if close_pool is not None:
        close_pool()


def once(now: datetime) -> bool:
    """Do one job; False where none was due."""
    job = queue.claim(now)
    if job is None:
        return False
    queue.perform(job, HANDLERS.get(job.kind, queue.Work(_unknown)), now)
    return True


def _unknown(payload: object, now: datetime) -> None:  # noqa: ARG001
    raise LookupError("no handler for this kind of job")
