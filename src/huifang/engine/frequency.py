"""How often: caps and gaps over all active playbooks, programmes and channels together, counted from past contacts.

A gap is a cap of one contact in its span. A contact of day c counts until the day that lies the span after c; that day is free again.
Every cap of every active playbook holds for everybody; a promise passes all of them but is counted like any contact.
`frequency_today` counts what the plan itself adds.
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
from huifang.engine.lookups import lookup
from huifang.engine.rules import Finding, figures
from huifang.engine.scheduling import CalendarDays
from huifang.engine.stages import PlanContext
from huifang.playbooks.schema import Playbook

_LONGEST = 3660
_NEVER = date(1900, 1, 1)
_ALL_CHANNELS = tuple(Channel)


def _codes(codes: Iterable[StrEnum]) -> tuple[str, ...]:
    return tuple(sorted(code.value for code in set(codes)))


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many contacts of these purposes over these channels in so long; `country` names the calendar of working days."""

    rule: str
    at_most: int
    per: Span
    purposes: tuple[str, ...]
    channels: tuple[str, ...]
    country: str

    def applies(self, purpose: ir.StringValue, channel: ir.StringValue) -> ir.BooleanValue:
        """Whether the cap counts a contact of this purpose over this channel."""
        return purpose.isin(list(self.purposes)) & channel.isin(list(self.channels))


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
            found.add(Cap("gap", 1, book.limits.gap, purposes, _codes(_ALL_CHANNELS), book.calendar.country))
    return tuple(sorted(found, key=lambda cap: (cap.rule, cap.at_most, str(cap.per), cap.purposes, cap.channels, cap.country)))


def free_again(cap: Cap, day: date, calendars: CalendarDays) -> date:
    """The first day on which a contact of `day` no longer counts.

    Hours and minutes are rounded up to days. Working days beyond the calendar are taken as days.

    >>> free_again(Cap("cap", 3, Span(30, Unit.DAY), (), (), "CN"), date(2026, 3, 1), {})
    datetime.date(2026, 3, 31)
    """
    match cap.per.unit:
        case Unit.MINUTE:
            return day + timedelta(days=-(-cap.per.amount // 1440))
        case Unit.HOUR:
            return day + timedelta(days=-(-cap.per.amount // 24))
        case Unit.WORKING_DAY:
            working = sorted(each for each, (works, _final) in calendars.get(cap.country, {}).items() if works)
            place = bisect_right(working, day) + cap.per.amount - 1
            return working[place] if place < len(working) else day + timedelta(days=cap.per.amount)
        case _:
            return shift(day, cap.per)


def counting_days(cap: Cap, today: date, calendars: CalendarDays) -> list[tuple[date, date]]:
    """The days whose contacts count today, latest first, each with the day it is free again."""
    back = ((day := today - timedelta(days=ago), free_again(cap, day, calendars)) for ago in range(_LONGEST))
    return list(takewhile(lambda pair: pair[1] > today, back))


def recent(context: PlanContext, all_caps: Sequence[Cap], contacts: ir.Table, people: ir.Table, calendars: CalendarDays) -> ir.Table:
    """Counted contacts that a cap still counts: `customer_id`, `cap` (number), `nth` (1: frees last), `frees` (day it is free again).

    `people` has the `customer_id` of everybody concerned. One pass over the contacts of the longest span.
    """
    rows = [(number, *pair) for number, cap in enumerate(all_caps) for pair in counting_days(cap, context.day, calendars)]
    days = lookup(context.connection, "counting_days", {"cap": "int64", "day": "date", "frees": "date"}, rows)
    first = min((row[1] for row in rows), default=context.day)
    counted = contacts.filter(contacts.counted & contacts.day.between(first, context.day)).semi_join(people, "customer_id")
    joined = counted.select("customer_id", "purpose", "channel", "day").join(days, "day")
    fits = [(joined.cap == number) & cap.applies(joined.purpose, joined.channel) for number, cap in enumerate(all_caps)]
    fitting = joined.filter(reduce(or_, fits, ibis.literal(value=False)))
    order = ibis.window(group_by=[fitting.customer_id, fitting.cap], order_by=fitting.frees.desc())
    return fitting.select("customer_id", "cap", "frees", nth=ibis.row_number().over(order) + 1)


def usage(all_caps: Sequence[Cap], recents: ir.Table) -> ir.Table:
    """One row per customer with `used_<cap>` and `frees_<cap>`: contacts counted, and the day a full cap has room again."""
    columns: dict[str, ir.Value] = {}
    for number, cap in enumerate(all_caps):
        columns[f"used_{number}"] = recents.count(where=recents.cap == number)
        columns[f"frees_{number}"] = recents.frees.max(where=(recents.cap == number) & (recents.nth == cap.at_most))
    return recents.group_by("customer_id").aggregate(**columns)


def full(table: ir.Table, all_caps: Sequence[Cap], channel: ir.StringValue) -> list[ir.BooleanValue]:
    """By cap, whether past contacts alone leave no room for a contact of the row over `channel`; a promise always has room."""
    return [
        cap.applies(table.purpose, channel) & ~table.promised & (table[f"used_{number}"].fill_null(0) >= cap.at_most)
        for number, cap in enumerate(all_caps)
    ]


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
