"""Indicators a measure can move, counted from records and cases over a period: shares with their interval."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import F, Q, QuerySet

from huifang.analytics.shares import Difference, Share, difference, share
from huifang.app.business_time import business_moment
from huifang.app.records.models import Case, Measure, Record
from huifang.domain.improvement import Effect, effect
from huifang.domain.words import Words

PERIOD = timedelta(days=30)
"""How long before a measure began, and how long after it was carried out, is counted."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What is counted over: days from `first` to `last`, both included, of a branch (None: all), a programme and a cause (empty: all)."""

    first: date
    last: date
    branch: int | None = None
    programme: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator: its title, whether more is better, and how it is counted (hits, total)."""

    title: Words
    more_is_better: bool
    count: Callable[[Ground], tuple[int, int]]


def _records(ground: Ground) -> QuerySet[Record]:
    rows = Record.objects.filter(day__gte=ground.first, day__lte=ground.last)
    rows = rows.filter(branch=ground.branch) if ground.branch else rows
    return rows.filter(programme=ground.programme) if ground.programme else rows


def _cases(ground: Ground) -> QuerySet[Case]:
    rows = Case.objects.filter(merged_into=None, opened_at__gte=_begin(ground.first), opened_at__lt=_begin(ground.last + timedelta(days=1)))
    rows = rows.filter(branch=ground.branch) if ground.branch else rows
    return rows.filter(record__programme=ground.programme) if ground.programme else rows


def _begin(day: date) -> datetime:
    return business_moment(day, time())


def _satisfaction(ground: Ground) -> tuple[int, int]:
    rows = _records(ground).filter(satisfied__isnull=False)
    return rows.filter(satisfied=True).count(), rows.count()


def _cause(ground: Ground) -> tuple[int, int]:
    """Records out of which a case of this cause came."""
    rows = _records(ground).filter(attempt__reached=True)
    of_cause = Q(cause=ground.cause) | Q(cause__startswith=f"{ground.cause}.") if ground.cause else Q()
    with_case = Case.objects.filter(of_cause, merged_into=None, record__isnull=False).values("record")
    return rows.filter(pk__in=with_case).count(), rows.count()


def _in_time(ground: Ground) -> tuple[int, int]:
    rows = _cases(ground).filter(answered_at__isnull=False, first_answer_due__isnull=False)
    return rows.filter(answered_at__lte=F("first_answer_due")).count(), rows.count()


def _reopened(ground: Ground) -> tuple[int, int]:
    rows = _cases(ground).filter(Q(closed_at__isnull=False) | Q(round__gt=1))
    return rows.filter(round__gt=1).count(), rows.count()


INDICATORS: dict[str, Indicator] = {
    "satisfaction": Indicator(Words("满意率", "Satisfied"), True, _satisfaction),
    "cause_rate": Indicator(Words("此原因的投诉占比", "Contacts that led to a case of this cause"), False, _cause),
    "answered_in_time": Indicator(Words("首次答复及时率", "First answers in time"), True, _in_time),
    "reopened": Indicator(Words("重新打开率", "Cases reopened"), False, _reopened),
}


@dataclass(frozen=True, slots=True)
class Moved:
    """An indicator before and after a measure; `after` and what follows are None while nothing can be said yet.

    `first` to `last` are the days before, both included; `again` is the first day counted after it was carried out (None: it was not yet).
    """

    indicator: Indicator
    first: date
    last: date
    again: date | None
    before: Share
    after: Share | None = None
    difference: Difference | None = None
    effect: Effect | None = None


def moved_by(measure: Measure, today: date) -> Moved:
    """What a measure's indicator was in the 30 days before it began, and in up to 30 after it was carried out. At most four queries."""
    indicator = INDICATORS[measure.indicator]
    begun, done = measure.begun_on or today, measure.carried_out_on
    first, last = begun - PERIOD, begun - timedelta(days=1)
    again = done + timedelta(days=1) if done else None
    before = share(*indicator.count(_ground(measure, first, last)))
    if done is None or done >= today:
        return Moved(indicator, first, last, again, before)
    after = share(*indicator.count(_ground(measure, done + timedelta(days=1), min(done + PERIOD, today))))
    moved = difference(before, after)
    found = effect(moved.low, moved.high, more_is_better=indicator.more_is_better) if moved else None
    return Moved(indicator, first, last, again, before, after, moved, found)


def _ground(measure: Measure, first: date, last: date) -> Ground:
    return Ground(first, last, measure.branch_id, measure.programme, measure.cause)
