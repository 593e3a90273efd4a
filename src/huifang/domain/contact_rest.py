"""When a customer is left in peace although nothing else forbids a contact: an overdrawn account, a class that rests, a class slowed down.

It holds for every programme of relationship or marketing purpose, whatever its trigger; never for service, for promises and appointments,
nor where the customer has asked to be contacted. Each rule says from which day on it no longer holds, if nothing happens meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from huifang.domain.calendars import WorkingCalendar
from huifang.domain.contact_guard import MOST
from huifang.domain.emotional_account import Account, free_on
from huifang.domain.errors import CalendarError
from huifang.domain.spans import Span, Unit, shift

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rest:
    """A rule of the gate (`contact_rules.RULES`), the first day on which it no longer holds, and its figures."""

    rule: str
    until: date
    figures: Mapping[str, object]


def overdrawn(account: Account, day: date) -> Rest | None:
    """The account is below 0; until enough of its withdrawals are a year old."""
    return Rest("account.overdrawn", free_on(account, day), {"balance": f"{account.balance:+d}"}) if account.balance < 0 else None


def resting(*, paused: bool, day: date) -> Rest | None:
    """The class rests; it is looked at again every night."""
    return Rest("class.rests", day + ONE_DAY, {}) if paused else None


def slowed_down(slowed: float, per: Span, last: date | None, day: date, calendar: WorkingCalendar | None = None) -> Rest | None:
    """The class is slowed down: the gap `per`, as long as it is on `day`, is `slowed` times as long, from the `last` contact it counts.

    >>> slowed_down(1.5, Span.parse("7 days"), date(2026, 3, 1), date(2026, 3, 9)).until
    datetime.date(2026, 3, 12)
    """
    days = ceil(gap_days(per, day, calendar) * min(slowed, MOST))
    if slowed <= 1 or last is None or last + timedelta(days=days) <= day:
        return None
    return Rest("class.slowed", last + timedelta(days=days), {"per": per.in_words(), "days": days})


def gap_days(per: Span, day: date, calendar: WorkingCalendar | None = None) -> int:
    """The days of a gap that begins on `day`; hours are rounded up to days. Working days beyond the calendar are taken as days.

    >>> gap_days(Span.parse("36 h"), date(2026, 3, 1)), gap_days(Span.parse("1 month"), date(2026, 3, 1))
    (2, 31)
    """
    minutes = {Unit.MINUTE: 1, Unit.HOUR: 60}.get(per.unit)
    if minutes is not None:
        return -(-per.amount * minutes // (24 * 60))
    if per.unit is not Unit.WORKING_DAY:
        return (shift(day, per) - day).days
    try:
        return (calendar.add_working_days(day, per.amount) - day).days if calendar else per.amount
    except CalendarError:
        return per.amount
