"""The worker: what is due is queued, what is queued is done, one after the other."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from threading import Event

from django.db import close_old_connections

from huifang.app import database_away
from huifang.app.jobs import schedule
from huifang.app.jobs.handlers import HANDLERS
from huifang.app.services import job_queue as queue

PAUSE = 5.0
"""Seconds between looks when there is nothing to do."""
BREATH = 1.0
"""Seconds between looks after some work."""
log = logging.getLogger("huifang.worker")


def run(stop: Event, clock: Callable[[], datetime], pause: float = PAUSE) -> None:
    """Work until `stop` is set, in a thread or a process of its own."""
    database_away.keep_one_connection()
    work(stop, clock, pause)


def work(stop: Event, clock: Callable[[], datetime], pause: float = PAUSE) -> None:
    """Work until `stop` is set. An error is told and it goes on after a pause; where the database went away, as soon as it is back."""
    starting = True
    while not stop.is_set():
        worked = False
        try:
            schedule.due(clock(), starting=starting)
            starting = False
            while not stop.is_set() and once(clock()):
                worked = True
        except database_away.ERRORS:
            log.exception("the database is away, or refused something")
            worked = _waited(stop)
        except Exception:
            log.exception("the worker goes on after an error")
        finally:
            close_old_connections()
        stop.wait(min(pause, BREATH) if worked else pause)


def _waited(stop: Event) -> bool:
    """Wait until the database is back or `stop` is set; False where it had not gone away."""
    if not database_away.away():
        return False
    while not database_away.back():
        if stop.wait(database_away.LOOKS):
            return True
    log.warning("the database is back")
    return True


def once(now: datetime) -> bool:
    """Do one job; False where none was due."""
    job = queue.claim(now)
    if job is None:
        return False
    queue.perform(job, HANDLERS.get(job.kind, queue.Work(_unknown)), now)
    return True


def _unknown(payload: object, now: datetime) -> None:  # noqa: ARG001
    raise LookupError("no handler for this kind of job")
