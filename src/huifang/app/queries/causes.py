"""Why cases come about: causes by how often, and how well cases are handled, the fast lane apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, F, Q, QuerySet

from huifang.app.access import cases_for, measures_for
from huifang.app.business_time import business_moment
from huifang.app.queries.case_words import cause_title
from huifang.app.records.models import Case, Measure, Staff
from huifang.playbooks.schema import Cause


@dataclass(frozen=True, slots=True)
class CauseRow:
    """One cause: its cases, its share, the share of all causes up to this one, the measures against it."""

    code: str
    title: str
    cases: int
    share: float
    so_far: float
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class Handling:
    """How cases of a lane were handled: each pair is (in time or reopened, of so many)."""

    cases: int
    answered: tuple[int, int]
    solved: tuple[int, int]
    reopened: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Causes:
    """Causes from the most frequent to the least, cases without one, and the handling of ordinary and fast cases."""

    rows: tuple[CauseRow, ...]
    without: int
    ordinary: Handling
    fast: Handling


def causes(staff: Staff, first: date, last: date, branch: int | None, titles: Mapping[str, Cause], language: str) -> Causes:
    """Cases opened from `first` to `last`, both included, in the person's scope. Four queries."""
    rows = cases_for(staff).filter(merged_into=None, opened_at__gte=_start(first), opened_at__lt=_start(last + timedelta(days=1)))
    rows = rows.filter(branch=branch) if branch else rows
    counted = dict(rows.values_list("cause").annotate(number=Count("pk")).order_by("-number", "cause"))
    without = counted.pop("", 0)
    against: dict[str, list[Measure]] = {}
    for measure in measures_for(staff).exclude(cause="").select_related("owner").order_by("due", "pk"):
        against.setdefault(measure.cause, []).append(measure)
    total, so_far, found = sum(counted.values()), 0, []
    for code, number in counted.items():
        so_far += number
        measures = tuple(against.get(code, []) + (against.get(code.partition(".")[0], []) if "." in code else []))
        found.append(CauseRow(code, cause_title(titles, code, language), number, number / total, so_far / total, measures))
    return Causes(tuple(found), without, _handling(rows.filter(lane=1)), _handling(rows.filter(lane=0)))


def _handling(rows: QuerySet[Case]) -> Handling:
    late_answer = Q(answered_at__gt=F("first_answer_due"))
    counts = rows.aggregate(
        cases=Count("pk"),
        answered=Count("pk", filter=Q(answered_at__isnull=False, first_answer_due__isnull=False)),
        answered_late=Count("pk", filter=late_answer),
        solved=Count("pk", filter=Q(solved_at__isnull=False, solve_due__isnull=False)),
        solved_late=Count("pk", filter=Q(solved_at__gt=F("solve_due"))),
        ended=Count("pk", filter=Q(closed_at__isnull=False) | Q(round__gt=1)),
        reopened=Count("pk", filter=Q(round__gt=1)),
    )
    return Handling(
        counts["cases"],
        (counts["answered"] - counts["answered_late"], counts["answered"]),
        (counts["solved"] - counts["solved_late"], counts["solved"]),
        (counts["reopened"], counts["ended"]),
    )


def _start(day: date) -> datetime:
    return business_moment(day, time())
