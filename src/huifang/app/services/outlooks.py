"""The coming days with a version of a playbook, beside those with the versions in force: load, and whose contacts change.

A job that plans nothing: how far it is stands in its row, and whoever may ask for it may stop it. While it goes on it keeps its lease.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from django.db import transaction
from django.db.models import Max

from huifang.app import snapshot
from huifang.app.access import EDIT_PLAYBOOKS, require
from huifang.app.business_time import business_day
from huifang.app.queries.playbooks import in_force, playbook_of
from huifang.app.records.bulk import insert
from huifang.app.records.models import Outlook, OutlookChange, PlanRun, PlaybookVersion, Staff
from huifang.app.services import audit
from huifang.app.services.job_queue import enqueue, keep_lease
from huifang.domain.errors import HuifangError, Invalid, Problem
from huifang.domain.words import Words
from huifang.engine.difference import Change, Difference, difference
from huifang.engine.forecast import counted
from huifang.engine.simulation import LONGEST, Assumptions, Simulated, measured_reach
from huifang.engine.stages import PlanContext, inputs

SHORTEST = 30
MOST = 20_000
"""Changes that are kept customer by customer; all of them are counted."""
DEAD = timedelta(hours=1)
"""One that was asked for so long ago and has not been simulated at all is asked for anew."""
_NAMES = (
    "outlook_id", "kind", "customer_id", "playbook", "programme", "before_day", "before_channel", "before_why", "after_day",
    "after_channel", "after_why",
)  # fmt: skip
Side = Literal["before", "after"]


class Stopped(Exception):
    """Somebody has asked for the end."""


def ask(by: Staff, version: PlaybookVersion, days: int, now: datetime, *, events: bool = False) -> Outlook:
    """Ask for the outlook of a version; one that is under way is kept, what was found before goes. Raises `Invalid` for other days."""
    require(by, EDIT_PLAYBOOKS)
    if not SHORTEST <= days <= LONGEST:
        raise Invalid(
            Problem(
                "outlook.days",
                Words(f"天数须在 {SHORTEST} 至 {LONGEST} 之间。", f"The days are {SHORTEST} to {LONGEST}."),
                Words("请改一个天数。", "Choose another number."),
            )
        )
    with transaction.atomic():
        locked = PlaybookVersion.objects.select_for_update(no_key=True).get(pk=version.pk)
        running = Outlook.objects.filter(version=locked, state=Outlook.State.RUNNING)
        current = running.exclude(simulated=0, asked_at__lt=now - DEAD).first()
        if current is not None:
            return current
        Outlook.objects.filter(version=locked).delete()
        outlook = Outlook.objects.create(version=locked, day=business_day(now), days=days, events=events, asked_by=by, asked_at=now)
        enqueue("outlook", f"outlook:{outlook.pk}:{now.isoformat()}", {"outlook": outlook.pk}, now)
        audit.write(by, "playbook.outlook", f"playbook:{version.pk}", playbook=version.playbook, number=version.number, days=days)
    return outlook


def stop(by: Staff, version: PlaybookVersion, now: datetime) -> None:
    """Stop the outlook of a version that waits or is under way; after the day in hand it ends."""
    require(by, EDIT_PLAYBOOKS)
    with transaction.atomic():
        running = Outlook.objects.filter(version=version, state=Outlook.State.RUNNING)
        if running.update(state=Outlook.State.STOPPED, finished_at=now):
            audit.write(by, "playbook.outlook-stopped", f"playbook:{version.pk}", playbook=version.playbook, number=version.number)


def perform(outlook_id: int, now: datetime) -> None:
    """Compute an outlook that is asked for and write what it found; one that cannot be computed says why."""
    outlook = Outlook.objects.select_related("version").filter(pk=outlook_id, state=Outlook.State.RUNNING).first()
    if outlook is None:
        return
    try:
        result, changes = _computed(outlook)
    except Stopped:
        return
    except HuifangError as error:
        Outlook.objects.filter(pk=outlook_id).update(state=Outlook.State.FAILED, error=error.say("zh")[:500], finished_at=now)
        return
    with transaction.atomic():
        if Outlook.objects.filter(pk=outlook_id, state=Outlook.State.RUNNING).update(
            state=Outlook.State.DONE, result=result, finished_at=now, simulated=2 * outlook.days
        ):
            insert(OutlookChange, _NAMES, (_row(outlook_id, change) for change in changes[:MOST]))


@dataclass
class _Seen:
    """What is kept of the days that go by: by version a row for each day and branch, and contacts by programme."""

    tell: Callable[[int], None]
    outlook: Outlook
    loads: dict[Side, list[list[Any]]] = field(default_factory=lambda: {"before": [], "after": []})
    planned: dict[Side, Counter[str]] = field(default_factory=lambda: {"before": Counter(), "after": Counter()})

    def __call__(self, side: Side, simulated: Simulated) -> None:
        """A day has been planned."""
        found = counted(simulated)
        self.loads[side] += [[load.day.isoformat(), load.branch, load.work, load.waiting, load.capacity] for load in found.loads]
        for count in found.counts:
            self.planned[side][f"{count.playbook}/{count.programme}"] += count.planned + count.bundled
        done = (found.day - self.outlook.day).days + 1
        self.tell(done if side == "before" else self.outlook.days + done)


def _computed(outlook: Outlook) -> tuple[dict[str, Any], tuple[Change, ...]]:
    now, book = tuple(each.playbook for each in in_force()), playbook_of(outlook.version)
    then = (*(each for each in now if each.playbook != book.playbook), book)
    since = PlanRun.objects.filter(state=PlanRun.State.DONE, day__lt=outlook.day).aggregate(last=Max("day"))["last"]
    connection, seen = snapshot.connect(), _Seen(lambda done: _go_on(outlook.pk, done), outlook)
    try:
        rows = inputs(snapshot.load(connection, (*now, book), outlook.day))
        context = PlanContext(outlook.day, since, now, connection)
        assumed = Assumptions(measured_reach(context, rows), outlook.events)
        found = difference(context, rows, then, outlook.days, assumed, seen)
    finally:
        connection.disconnect()
    words = assumed.words()
    result = {"loads": seen.loads, "programmes": seen.planned, "assumed": {"zh": words.zh, "en": words.en}, **_counts(found)}
    return result, found.changes


def _counts(found: Difference) -> dict[str, Any]:
    return {"counts": {kind: found.number(kind) for kind in ("added", "dropped", "moved")}, "same": found.same}


def _go_on(outlook_id: int, done: int) -> None:
    """Notes how far it is and keeps the lease; raises `Stopped` where somebody has asked for the end."""
    if not Outlook.objects.filter(pk=outlook_id, state=Outlook.State.RUNNING).update(simulated=done):
        raise Stopped
    keep_lease("outlook", outlook=outlook_id)


def _row(outlook_id: int, change: Change) -> tuple[Any, ...]:
    before, after = change.before, change.after
    return (
        outlook_id, change.kind, change.customer_id, change.playbook, change.programme, before.day, before.channel or "",
        {"zh": before.why.zh, "en": before.why.en}, after.day, after.channel or "", {"zh": after.why.zh, "en": after.why.en},
    )  # fmt: skip
