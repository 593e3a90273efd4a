"""How often: caps and gaps over all active playbooks, programmes and channels together, counted from past contacts.

A gap is a cap of one contact in its span. Counted as the gate counts (`domain.caps`): a contact of day c, the customer's own, counts
until the day that lies the span after c; that day is free again. A span of hours ends at its moment: a customer whose last contact still
counts when today's window opens is called from then on, or not today. Every cap of every active playbook holds for everybody; a promise
passes all of them but is counted like any contact. `frequency_today` counts what the plan itself adds.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import reduce
from itertools import takewhile
from operator import or_

import ibis
import ibis.expr.types as ir

from huifang.domain.contact import Channel
from huifang.domain.spans import Span, Unit, shift
from huifang.engine.findings import Finding, figures
from huifang.engine.joins import among, matched
from huifang.engine.lookups import lookup
from huifang.engine.scheduling import CalendarDays
from huifang.engine.stages import PlanContext
from huifang.playbooks.schema import Playbook

ONE_DAY = timedelta(days=1)
_LONGEST = 3660
_NEVER = date(1900, 1, 1)


def _codes(codes: Iterable[StrEnum]) -> tuple[str, ...]:
    return tuple(sorted(code.value for code in set(codes)))


_EVERY_CHANNEL = _codes(Channel)


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many contacts of these purposes over these channels in so long; `country` names the calendar of working days."""

    rule: str
    at_most: int
    per: Span
    purposes: tuple[str, ...]
    channels: tuple[str, ...]
    country: str

    @property
    def hours(self) -> timedelta | None:
        """The length of a span that is counted from the moment of the contact; None for spans of days."""
        minutes = {Unit.MINUTE: 1, Unit.HOUR: 60}.get(self.per.unit)
        return None if minutes is None else timedelta(minutes=minutes * self.per.amount)

    def applies(self, purpose: ir.StringValue, channel: ir.StringValue) -> ir.BooleanValue:
        """Whether the cap counts a contact of this purpose over this channel."""
        counted = channel.notnull() if self.channels == _EVERY_CHANNEL else channel.isin(list(self.channels))
        return purpose.isin(list(self.purposes)) & counted


def caps(playbooks: Sequence[Playbook]) -> tuple[Cap, ...]:
    """Every cap and gap once, in a fixed order whatever the order of `playbooks`."""
    found: set[Cap] = set()
    for book in playbooks:
        for limit in book.limits.caps:
            found.add(
                Cap(
                    "cap",
                    limit.at_most,
                    limit.per,
                    _codes(limit.purposes),
                    _codes(limit.channels),
                    book.calendar.country,
                )
            )
        if book.limits.gap is not None:
            purposes = _codes(book.limits.gap_purposes)
            found.add(Cap("gap", 1, book.limits.gap, purposes, _EVERY_CHANNEL, book.calendar.country))
    return tuple(sorted(found, key=lambda cap: (cap.rule, cap.at_most, str(cap.per), cap.purposes, cap.channels, cap.country)))


