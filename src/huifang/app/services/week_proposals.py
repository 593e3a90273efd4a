"""What the system proposes for a week: the plans of its days, one after the other, as if everything before were done as planned."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max

from huifang.app import snapshot
from huifang.app.business_time import business_day
from huifang.app.queries.playbooks import InForce, in_force
from huifang.app.records.models import PlanRun, ScheduledContact, WeekSchedule
from huifang.app.services.job_queue import keep_lease
from huifang.domain.errors import HuifangError
from huifang.domain.week_schedule import DAYS, week_of
from huifang.engine.forecast import counted
from huifang.engine.reasons import cause
from huifang.engine.simulation import Assumptions, Simulated, simulate
from huifang.engine.stages import PlanContext, inputs
from huifang.engine.terms import BY_PERSON

_BATCH = 1000
_KEY = ("playbook", "programme", "cause")
Row = dict[str, Any]
_Week = tuple[date, str]


@dataclass(slots=True)
class _Proposed:
    """Of one branch: the contacts, and by ISO day how many occurrences nobody had room for."""

    contacts: list[Row] = field(default_factory=list)
    waiting: dict[str, int] = field(default_factory=dict)


def perform(now: datetime) -> int:
    """Propose every week that waits for it; how many. What cannot be planned says why. One run of the engine for all."""
    asked = list(WeekSchedule.objects.filter(state=WeekSchedule.State.PROPOSING).select_related("branch"))
    if not asked:
        return 0
    try:
        found = _proposed({schedule.first_day for schedule in asked}, business_day(now))
    except HuifangError as error:
        WeekSchedule.objects.filter(pk__in=[each.pk for each in asked]).update(state=WeekSchedule.State.FAILED, error=error.say("zh")[:500])
        return 0
    for schedule in asked:
        _write(schedule, found.get((schedule.first_day, schedule.branch.code), _Proposed()))
    return len(asked)


def _write(schedule: WeekSchedule, proposed: _Proposed) -> None:
    with transaction.atomic():
        held = WeekSchedule.objects.select_for_update(no_key=True).get(pk=schedule.pk)
        if held.state != WeekSchedule.State.PROPOSING:
            return
        held.contacts.all().delete()
        made = [ScheduledContact(schedule=held, **row) for row in proposed.contacts]
        ScheduledContact.objects.bulk_create(made, batch_size=_BATCH)
        held.state, held.waiting, held.error = WeekSchedule.State.DRAFT, proposed.waiting, ""
        held.save(update_fields=["state", "waiting", "error"])


def _proposed(weeks: Collection[date], today: date) -> dict[_Week, _Proposed]:
    """By Monday and branch code. Empty without a playbook in force. While it goes on, the job's lease is kept."""
    active = in_force()
    if not active:
        return {}
    playbooks = tuple(each.playbook for each in active)
    since = PlanRun.objects.filter(state=PlanRun.State.DONE, day__lt=today).aggregate(last=Max("day"))["last"]
    connection = snapshot.connect()
    try:
        given = inputs(snapshot.load(connection, playbooks, today))
        found: dict[_Week, _Proposed] = {}
        days = (max(weeks) + timedelta(days=DAYS) - today).days
        for planned in simulate(PlanContext(today, since, playbooks, connection), given, days, Assumptions()):
            keep_lease("week")
            if week_of(planned.context.day) in weeks:
                _take(found, planned, active)
    finally:
        connection.disconnect()
    return found


def _take(found: dict[_Week, _Proposed], planned: Simulated, active: tuple[InForce, ...]) -> None:
    """The contacts by people of one simulated day; each is made once, for a simulated day leaves nothing of what it contacts."""
    day, week = planned.context.day, week_of(planned.context.day)
    for load in counted(planned).loads:
        if load.waiting:
            found.setdefault((week, load.branch), _Proposed()).waiting[day.isoformat()] = load.waiting
    decisions = planned.result.decisions
    behind: dict[int, list[Row]] = {}
    for row in decisions.filter(decisions.followup.notnull()).to_pyarrow().to_pylist():
        behind.setdefault(row["followup"], []).append(row)
    ways = {channel.value for channel in BY_PERSON}
    rows = [row for row in planned.result.followups.to_pyarrow().to_pylist() if row["channel"] in ways]
    for row in sorted(rows, key=lambda row: row["followup"]):
        found.setdefault((week, row["branch_id"] or ""), _Proposed()).contacts.append(_contact(row, behind[row["followup"]], active))


def _contact(row: Row, members: Iterable[Row], active: tuple[InForce, ...]) -> Row:
    playbooks = {each.version.playbook: each.playbook for each in active}
    every = list(members)
    lead = next(each for each in every if _name(each) == _name(row))
    words = cause(lead, playbooks[row["playbook"]])
    return {
        **{name: row[name] for name in ("customer_id", *_KEY, "channel", "promised", "day", "staff_id", "position")},
        "bundled": [list(_name(each)) for each in every if each is not lead],
        "because": {"zh": words.zh, "en": words.en},
        "due": lead["due"], "deadline": lead["deadline"], "expires": min(each["expires"] for each in every),
        "proposed_day": row["day"], "proposed_staff_id": row["staff_id"],
    }  # fmt: skip


def _name(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in _KEY)
