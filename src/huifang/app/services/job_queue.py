"""Work for later, in the same database as the data: queued once by key, claimed with a lease by the database's clock and a fencing number.

`perform` runs a piece of work and marks the job done in one transaction: a worker that dies leaves no half effect, its lease runs out, and
the next worker begins again. A worker that comes back too late holds an old number and writes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, Q, Value
from django.db.models.functions import Now

from huifang.app.records.models import Job

LEASE = timedelta(minutes=10)
MOST_TRIES = 5
log = logging.getLogger("huifang.jobs")


@dataclass(frozen=True, slots=True)
class Work:
    """What a kind of job does. `together`: effect and "done" are one transaction; otherwise it commits by itself and may be done twice."""

    run: Callable[[Mapping[str, Any], datetime], None]
    together: bool = True


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job in hand."""

    id: int
    kind: str
    payload: Mapping[str, Any]
    fence: int
    tries: int


class Overtaken(Exception):
    """The lease ran out and another worker has the job."""


def enqueue(kind: str, key: str, payload: Mapping[str, Any], run_at: datetime) -> bool:
    """Queue a job within the caller's transaction; False where one with this key is there already, whatever became of it."""
    _, created = Job.objects.get_or_create(key=key, defaults={"kind": kind, "payload": dict(payload), "run_at": run_at})
    return created


def claim(now: datetime) -> Claimed | None:
    """The next job that is due and free, with a lease; None where there is none."""
    free = Q(state=Job.State.WAITING, run_at__lte=now) | Q(state=Job.State.RUNNING, lease_until__lte=Now())
    with transaction.atomic():
        rows = Job.objects.select_for_update(no_key=True, skip_locked=connection.features.has_select_for_update_skip_locked)
        job = rows.filter(free).order_by("run_at", "pk").first()
        if job is None:
            return None
        until = ExpressionWrapper(Now() + Value(LEASE), output_field=DateTimeField())
        Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, lease_until=until, fence=F("fence") + 1, tries=F("tries") + 1)
    return Claimed(job.pk, job.kind, job.payload, job.fence + 1, job.tries + 1)


def keep_lease(kind: str, **payload: object) -> None:
    """Give the running job of a kind a whole lease again: for work that goes on longer than one."""
    until = ExpressionWrapper(Now() + Value(LEASE), output_field=DateTimeField())
    wanted = {f"payload__{name}": value for name, value in payload.items()}
    Job.objects.filter(kind=kind, state=Job.State.RUNNING, **wanted).update(lease_until=until)


def perform(job: Claimed, work: Work, now: datetime) -> None:
    """Do the work and mark the job done; a failure is tried again later, at most `MOST_TRIES` times."""
    try:
        with transaction.atomic() if work.together else nullcontext():
            work.run(job.payload, now)
            _mark(job, state=Job.State.DONE, finished_at=now, lease_until=None, error="")
    except Overtaken:
        log.warning("job %s was overtaken", job.id)
    except Exception as error:
        log.exception("job %s (%s) failed", job.id, job.kind)
        _failed(job, error, now)


def _failed(job: Claimed, error: Exception, now: datetime) -> None:
    state = Job.State.WAITING if job.tries < MOST_TRIES else Job.State.FAILED
    told = f"{type(error).__name__}: {error}"[:2000]
    try:
        _mark(job, state=state, run_at=now + timedelta(minutes=2**job.tries), lease_until=None, error=told)
    except Overtaken:
        log.warning("job %s was overtaken", job.id)


def _mark(job: Claimed, **values: object) -> None:
    if not Job.objects.filter(pk=job.id, fence=job.fence, state=Job.State.RUNNING).update(**values):
        raise Overtaken
