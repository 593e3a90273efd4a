"""When: days that may be used and hours of the customer's own time, worked out in Python for the few calendars and zones in use.

`openings` has a row for each calendar, rule of days and day; `windows` one for each zone and set of hours. A day that its calendar
does not have has no row: nobody is contacted on a day that is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from huifang.domain.calendars import Day
from huifang.domain.windows import WEEKDAYS, Hours, find_zone, window_for
from huifang.engine.findings import Finding, figures
from huifang.engine.keeping import fetch_later
from huifang.engine.lookups import lookup
from huifang.engine.stages import PlanContext
from huifang.engine.terms import Terms

BEFORE, AFTER = timedelta(days=60), timedelta(days=400)
"""How far around the day `openings` reaches; dates beyond are taken as they are."""

CalendarDays = Mapping[str, Mapping[date, tuple[bool, bool]]]
"""By calendar and day: is it a working day, is that final."""


def calendar_days(today: date, days: Iterable[tuple[str, Day]]) -> CalendarDays:
    """The calendars around the day, from the days of all calendars with their calendars' names."""
    found: dict[str, dict[date, tuple[bool, bool]]] = {}
    for name, day in days:
        if today - BEFORE <= day.day <= today + AFTER:
            found.setdefault(name, {})[day.day] = (bool(day.working), bool(day.final))
    return found


def openings(context: PlanContext, all_terms: Terms, calendars: CalendarDays) -> ir.Table:
    """`calendar`, `days` (number of the rule), `day`, `allowed`, `next_day` (first allowed day from it on, null: none known), `final`."""
    names = sorted(set(calendars) | {line.country for line in all_terms.lines})
    rows = [
        (name, number, *row)
        for name in names
        for number, rule in enumerate(all_terms.days)
        for row in _opening_rows(context.day, rule, calendars.get(name, {}))
    ]
    kinds = {
        "calendar": "string",
        "days": "int64",
        "day": "date",
        "allowed": "boolean",
        "next_day": "date",
        "final": "boolean",
    }
    return lookup(context.connection, "openings", kinds, rows)


def _opening_rows(today: date, rule: str | tuple[str, ...], days: Mapping[date, tuple[bool, bool]]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    following: date | None = None
    for back in range((AFTER + BEFORE).days + 1):
        day = today + AFTER - timedelta(days=back)
        known = days.get(day)
        if rule == "working" and known is None:
            following = None
            continue
        allowed = known[0] if rule == "working" and known is not None else rule == "every" or WEEKDAYS[day.weekday()] in rule
        following = day if allowed else following
        rows.append((day, allowed, following, rule != "working" or (known is not None and known[1])))
    return rows


def windows(context: PlanContext, all_terms: Terms, table: ir.Table) -> ir.Table:
    """`zone`, `hours` (number of the set), `zone_known`, `window_opens`, `window_closes` of the day in UTC (null: no such hours).

    For the zones in a table's column `zone`. One query.
    """
    zones = fetch_later(context.connection, table.select("zone").distinct())
    kinds = {
        "zone": "string",
        "hours": "int64",
        "zone_known": "boolean",
        "window_opens": "timestamp",
        "window_closes": "timestamp",
    }
    return lookup(context.connection, "windows", kinds, lambda: _window_rows(context.day, all_terms, [name for (name,) in zones()]))


def _window_rows(day: date, all_terms: Terms, zones: Iterable[str]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for name in sorted(zones):
        zone = find_zone(name)
        for number, hours in enumerate(all_terms.hours):
            window = window_for(day, [Hours.parse(text) for text in hours], zone) if zone else None
            opens = window.opens.replace(tzinfo=None) if window else None
            closes = window.closes.replace(tzinfo=None) if window else None
            rows.append((name, number, zone is not None, opens, closes))
    return rows


def covering(all_terms: Terms, wide: ir.IntegerValue, narrow: ir.IntegerValue) -> ir.BooleanValue:
    """Whether the set of hours numbered `wide` holds every minute of the one numbered `narrow`."""
    minutes = [_minutes(hours) for hours in all_terms.hours]
    cases = (
        (narrow == number, wide.isin([other for other, held in enumerate(minutes) if inside <= held]))
        for number, inside in enumerate(minutes)
    )
    return ibis.cases(*cases, else_=ibis.literal(value=False))


def _minutes(hours: Iterable[str]) -> frozenset[int]:
    return frozenset(minute for text in hours for minute in range(Hours.parse(text).start, Hours.parse(text).end))


def today_and_first(opening: ir.Table, context: PlanContext) -> tuple[ir.Table, ir.Table]:
    """The day's own openings by `calendar` and `days`, and the first allowed day from a day on by these and `due`."""
    today = opening.filter(opening.day == context.day).select("calendar", "days", "allowed", day_final="final")
    return today, opening.select("calendar", "days", due="day", first_day="next_day")


def scheduled(table: ir.Table, context: PlanContext) -> dict[str, ir.Value]:
    """`deadline` and `expires`, moved to the first allowed day from the due day on if they lie before it, and today's hours.

    `table` has the columns of `today_and_first` and `windows`, due, and the promise's columns.
    """
    start = table.first_day.fill_null(table.due)
    kept = table.promised & (table.promise_day == context.day)
    return {
        "deadline": ibis.ifelse(start > table.deadline, start, table.deadline),
        "expires": ibis.ifelse(start > table.expires, start, table.expires),
        "appointed": kept.fill_null(False),
        "opens_at": ibis.ifelse(kept, table.promise_opens_at.fill_null(table.window_opens), table.window_opens),
        "closes_at": ibis.ifelse(kept, table.promise_closes_at.fill_null(table.window_closes), table.window_closes),
    }


def findings(table: ir.Table, context: PlanContext) -> list[Finding]:
    """The rules of this stage. A promise for this very day passes the calendar; a promise that was missed waits for an allowed day."""
    tomorrow = ibis.literal(context.day + timedelta(days=1))
    free = ~table.appointed
    ahead = table.promised & (table.promise_day > context.day)
    waiting = ~table.promised & (table.next_on > context.day).fill_null(False)
    calendar = figures(calendar=table.calendar)
    return [
        Finding("deferred.promised-later", ahead, table.promise_day),
        Finding("deferred.due-later", ~table.promised & (table.due > context.day), table.due),
        Finding("deferred.retry-later", waiting, table.next_on),
        Finding("deferred.scheduled-later", _scheduled_later(table, context), table.scheduled_day),
        Finding("deferred.branch-unknown", table.branch_unknown, tomorrow),
        Finding("deferred.zone-unknown", ~table.zone_known, tomorrow, figures(zone=table.zone)),
        Finding("deferred.calendar-unknown", free & table.allowed.isnull(), tomorrow, calendar),
        Finding("deferred.not-working-day", free & ~table.allowed, tomorrow, calendar),
        Finding("deferred.no-window", table.opens_at.isnull() | (table.opens_at >= table.closes_at), tomorrow),
    ]


def _scheduled_later(table: ir.Table, context: PlanContext) -> ir.BooleanValue:
    """An approved schedule holds an occurrence back until its day, but never beyond its last day, and no promise."""
    ahead = (table.scheduled_day > context.day) & (table.scheduled_day <= table.expires)
    return ~table.promised & ahead.fill_null(False)


def following(opening: ir.Table) -> ir.Table:
    """The first allowed day from a day on, and whether it is final, by `calendar`, `days` and `until`."""
    return opening.select("calendar", "days", "next_day", until="day", until_final="final")