def free_again(cap: Cap, day: date, calendars: CalendarDays) -> date:
    """The first day on which a contact of `day` no longer counts.

    Hours and minutes are rounded up to days, for contacts whose moment is not known. Working days beyond the calendar are taken as days.

    >>> free_again(Cap("cap", 3, Span(30, Unit.DAY), (), (), "CN"), date(2026, 3, 1), {})
    datetime.date(2026, 3, 31)
    """
    if cap.hours is not None:
        return day - (-cap.hours // ONE_DAY) * ONE_DAY
    if cap.per.unit is not Unit.WORKING_DAY:
        return shift(day, cap.per)
    working = sorted(each for each, (works, _final) in calendars.get(cap.country, {}).items() if works)
    place = bisect_right(working, day) + cap.per.amount - 1
    return working[place] if place < len(working) else day + timedelta(days=cap.per.amount)


def counting_days(cap: Cap, today: date, calendars: CalendarDays) -> list[tuple[date, date]]:
    """The days whose contacts count today, latest first, each with the day it is free again.

    Of a span of hours also the day before them, whose contacts may count in the morning if their moment is known.
    """
    back = ((day := today - timedelta(days=ago), free_again(cap, day, calendars)) for ago in range(_LONGEST))
    spare = timedelta(days=cap.hours is not None)
    return list(takewhile(lambda pair: pair[1] + spare > today, back))


def recent(context: PlanContext, all_caps: Sequence[Cap], contacts: ir.Table, people: ir.Table, calendars: CalendarDays) -> ir.Table:
    """Counted contacts that a cap still counts: `customer_id`, `cap` (number), `nth` (1: frees last), `frees` (day it is free again),
    `frees_at` (the moment, UTC, where the cap counts hours and the contact's moment is known).

    `people` has the `customer_id` of everybody concerned. One pass over the contacts of the longest span.
    """
    rows = [(number, *pair) for number, cap in enumerate(all_caps) for pair in counting_days(cap, context.day, calendars)]
    days = lookup(context.connection, "counting_days", {"cap": "int64", "day": "date", "frees": "date"}, rows)
    first = min((row[1] for row in rows), default=context.day)
    contacts = contacts.select("customer_id", "purpose", "channel", "counted", "at", day=contacts.local_day.fill_null(contacts.day))
    counted = among(contacts.filter(contacts.counted & contacts.day.between(first, context.day)), people, "customer_id")
    joined = _with_moments(matched(counted, (days, "day")), all_caps, context.day)
    fits = [(joined.cap == number) & cap.applies(joined.purpose, joined.channel) for number, cap in enumerate(all_caps)]
    fitting = joined.filter(reduce(or_, fits, ibis.literal(value=False)))
    order = ibis.window(
        group_by=[fitting.customer_id, fitting.cap], order_by=[fitting.frees_at.desc(nulls_first=True), fitting.frees.desc()]
    )
    return fitting.select("customer_id", "cap", "frees", "frees_at", nth=ibis.row_number().over(order) + 1)


def _with_moments(table: ir.Table, all_caps: Sequence[Cap], today: date) -> ir.Table:
    """Adds `frees_at`. With a moment, `frees` is tomorrow or the day on which the span ends, in the zone where that day comes first: the
    customer is looked at again then. Without one, what does not count today falls away.
    """
    rolling = [(number, cap.hours) for number, cap in enumerate(all_caps) if cap.hours is not None]
    if not rolling:
        return table.mutate(frees_at=ibis.null("timestamp"))
    tomorrow = ibis.literal(today + ONE_DAY)
    ends = [(table.cap == number, table.at + ibis.interval(minutes=hours // timedelta(minutes=1))) for number, hours in rolling]
    table = table.mutate(frees_at=ibis.cases(*ends, else_=ibis.null("timestamp")).cast("timestamp"))
    kept = table.filter(table.frees_at.notnull() | (table.frees > ibis.literal(today)))
    soonest = ibis.greatest((kept.frees_at - ibis.interval(hours=12)).date(), tomorrow)
    return kept.mutate(frees=ibis.ifelse(kept.frees_at.notnull(), soonest, kept.frees))


def usage(all_caps: Sequence[Cap], recents: ir.Table) -> ir.Table:
    """One row per customer with `used_<cap>`, `frees_<cap>` and, of caps in hours, `frees_at_<cap>`: contacts counted, and when a full cap
    has room again.
    """
    columns: dict[str, ir.Value] = {}
    for number, cap in enumerate(all_caps):
        columns[f"used_{number}"] = recents.count(where=recents.cap == number)
        deciding = (recents.cap == number) & (recents.nth == cap.at_most)
        columns[f"frees_{number}"] = recents.frees.max(where=deciding)
        if cap.hours is not None:
            columns[f"frees_at_{number}"] = recents.frees_at.max(where=deciding)
    return recents.group_by("customer_id").aggregate(**columns)


def full(table: ir.Table, all_caps: Sequence[Cap], channel: ir.StringValue) -> list[ir.BooleanValue]:
    """By cap, whether past contacts alone leave no room today for a contact of the row over `channel`; a promise always has room."""
    return [_counts(table, number, cap, channel) & _all_day(table, number, cap) for number, cap in enumerate(all_caps)]


def _counts(table: ir.Table, number: int, cap: Cap, channel: ir.StringValue) -> ir.BooleanValue:
    return cap.applies(table.purpose, channel) & ~table.promised & (table[f"used_{number}"].fill_null(0) >= cap.at_most)


def _all_day(table: ir.Table, number: int, cap: Cap) -> ir.BooleanValue:
    """Whether a full cap stays full until today's window closes; a span of hours may end before."""
    if cap.hours is None or cap.at_most == 0:
        return ibis.literal(value=True)
    return (table[f"frees_at_{number}"] >= table.closes_at).fill_null(True)


def opening(table: ir.Table, all_caps: Sequence[Cap]) -> ir.TimestampValue:
    """`opens_at` of a row's contact, later where a full cap in hours has room only during the window."""
    ends = [
        ibis.ifelse(_counts(table, number, cap, table.channel), table[f"frees_at_{number}"], ibis.null("timestamp"))
        for number, cap in enumerate(all_caps)
        if cap.hours is not None and cap.at_most > 0
    ]
    return ibis.greatest(table.opens_at, *(end.fill_null(table.opens_at) for end in ends)) if ends else table.opens_at


def findings(table: ir.Table, all_caps: Sequence[Cap]) -> list[Finding]:
    """The rules of this stage. The cap that has room last decides."""
    blocked = full(table, all_caps, table.channel)
    never = [block for block, cap in zip(blocked, all_caps, strict=True) if cap.at_most == 0]
    found = [Finding("suppressed.never", each) for each in never]
    counted = [(block, number) for number, block in enumerate(blocked) if all_caps[number].at_most > 0]
    return found + deciding(table, all_caps, [(number, block, table[f"frees_{number}"]) for block, number in counted])


def deciding(
    table: ir.Table,
    all_caps: Sequence[Cap],
    blocked: Sequence[tuple[int, ir.BooleanValue, ir.DateValue]],
    added: Sequence[ir.Value] = (),
) -> list[Finding]:
    """One finding per blocking cap: (number, does it block, day it has room); `until` is the last of all blocking caps' days.

    `added` are by cap the contacts that today's plan adds to those in the table.
    """
    days = {number: ibis.ifelse(block, frees, _NEVER) for number, block, frees in blocked}
    latest = _latest(list(days.values()))
    return [
        Finding(
            f"deferred.{all_caps[number].rule}", block & (days[number] == latest), latest,
            _detail(all_caps[number], table[f"used_{number}"].fill_null(0) + (added[number] if added else 0)),
        )
        for number, block, _frees in blocked
    ]  # fmt: skip


def _latest(days: Sequence[ir.DateValue]) -> ir.DateValue:
    return ibis.greatest(*days) if days else ibis.null("date")


def _detail(cap: Cap, used: ir.IntegerValue) -> ir.StringValue:
    return figures(per=str(cap.per), at_most=cap.at_most, used=used)
