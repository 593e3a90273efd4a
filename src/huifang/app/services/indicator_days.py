"""Keeping the counters of each day: counted anew from the records for a span of days, written in place of what was there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, Min

from huifang.app.business_time import business_day, business_zone
from huifang.app.queries.group_keys import group_key
from huifang.app.queries.indicator_sources import CASES, SOURCES, Asked, Source, Span, questions_of
from huifang.app.queries.playbooks import in_force
from huifang.app.records.models import Case, IndicatorDay, IndicatorState, Occurrence, PlaybookVersion
from huifang.domain.indicators import add

RECENT = timedelta(days=35)
"""Days that are counted anew every quarter of an hour."""
KEPT = timedelta(days=800)
"""Days that are counted anew every night: two years to compare with, and what was changed late."""
NIGHT = 2
"""The hour, the business's clock, in which all days are counted anew."""
_PIECE = timedelta(days=62)


Counts = dict[str, float]


class Leaf(NamedTuple):
    """What a number of rows have in common."""

    day: date
    branch: int | None
    programme: str
    person: int | None
    group: str


def keep(since: date, now: datetime) -> int:
    """Count the days from the month of `since` to the business's today, and keep them; how many rows were written. Safe at any time."""
    today, since = business_day(now), since.replace(day=1)
    begun = _begun(since)
    leaves: dict[Leaf, Counts] = {}
    first = begun
    while first <= today:
        last = min(first + _PIECE, today)
        leaves |= count(Span(first, last), today)
        first = last + timedelta(days=1)
    rows = list(_rows(leaves))
    with transaction.atomic():
        IndicatorState.objects.get_or_create(pk=1)
        state = IndicatorState.objects.select_for_update(no_key=True).get(pk=1)
        IndicatorDay.objects.filter(day__gte=since).delete()
        IndicatorDay.objects.bulk_create(rows, batch_size=2000)
        state.counted_at, state.since = now, min(since, state.since or since)
        state.save()
    return len(rows)


def anything_due(now: datetime) -> tuple[str, date] | None:
    """What is to be counted at `now`: the key of the work and the first day; None where nobody has anything in force.

    Every quarter of an hour the recent days; once a night, or when nothing was counted yet, all of them.
    """
    if not PlaybookVersion.objects.filter(state=PlaybookVersion.State.ACTIVE).exists():
        return None
    day, never = business_day(now), not IndicatorState.objects.filter(counted_at__isnull=False).exists()
    if never or now.astimezone(business_zone()).hour == NIGHT:
        return f"indicators:all:{day.isoformat()}", day - KEPT
    quarter = now.astimezone(UTC).replace(minute=now.minute // 15 * 15)
    return f"indicators:{quarter:%Y-%m-%dT%H:%M}", day - RECENT


def count(span: Span, today: date) -> dict[Leaf, Counts]:
    """The counters of a span of days, straight from the records. One query for each source."""
    asked = questions_of(one.playbook for one in in_force())
    leaves: dict[Leaf, Counts] = defaultdict(dict)
    for source in SOURCES:
        for leaf, counts in _case_counts(source, span, asked, today) if source is CASES else _counts(source, span, asked, today):
            add(leaves[leaf], counts)
    return dict(leaves)


def _begun(since: date) -> date:
    """Nothing was due before the first occurrence; no day before it is looked at."""
    earliest = Occurrence.objects.aggregate(first=Min("due"))["first"]
    return max(since, earliest - timedelta(days=31)) if earliest else since


def _counts(source: Source, span: Span, asked: Asked, today: date) -> Iterator[tuple[Leaf, Counts]]:
    rows = source.rows(source.model.objects.all(), span, asked, today)
    dimensions = source.dimensions()
    found = rows.order_by().annotate(**dimensions).values(*dimensions).annotate(**source.aggregates())
    for row in found.iterator():
        day, branch, programme, person, zh, en = (row.pop(name) for name in dimensions)
        yield Leaf(day + timedelta(days=source.later), branch, programme, person, group_key(zh, en)), row


def _case_counts(source: Source, span: Span, asked: Asked, today: date) -> Iterator[tuple[Leaf, Counts]]:
    """Cases one by one: their day is a moment's in the business's time, and how long the answer took is added up."""
    rows = source.rows(Case.objects.all(), span, asked, today).annotate(**source.dimensions(), is_again=F("again"))
    names = ("its_branch", "its_programme", "its_person", "its_zh", "its_en")
    for row in rows.values(*names, "opened_at", "answered_at", "solved_at", "closed_at", "is_again").iterator():
        answered, solved = row["answered_at"], row["solved_at"] or row["closed_at"]
        counts: Counts = {"cases": 1, "solved": int(bool(solved)), "reopened": int(row["is_again"])}
        if answered:
            counts |= {"answered": 1, "answer_hours": (answered - row["opened_at"]).total_seconds() / 3600}
        branch, programme, person, zh, en = (row[name] for name in names)
        yield Leaf(business_day(row["opened_at"]), branch, programme, person, group_key(zh, en)), counts


def _rows(leaves: dict[Leaf, Counts]) -> Iterator[IndicatorDay]:
    """Fold the leaves into rows of days and months, for all, for each person, for each class."""
    sums: dict[tuple[str, date, int | None, str, str, str], Counts] = defaultdict(dict)
    for leaf, counts in leaves.items():
        person = "" if leaf.person is None else str(leaf.person)
        days = ((IndicatorDay.Grain.DAY.value, leaf.day), (IndicatorDay.Grain.MONTH.value, leaf.day.replace(day=1)))
        kinds = ((IndicatorDay.Kind.ALL.value, ""), (IndicatorDay.Kind.PERSON.value, person), (IndicatorDay.Kind.GROUP.value, leaf.group))
        for (grain, day), (kind, key) in product(days, kinds):
            add(sums[grain, day, leaf.branch, leaf.programme, kind, key], counts)
    for (grain, day, branch, programme, kind, key), counts in sums.items():
        week = day - timedelta(days=day.weekday())
        yield IndicatorDay(grain=grain, day=day, week=week, branch_id=branch, programme=programme, kind=kind, key=key, **counts)
