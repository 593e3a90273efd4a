"""Which due days a plan looks at, and their windows: calendar arithmetic on plain dates, done once for all customers.

A plan of a day decides the occurrences that fall due after the last plan up to the day, and those that fell due earlier and have not
expired (an event that comes late is still followed up; without a last plan this is all there is). That is a handful of due days for
each programme. For each of them the deadline, the last day and the base day it is counted from are worked out here with `domain.spans`
and the working calendar; a trigger then finds its customers by joining on the base day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from huifang.domain.calendars import WorkingCalendar
from huifang.domain.errors import CalendarError, Problem
from huifang.domain.spans import Span, Unit, add_months, shift
from huifang.domain.words import Words
from huifang.playbooks.schema import Playbook, Programme

ONE_DAY = timedelta(days=1)
_SHORTEST = {Unit.DAY: 1, Unit.WEEK: 7, Unit.MONTH: 28, Unit.YEAR: 365, Unit.WORKING_DAY: 1}
_LONGEST = {Unit.DAY: 1, Unit.WEEK: 7, Unit.MONTH: 31, Unit.YEAR: 366, Unit.WORKING_DAY: 3}
_HOLIDAYS = 21
"""More days than any run of days off."""


@dataclass(frozen=True, slots=True)
class Active:
    """A programme of an active playbook."""

    playbook: Playbook
    key: str
    programme: Programme

    @property
    def name(self) -> str:
        """The playbook's key."""
        return self.playbook.playbook


@dataclass(frozen=True, slots=True)
class Window:
    """A due day with the last day of `within` and the last day it is kept."""

    due: date
    deadline: date
    expires: date


def last_day(due: date, span: Span, calendar: WorkingCalendar | None) -> date:
    """The last day of a span that begins with `due`: 1 day is `due` itself, 1 working day the first working day from `due` on.

    Hours and minutes count as the days they begin: 2 h and 24 h are `due`, 48 h the day after. A month ends the day before its like.
    """
    match span.unit:
        case Unit.WORKING_DAY:
            first = on(calendar).next_working(due)
            return on(calendar).add_working_days(first, max(span.amount, 1) - 1)
        case Unit.HOUR | Unit.MINUTE:
            return due + ONE_DAY * (max(_days_begun(span), 1) - 1)
        case _:
            return max(due, shift(due, span) - ONE_DAY)


def moved(base: date, span: Span, sign: int, calendar: WorkingCalendar | None) -> date:
    """The day a span after `base` (`sign` -1: before it)."""
    if span.unit is Unit.WORKING_DAY:
        return on(calendar).add_working_days(base, sign * span.amount)
    if span.unit in (Unit.HOUR, Unit.MINUTE):
        return base + ONE_DAY * sign * whole_days(span)
    return shift(base, span, sign)


def whole_days(span: Span) -> int:
    """Full days in a span of hours or minutes."""
    return span.amount // (24 if span.unit is Unit.HOUR else 1440)


def _days_begun(span: Span) -> int:
    return -(-span.amount // (24 if span.unit is Unit.HOUR else 1440))


def windows(programme: Programme, calendar: WorkingCalendar | None, day: date, since: date | None) -> dict[date, Window]:
    """The due days that a plan of `day` looks at, latest first."""
    found: dict[date, Window] = {}
    due = day
    while True:
        deadline = last_day(due, programme.within, calendar)
        expires = max(deadline, last_day(due, programme.expires, calendar)) if programme.expires else deadline
        if expires < day and (since is None or due <= since):
            return found
        found[due] = Window(due, deadline, expires)
        due -= ONE_DAY


def bases(span: Span, sign: int, found: Mapping[date, Window], calendar: WorkingCalendar | None) -> Iterator[tuple[date, Window]]:
    """Every base day whose due day, a span after it (`sign` -1: before it), is one of the windows'."""
    first, last = min(found), max(found)
    least, most = span.amount * _SHORTEST.get(span.unit, 0), span.amount * _LONGEST.get(span.unit, 0)
    if span.unit is Unit.WORKING_DAY:
        most += _HOLIDAYS
    elif span.unit in (Unit.HOUR, Unit.MINUTE):
        least = most = whole_days(span)
    start, end = (first - most * ONE_DAY, last - least * ONE_DAY) if sign > 0 else (first + least * ONE_DAY, last + most * ONE_DAY)
    base = start
    while base <= end:
        window = found.get(moved(base, span, sign, calendar))
        if window is not None:
            yield base, window
        base += ONE_DAY


def series(base: date, first: Span, every: Span, day: date, calendar: WorkingCalendar | None) -> date | None:
    """The last day on or before `day` of the series that begins `first` after `base` and goes on every so long; None before it begins.

    Months are counted from the first day of the series, so that one that begins on the 31st returns to the 31st. Working days before the
    calendar's first day are not known: a series from before begins with that day.
    """
    try:
        begin = moved(_within(base, first, every, calendar), first, 1, calendar)
    except CalendarError:
        return None  # it begins behind the last day of the calendar
    if begin > day:
        return None
    return moved(begin, Span(every.amount * _times(begin, every, day, calendar), every.unit), 1, calendar)


def _within(base: date, first: Span, every: Span, calendar: WorkingCalendar | None) -> date:
    """The day itself, or the first of the calendar where working days are counted and it lies before."""
    counted = calendar is not None and Unit.WORKING_DAY in (first.unit, every.unit)
    return max(base, calendar.first) if counted and calendar is not None else base


def _times(begin: date, every: Span, day: date, calendar: WorkingCalendar | None) -> int:
    """How often a span fits between two days, counted from the first of them; 0 for a span that does not reach the next day."""
    days, amount = (day - begin).days, every.amount
    match every.unit:
        case Unit.HOUR | Unit.MINUTE:
            in_a_day = 24 if every.unit is Unit.HOUR else 1440
            return ((days + 1) * in_a_day - 1) // amount if amount >= in_a_day else 0
        case Unit.WORKING_DAY:
            return on(calendar).working_days_between(begin, day) // amount if amount else 0
        case Unit.MONTH | Unit.YEAR:
            step = amount * (12 if every.unit is Unit.YEAR else 1)
            times = ((day.year - begin.year) * 12 + day.month - begin.month) // step if step else 0
            return times - (times > 0 and add_months(begin, times * step) > day)
        case _:
            step = amount * (7 if every.unit is Unit.WEEK else 1)
            return days // step if step else 0


def uses_working_days(programme: Programme) -> bool:
    """Whether any span of the programme counts in working days, so that its windows differ between calendars."""
    trigger = programme.when
    given = [getattr(trigger, name, None) for name in ("wait", "by", "exactly", "every", "after", "before")]
    spans = [programme.within, programme.expires, *given]
    return any(isinstance(span, Span) and span.unit is Unit.WORKING_DAY for span in spans)


def on(calendar: WorkingCalendar | None) -> WorkingCalendar:
    """The calendar, which must be there; raises `CalendarError` where none was handed over."""
    if calendar is None:
        raise CalendarError(
            Problem(
                "calendar.missing",
                Words("方案按工作日计算，但没有它的日历。", "The playbook counts working days, and its calendar is missing."),
                Words("请在 calendar_days 表中提供该国家的日历。", "Give that country's days in the table calendar_days."),
            )
        )
    return calendar
