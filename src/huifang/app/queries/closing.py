"""What stands behind the checklist of a branch's day, and which days have been signed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from huifang.app.access import cases_for, closings_for, customers_for, followups_for
from huifang.app.queries import day as days
from huifang.app.reach import BY_ITSELF
from huifang.app.records.models import Attempt, Branch, Case, DayClosing, Draft, FollowUp, PlanRun, Staff
from huifang.domain.day_closing import CHECKS, Check

MOST = 30
"""Rows shown under one line of the checklist; the number beside it counts all."""
BACK = timedelta(days=13)
"""How far back the list of days goes."""


@dataclass(frozen=True, slots=True)
class Row:
    """One customer behind a line of the checklist, and whose work it is."""

    customer_id: int
    name: str
    staff: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the checklist as the day stands."""

    check: Check
    count: int
    rows: tuple[Row, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """One day in the list: was anything planned, and who signed it."""

    day: date
    closing: DayClosing | None


def counts(staff: Staff, day: date, branch: Branch) -> dict[str, int]:
    """How many rows stand behind each line of the checklist. A query for each."""
    return {check.code: _READ[check.code](staff, day, branch).count() for check in CHECKS}


def checklist(staff: Staff, day: date, branch: Branch, reasons: Mapping[str, str]) -> tuple[Line, ...]:
    """Every line with its first rows. Two queries for each line at most."""
    found = []
    for check in CHECKS:
        rows = _READ[check.code](staff, day, branch)
        shown = tuple(Row(*row) for row in rows.order_by("pk").values_list(*_SHOWN[check.code])[:MOST])
        count = rows.count() if len(shown) == MOST else len(shown)
        found.append(Line(check, count, shown, reasons.get(check.code, "")))
    return tuple(found)


def figures(staff: Staff, day: date, branch: Branch, now: datetime) -> dict[str, int]:
    """The day's figures as they are kept with its signature. One query."""
    total = days.figures(staff, day, branch, now)
    return {field.name: getattr(total, field.name) for field in fields(total)}


def closing_of(staff: Staff, day: date, branch: Branch) -> DayClosing | None:
    """The day's signature that is in force. One query."""
    return closings_for(staff).filter(day=day, branch=branch, reopened_at=None).select_related("signed_by").first()


def reopened(staff: Staff, day: date, branch: Branch) -> list[DayClosing]:
    """Earlier signatures of the day that were taken back, newest first. One query."""
    rows = closings_for(staff).filter(day=day, branch=branch, reopened_at__isnull=False)
    return list(rows.select_related("signed_by", "reopened_by"))


def reasons_of(closing: DayClosing | None) -> dict[str, str]:
    """Why lines were left open, by code."""
    said: dict[str, str] = json.loads(closing.reasons) if closing and closing.reasons else {}
    return said


def recent(staff: Staff, today: date, branch: Branch) -> list[Day]:
    """The days of the last fortnight for which there was a plan, newest first. Two queries."""
    planned = PlanRun.objects.filter(day__range=(today - BACK, today)).order_by("-day").values_list("day", flat=True).distinct()
    signed = closings_for(staff).filter(branch=branch, day__range=(today - BACK, today), reopened_at=None)
    known = {closing.day: closing for closing in signed.select_related("signed_by")}
    return [Day(day, known.get(day)) for day in planned]


def _followups(staff: Staff, day: date, branch: Branch) -> QuerySet[Any]:
    return days.followups(staff, day, branch).exclude(BY_ITSELF).exclude(state=FollowUp.State.DONE)


def _mine(staff: Staff, branch: Branch) -> QuerySet[FollowUp]:
    return followups_for(staff).filter(branch=branch).exclude(BY_ITSELF)


def _calls(staff: Staff, day: date, branch: Branch) -> QuerySet[Any]:
    rows = Attempt.objects.filter(day=day, state=Attempt.State.ATTEMPTING, staff__isnull=False)
    return rows.filter(followup__in=_mine(staff, branch).values("pk"))


def _drafts(staff: Staff, day: date, branch: Branch) -> QuerySet[Any]:
    """Typed by whoever could still save it: not what was withdrawn or given to somebody else meanwhile."""
    unsaved = _mine(staff, branch).filter(day=day).exclude(state__in=(FollowUp.State.DONE, FollowUp.State.WITHDRAWN))
    own = Q(followup__staff=None) | Q(followup__staff=F("staff")) | Q(followup__claimed_by=F("staff"))
    return Draft.objects.filter(own, followup__in=unsaved.values("pk"))


def _untouched(staff: Staff, day: date, branch: Branch) -> QuerySet[Any]:
    return _followups(staff, day, branch).filter(tried=False)


def _overdue(staff: Staff, day: date, branch: Branch) -> QuerySet[Any]:
    return _followups(staff, day, branch).filter(tried=True, deadline__lte=day)


def _promises(staff: Staff, day: date, branch: Branch) -> QuerySet[Any]:
    return days.promises(staff, day, branch).filter(open=True)


def _no_case(staff: Staff, day: date, branch: Branch) -> QuerySet[Any]:
    return days.unhappy_records(staff, day, branch).filter(~Exists(Case.objects.filter(record=OuterRef("pk"))))


def _answers(staff: Staff, day: date, branch: Branch) -> QuerySet[Any]:
    ended = days.end_of(day)
    late = Q(first_answer_due__lte=ended) & (Q(answered_at=None) | Q(answered_at__gt=ended))
    here = customers_for(staff).filter(branch=branch).values("pk")
    return cases_for(staff).filter(late, customer__in=here, opened_at__lte=ended).exclude(state=Case.State.CLOSED)


_READ: dict[str, Callable[[Staff, date, Branch], QuerySet[Any]]] = {
    "calls": _calls, "drafts": _drafts, "untouched": _untouched, "overdue": _overdue,
    "promises": _promises, "no-case": _no_case, "answers": _answers,
}  # fmt: skip
_PLAIN = ("customer_id", "customer__name", "staff__name")
_SHOWN: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_READ, _PLAIN),
    "drafts": ("followup__customer_id", "followup__customer__name", "staff__name"),
    "answers": ("customer_id", "customer__name", "owner__name"),
}
