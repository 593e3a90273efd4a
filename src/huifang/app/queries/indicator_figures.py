"""Indicators from the counters that were kept: of a period, one period after the other, by branch, programme, person or class."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

from django.db.models import QuerySet, Sum

from huifang.analytics.shares import Share, share
from huifang.app.access import SEE_INDICATORS, indicator_days_for, require
from huifang.app.queries.playbooks import in_force
from huifang.app.records.models import IndicatorDay, IndicatorState, Staff
from huifang.domain.indicators import COUNTERS, INDICATORS, Counts, Indicator, Standing, add, standing, value
from huifang.domain.periods import Stretch, latest
from huifang.domain.words import Words
from huifang.playbooks.schema import Playbook, Target

By = Literal["branch", "programme", "person", "department", "class"]
NONE = "-"
"""The class of those who have none."""
SHOWN: dict[str, int] = {"day": 14, "week": 12, "month": 12, "quarter": 8, "half-year": 4, "year": 3}
"""How many periods a trend goes back."""
_FIELDS: dict[By, str] = {"branch": "branch_id", "programme": "programme", "person": "key", "department": "key", "class": "key"}
_KINDS: dict[By, str] = {"person": IndicatorDay.Kind.PERSON, "department": IndicatorDay.Kind.PERSON, "class": IndicatorDay.Kind.GROUP}
_SUMS = {f"its_{name}": Sum(name) for name in COUNTERS}


@dataclass(frozen=True, slots=True)
class Ground:
    """What is looked at: days from `first` to `last`, both included; of a branch, a programme, a person (0: nobody's) and a class, each
    None or empty for all (`NONE`: without a class). A person and a class together are not kept. `people`: those of a department as it
    stands today, 0 for nobody's.
    """

    first: date
    last: date
    branch: int | None = None
    programme: str = ""
    person: int | None = None
    group: str = ""
    programmes: tuple[str, ...] = ()
    """Only these; empty: all."""
    people: tuple[int, ...] | None = None

    def within(self, one: Stretch) -> Ground:
        """The same over another period."""
        return replace(self, first=one.first, last=one.last)


@dataclass(frozen=True, slots=True)
class Goal:
    """A target of a playbook."""

    key: str
    title: Words
    indicator: str
    programme: str
    at_least: float | None
    at_most: float | None

    @property
    def bound(self) -> float | None:
        """The value that is asked for."""
        return self.at_least if self.at_least is not None else self.at_most


@dataclass(frozen=True, slots=True)
class Figure:
    """One indicator on one ground. `interval` only of shares; `trend` oldest first, None where nothing was counted."""

    indicator: Indicator
    title: Words
    programme: str
    value: float | None
    interval: Share | None
    before: float | None
    goal: Goal | None
    standing: Standing
    trend: tuple[float | None, ...]
    counts: Mapping[str, float]

    @property
    def counted(self) -> int:
        """How many rows the value rests on."""
        return int(self.counts.get(self.indicator.whole, 0)) if self.indicator.whole else int(self.value or 0)


def kept_until(staff: Staff) -> tuple[datetime | None, date | None]:
    """When the days were last counted, and from which day on there are figures."""
    require(staff, SEE_INDICATORS)
    state = IndicatorState.objects.filter(pk=1).first()
    return (state.counted_at, state.since) if state else (None, None)


def goals(playbooks: Sequence[Playbook] | None = None) -> list[Goal]:
    """Every target of the playbooks in force that an indicator of ours measures, as the playbook orders them."""
    books = [one.playbook for one in in_force()] if playbooks is None else playbooks
    return [
        _goal(f"{book.playbook}/{key}", target) for book in books for key, target in book.targets.items() if target.indicator in INDICATORS
    ]


def _goal(key: str, target: Target) -> Goal:
    return Goal(key, target.title, target.indicator, target.programme or "", target.at_least, target.at_most)


def figures(staff: Staff, ground: Ground, period: Stretch) -> list[Figure]:
    """What the overview shows: first the targets, then every other indicator that has something to say. One query beside the playbooks."""
    require(staff, SEE_INDICATORS)
    found = _by_period(staff, ground, period)
    asked = [goal for goal in goals() if not ground.programme or goal.programme in ("", ground.programme)]
    shown = [_figure(INDICATORS[goal.indicator], goal, found, goal.programme or ground.programme) for goal in asked]
    said = {(one.indicator.key, one.programme) for one in shown}
    rest = [
        _figure(indicator, None, found, ground.programme)
        for indicator in INDICATORS.values()
        if (indicator.key, ground.programme) not in said
    ]
    return shown + [one for one in rest if any(each for each in one.trend)]


def figure(staff: Staff, ground: Ground, period: Stretch, key: str) -> Figure:
    """One indicator on a ground. One query beside the playbooks. KeyError for one there is not."""
    require(staff, SEE_INDICATORS)
    goal = next((one for one in goals() if one.indicator == key and one.programme == ground.programme), None)
    return _figure(INDICATORS[key], goal, _by_period(staff, ground, period), ground.programme)


def chosen(staff: Staff, ground: Ground, period: Stretch, keys: Sequence[str], playbook: Playbook) -> list[Figure]:
    """The named indicators in their order, each with the playbook's target; those aimed at for one programme stand for it. One query."""
    require(staff, SEE_INDICATORS)
    found, aims = _by_period(staff, ground, period), goals([playbook])
    shown: list[Figure] = []
    for key in keys:
        asked = [goal for goal in aims if goal.indicator == key]
        whole = [goal for goal in asked if not goal.programme]
        shown.append(_figure(INDICATORS[key], whole[0] if whole else None, found, ground.programme))
        shown += [_figure(INDICATORS[key], goal, found, goal.programme) for goal in asked if goal.programme]
    return shown


def split(staff: Staff, ground: Ground, by: By) -> dict[str, Counts]:
    """The counters of each branch, programme, person, department or class, by its key as text; empty: nobody's. At most two queries."""
    require(staff, SEE_INDICATORS)
    column = _FIELDS[by]
    rows = _kept(staff, ground, _KINDS.get(by)).order_by().values(column).annotate(**_SUMS)
    found: dict[str, Counts] = {"" if row[column] is None else str(row[column]): _plain(row) for row in rows}
    return _by_department(found) if by == "department" else found


def _by_department(people: Mapping[str, Counts]) -> dict[str, Counts]:
    """The counters of people, added up for each department by its name; empty: of those without one."""
    places = dict(Staff.objects.filter(pk__in=[int(key) for key in people if key]).values_list("pk", "department"))
    sums: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for key, counts in people.items():
        add(sums[places.get(int(key), "") if key else ""], counts)
    return {**sums}


def total(staff: Staff, ground: Ground) -> Counts:
    """The counters of a ground. One query."""
    require(staff, SEE_INDICATORS)
    return _plain(_kept(staff, ground).aggregate(**_SUMS))


def _by_period(staff: Staff, ground: Ground, period: Stretch) -> list[dict[str, Counts]]:
    """For each of the last periods, oldest first, the counters by programme."""
    periods = latest(period.kind, period.first, SHOWN[period.kind])
    bucket = "week" if period.kind == "week" else "day"
    rows = _kept(staff, replace(ground, first=periods[0].first, last=periods[-1].last))
    found: list[dict[str, dict[str, float]]] = [defaultdict(dict) for _one in periods]
    for row in rows.order_by().values(bucket, "programme").annotate(**_SUMS):
        place = next(i for i, one in enumerate(periods) if one.first <= row[bucket] <= one.last)
        into = found[place][row["programme"]]
        add(into, _plain(row))
    return [dict(one) for one in found]


def _kept(staff: Staff, ground: Ground, kind: str | None = None) -> QuerySet[IndicatorDay]:
    months = ground.first.day == 1 and (ground.last + timedelta(days=1)).day == 1
    grain = IndicatorDay.Grain.MONTH if months else IndicatorDay.Grain.DAY
    rows = indicator_days_for(staff).filter(grain=grain, day__range=(ground.first, ground.last))
    if ground.branch is not None:
        rows = rows.filter(branch=ground.branch)
    if ground.programme:
        rows = rows.filter(programme=ground.programme)
    if ground.programmes:
        rows = rows.filter(programme__in=ground.programmes)
    if ground.person is not None:
        return rows.filter(kind=IndicatorDay.Kind.PERSON, key=str(ground.person or ""))
    if ground.people is not None:
        return rows.filter(kind=IndicatorDay.Kind.PERSON, key__in=[str(one or "") for one in ground.people])
    if ground.group:
        return rows.filter(kind=IndicatorDay.Kind.GROUP, key="" if ground.group == NONE else ground.group)
    return rows.filter(kind=kind or IndicatorDay.Kind.ALL)


def _plain(row: Mapping[str, Any]) -> dict[str, float]:
    return {name: row[f"its_{name}"] for name in COUNTERS if row[f"its_{name}"]}


def _figure(indicator: Indicator, goal: Goal | None, found: Sequence[Mapping[str, Counts]], programme: str) -> Figure:
    sums = [_sum(one, programme) for one in found]
    values = tuple(value(indicator, one) for one in sums)
    now = sums[-1]
    interval = share(int(now.get(indicator.plus[0], 0)), int(now.get(indicator.total, 0))) if indicator.unit == "share" else None
    stands = standing(values[-1], goal.at_least if goal else None, goal.at_most if goal else None)
    before = values[-2] if len(values) > 1 else None
    return Figure(indicator, goal.title if goal else indicator.title, programme, values[-1], interval, before, goal, stands, values, now)


def _sum(by_programme: Mapping[str, Counts], programme: str) -> dict[str, float]:
    """The counters of one programme, or of all where none is named."""
    into: dict[str, float] = {}
    for name, counts in by_programme.items():
        if not programme or name == programme:
            add(into, counts)
    return into
