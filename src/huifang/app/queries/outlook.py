"""An outlook as a person may see it: load by day or week of their branches, contacts by programme, changes customer by customer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from huifang.app.access import branches_for, customers_for
from huifang.app.formats import day_words
from huifang.app.queries.pages import counted, page_behind
from huifang.app.queries.playbooks import in_force, playbook_of
from huifang.app.records.models import Outlook, OutlookChange, Staff
from huifang.domain.contact import CHANNEL_WORDS, Channel
from huifang.domain.words import Words

DAILY = 45
"""Days that are shown one by one; more are shown by week."""
PAGE = 50
KINDS = ("added", "dropped", "moved")


@dataclass(frozen=True, slots=True)
class Span:
    """A day or week: contacts by people, what nobody has room for on its last day, places; and the contacts as it is now."""

    first: date
    last: date
    work: int
    waiting: int
    capacity: int
    now: int


@dataclass(frozen=True, slots=True)
class Side:
    """One version's word: the day and channel (empty: no contact), and why."""

    when: str
    why: str


@dataclass(frozen=True, slots=True)
class Row:
    """One change; `customer_id` is 0 and `name` empty where the person may not see the customer."""

    customer_id: int
    name: str
    kind: str
    programme: str
    before: Side
    after: Side


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which changes: of a kind (empty: all), that leave or reach a day between two."""

    kind: str = ""
    first: date | None = None
    last: date | None = None
    after: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """One page of changes, how many there are in all (`pages.counted`), and where the next page begins (empty on the last)."""

    rows: tuple[Row, ...]
    total: int | str
    after: str


def spans(staff: Staff, outlook: Outlook) -> list[Span]:
    """The outlook's days, or weeks where they are many, of the branches in the person's scope. At most one query."""
    seen = None if staff.all_branches else set(branches_for(staff).values_list("code", flat=True))
    now, then = (_by_day(outlook.result["loads"][side], seen) for side in ("before", "after"))
    groups: dict[date, list[date]] = {}
    for day in sorted(now.keys() | then.keys()):
        groups.setdefault(day - timedelta(days=day.weekday()) if outlook.days > DAILY else day, []).append(day)
    return [_span(days, now, then) for days in groups.values()]


def _by_day(loads: Iterable[list[Any]], seen: set[str] | None) -> dict[date, list[int]]:
    found: dict[date, list[int]] = {}
    for day, branch, *numbers in loads:
        if seen is None or branch in seen:
            held = found.setdefault(date.fromisoformat(day), [0, 0, 0])
            found[date.fromisoformat(day)] = [one + other for one, other in zip(held, numbers, strict=True)]
    return found


def _span(days: list[date], now: dict[date, list[int]], then: dict[date, list[int]]) -> Span:
    nothing = [0, 0, 0]
    after = [then.get(day, nothing) for day in days]
    before = sum(now.get(day, nothing)[0] for day in days)
    return Span(days[0], days[-1], sum(each[0] for each in after), after[-1][1], sum(each[2] for each in after), before)


def programmes(outlook: Outlook, language: str) -> list[tuple[str, int, int]]:
    """Title, contacts as it is now and with the version, of each programme that has any; the most first."""
    counts, titles = outlook.result["programmes"], _titles(outlook, language)
    keys = counts["before"].keys() | counts["after"].keys()
    found = [(titles.get(key, key), counts["before"].get(key, 0), counts["after"].get(key, 0)) for key in sorted(keys)]
    return sorted((row for row in found if row[1] or row[2]), key=lambda row: -max(row[1:]))


def changes(staff: Staff, outlook: Outlook, wanted: Wanted, language: str) -> Changes:
    """One page of changes. Three queries."""
    found, titles = _wanted(OutlookChange.objects.filter(outlook=outlook), wanted), _titles(outlook, language)
    page = page_behind(found, ("id",), wanted.after, PAGE)
    names = {one.pk: one.name for one in customers_for(staff).filter(pk__in={row.customer_id for row in page.rows}).only("pk", "name")}
    shown = tuple(
        Row(
            row.customer_id if row.customer_id in names else 0, names.get(row.customer_id, ""), row.kind,
            titles.get(f"{row.playbook}/{row.programme}", row.programme),
            _side(row.before_day, row.before_channel, row.before_why, language),
            _side(row.after_day, row.after_channel, row.after_why, language),
        )
        for row in page.rows
    )  # fmt: skip
    return Changes(shown, counted(found), page.after)


def _wanted(rows: QuerySet[OutlookChange], wanted: Wanted) -> QuerySet[OutlookChange]:
    if wanted.kind in KINDS:
        rows = rows.filter(kind=wanted.kind)
    if wanted.first and wanted.last:
        between = (wanted.first, wanted.last)
        rows = rows.filter(Q(before_day__range=between) | Q(after_day__range=between))
    return rows


def _side(day: date | None, channel: str, why: dict[str, str], language: str) -> Side:
    when = f"{day_words(day, language)} · {CHANNEL_WORDS[Channel(channel)].say(language)}" if day else ""
    return Side(when, Words(why["zh"], why["en"]).say(language))


def _titles(outlook: Outlook, language: str) -> dict[str, str]:
    books = (*(each.playbook for each in in_force()), playbook_of(outlook.version))
    return {f"{book.playbook}/{key}": rule.title.say(language) for book in books for key, rule in book.programmes.items()}
