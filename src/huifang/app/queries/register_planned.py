"""The rows of a plan: what is to be done in a period, one for each programme of each contact.

What a week's schedule holds stands as it is scheduled; what no schedule of the period holds stands where a promise, the plan of a morning
or its last decision puts it. Constant number of database queries.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from huifang.app.access import customers_for, occurrences_for, week_schedules_for
from huifang.app.business_time import business_day
from huifang.app.queries.register_line import EVENT, Line, Period, Row, Worked, by_id, customers_of, points_of
from huifang.app.records.models import Event, FollowUp, Promise, ScheduledContact, Staff
from huifang.playbooks.schema import Playbook, Register

_KEY = ("playbook", "programme", "customer_id", "cause")
_SCHEDULED = (*_KEY, "bundled", "channel", "due", "deadline", "day", "staff__name")
_KNOWN = (
    "id", *_KEY, "event_id", "due", "deadline", "until", "next_on", "open", "decision", "followup_id", "followup__day", "followup__state",
    "followup__channel", "followup__staff__name",
)  # fmt: skip
Key = tuple[Any, ...]


def planned_lines(staff: Staff, playbook: Playbook, register: Register, period: Period, branch: int | None) -> list[Line]:
    """What is to be done in the period, in a person's scope: by day, person and customer."""
    programmes = register.programmes or tuple(playbook.programmes)
    scheduled = {key: row for key, row in _scheduled(staff, period, branch) if key[0] == playbook.playbook and key[1] in programmes}
    known = {_key(row): row for row in _occurrences(staff, playbook, programmes, period, scheduled, branch)}
    promises = _promises(row["id"] for row in known.values())
    customers = customers_of({key[2] for key in (*scheduled, *known)})
    points = points_of(customers)
    events = by_id(Event.objects.filter(pk__in={row["event_id"] for row in known.values() if row["event_id"]}), *EVENT)
    worked = Worked({row["followup_id"] for row in known.values() if row["followup_id"]}, period)
    found = []
    for key in scheduled.keys() | known.keys():
        row, contact = known.get(key), scheduled.get(key)
        if row and not row["open"] and not _live(row, period):
            continue
        promise = promises.get(row["id"]) if row else None
        when = _when(row, contact, promise)
        if not period.first <= _day(when) <= period.last:
            continue
        line = _line(key, row, contact, playbook)
        line.customer, line.planned = customers[key[2]], when
        line.staff = promise["staff__name"] or line.staff if promise else line.staff
        line.phone, line.address = points.get((key[2], "phone"), ""), points.get((key[2], "address"), "")
        if row:
            line.event = events.get(row["event_id"], {})
            line.event_staff = line.event.get("staff__name") or ""
            worked.fill(line, {row["followup_id"]} - {None})
        found.append(line)
    return sorted(found, key=lambda line: (_day(line.planned), line.staff, line.customer["name"], line.customer["id"], line.programme))


def _scheduled(staff: Staff, period: Period, branch: int | None) -> Iterable[tuple[Key, Row]]:
    """Every occurrence that the schedules of the period hold, with its contact; what was scheduled in two weeks stands in the later one."""
    schedules = week_schedules_for(staff) if branch is None else week_schedules_for(staff).filter(branch=branch)
    rows = ScheduledContact.objects.filter(schedule__in=schedules.values("pk"), day__range=(period.first, period.last))
    for row in rows.filter(customer__in=customers_for(staff).values("pk")).order_by("day", "id").values(*_SCHEDULED):
        yield _key(row), row
        for playbook, programme, cause in row["bundled"]:
            yield (playbook, programme, row["customer_id"], cause), row


def _occurrences(
    staff: Staff, playbook: Playbook, programmes: Iterable[str], period: Period, scheduled: dict[Key, Row], branch: int | None
) -> list[Row]:
    """Those that are known of what is scheduled, and those that a promise, a follow-up or a decision puts into the period."""
    days = (period.first, period.last)
    scope = occurrences_for(staff).filter(playbook=playbook.playbook, programme__in=programmes)
    scope = scope if branch is None else scope.filter(customer__branch=branch)
    promised = Promise.objects.filter(open=True, day__range=days).values("occurrence")
    waiting = Q(due__range=days) | Q(until__range=days) | Q(next_on__range=days)
    live = Q(followup__day__range=days) & ~Q(followup__state=FollowUp.State.WITHDRAWN)
    own = list(scope.filter(live | Q(open=True) & (waiting | Q(pk__in=promised))).values(*_KNOWN))
    found = {row["id"] for row in own}
    others = scope.filter(customer__in={key[2] for key in scheduled}).exclude(pk__in=found).values(*_KNOWN)
    return own + [row for row in others if _key(row) in scheduled]


def _live(row: Row, period: Period) -> bool:
    """Whether a follow-up of the period was or is made for it."""
    made = row["followup_id"] is not None and row["followup__state"] != FollowUp.State.WITHDRAWN
    return made and period.first <= row["followup__day"] <= period.last


def _promises(occurrences: Iterable[int]) -> dict[int, Row]:
    rows = Promise.objects.filter(open=True, occurrence__in=list(occurrences)).order_by("-opens_at")
    return {row["occurrence_id"]: row for row in rows.values("occurrence_id", "opens_at", "staff__name")}


def _when(row: Row | None, contact: Row | None, promise: Row | None) -> date | datetime:
    """A promise's moment, else the scheduled day, else that of the follow-up, else the day it waits for."""
    if promise is not None:
        moment: datetime = promise["opens_at"]
        return moment
    if contact is not None:
        day: date = contact["day"]
        return day
    assert row is not None  # noqa: S101 - it is known or scheduled
    waits: date = row["next_on"] or row["until"] or row["due"]
    if row["followup_id"] is None or row["followup__state"] == FollowUp.State.WITHDRAWN:
        return waits
    made: date = row["followup__day"]
    return max(made, waits) if row["open"] else made


def _line(key: Key, row: Row | None, contact: Row | None, playbook: Playbook) -> Line:
    """Without what is read for all rows together."""
    line = Line({}, programme=key[1])
    if row is not None:
        line.due, line.deadline, line.channel = row["due"], row["deadline"], row["followup__channel"] or ""
        line.staff = row["followup__staff__name"] or ""
    if contact is not None:
        line.channel, line.staff = contact["channel"], contact["staff__name"] or ""
        line.due, line.deadline = line.due or contact["due"], line.deadline or contact["deadline"]
    programme = playbook.programmes.get(key[1])
    line.channel = line.channel or (programme.through[0].value if programme and programme.through else "")
    return line


def _day(when: date | datetime | None) -> date:
    return business_day(when) if isinstance(when, datetime) else when or date.min


def _key(row: Row) -> Key:
    return tuple(row[name] for name in _KEY)
