"""Clocks of cases: when an answer is due, and how much working time has gone by.

Hours and minutes count only while people work: inside the hours of working days, make-up Saturdays included, lunch
and holidays not, and not while the clock is paused (waiting for the customer, for a part).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from huifang.domain.calendars import WorkingCalendar, later, to_utc
from huifang.domain.errors import Invalid, Problem
from huifang.domain.spans import Span, Unit
from huifang.domain.windows import Hours, Window, window_for, windows_on
from huifang.domain.words import Words

_MINUTES = {Unit.MINUTE: 1, Unit.HOUR: 60}


@dataclass(frozen=True, slots=True)
class Pause:
    """The clock stands still from `start` (included) to `end` (not); None: it is still paused."""

    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class WorkTime:
    """When people work on cases: hours of the working days of a calendar, by the wall clock of a zone. Needs at
    least one stretch of hours.
    """

    calendar: WorkingCalendar
    hours: tuple[Hours, ...]
    zone: ZoneInfo

    def __post_init__(self) -> None:
        if not self.hours:
            raise Invalid(
                Problem(
                    "clock.no-hours",
                    Words("没有工作时段，无法计时。", "There are no working hours to count in."),
                    Words("请至少填写一段工作时间。", "Enter at least one stretch of working hours."),
                )
            )

    def windows(self, start: datetime, until: datetime | None = None) -> Iterator[Window]:
        """Working windows after `start` and before `until`, in order, cut at both; without `until` they end with
        `CalendarError`, where the calendar ends.
        """
        day = start.astimezone(self.zone).date()
        last = until and until.astimezone(self.zone).date()
        while last is None or day <= last:
            if self.calendar.is_working(day):
                for window in windows_on(day, self.hours, self.zone):
                    cut = Window(max(window.opens, start), min(window.closes, until or window.closes))
                    if cut.opens < cut.closes:
                        yield cut
            day += timedelta(days=1)


def due_at(start: datetime, span: Span, work: WorkTime, pauses: Sequence[Pause] = ()) -> datetime | None:
    """When something that began at `start` is due, UTC; None while an open pause holds the clock.

    - Minutes and hours: working time. 2 h from Friday 17:00 with 14:00–18:00 and 09:00–12:00 is Monday 10:00.
    - Working days: the end of the working hours of that day; pauses push it back by the working time they take. 1 working day from Friday
      is the end of Monday, and with two working hours of pause the second hour of Tuesday.
    - Days, weeks, months, years: the same wall clock so much later (a day of 23 or 25 hours is one day); pauses push
      it back.

    Raises `CalendarError` where the calendar does not reach.
    """
    begin, held = to_utc(start), _merged(pauses)
    minutes = _MINUTES.get(span.unit)
    if minutes is not None:
        return _after_working(begin, timedelta(minutes=minutes * span.amount), work, held)
    due = _plain_due(begin, span, work)
    if span.unit is Unit.WORKING_DAY and held:
        return _after_working(begin, working_time_between(begin, due, work), work, held) if held[0].start < due else due
    return _pushed(begin, due, held)


def working_time_between(start: datetime, end: datetime, work: WorkTime, pauses: Sequence[Pause] = ()) -> timedelta:
    """How much working time lies between two moments, pauses left out; nothing where `end` is not after `start`."""
    begin, until, held = to_utc(start), to_utc(end), _merged(pauses)
    if until <= begin:
        return timedelta(0)
    pieces = (piece for window in work.windows(begin, until) for piece in _unpaused(window, held))
    return sum((piece.closes - piece.opens for piece in pieces), timedelta(0))


def _after_working(begin: datetime, left: timedelta, work: WorkTime, pauses: list[Pause]) -> datetime | None:
    if not left:
        return begin
    stopped = pauses[-1].start if pauses and pauses[-1].end is None else None
    for window in work.windows(begin, stopped):
        for piece in _unpaused(window, pauses):
            length = piece.closes - piece.opens
            if left <= length:
                return piece.opens + left
            left -= length
    return None


def _plain_due(begin: datetime, span: Span, work: WorkTime) -> datetime:
    local = begin.astimezone(work.zone)
    if span.unit is not Unit.WORKING_DAY:
        wall = datetime.combine(work.calendar.due_day(local.date(), span), local.time(), work.zone)
        return to_utc(wall)
    day = work.calendar.add_working_days(local.date(), span.amount)
    window = window_for(day, work.hours, work.zone)
    return max(begin, window.closes) if window else later(begin, span, work.zone, work.calendar)


def _pushed(begin: datetime, due: datetime, pauses: list[Pause]) -> datetime | None:
    """`due` moved back by every pause that begins before it."""
    for pause in pauses:
        if pause.start >= due or (pause.end is not None and pause.end <= begin):
            continue
        if pause.end is None:
            return None
        due += pause.end - max(pause.start, begin)
    return due


def _unpaused(window: Window, pauses: list[Pause]) -> Iterator[Window]:
    """The parts of a window in which the clock runs."""
    opens = window.opens
    for pause in pauses:
        if pause.start > opens:
            yield Window(opens, min(window.closes, pause.start))
        if pause.end is None:
            return
        opens = max(opens, pause.end)
        if opens >= window.closes:
            return
    yield Window(opens, window.closes)


def _merged(pauses: Sequence[Pause]) -> list[Pause]:
    """Pauses in UTC and in order, overlapping ones joined."""
    merged: list[Pause] = []
    for pause in sorted((_utc(pause) for pause in pauses), key=lambda pause: pause.start):
        last = merged[-1] if merged else None
        if last is None or (last.end is not None and pause.start > last.end):
            merged.append(pause)
        elif last.end is not None:
            merged[-1] = Pause(last.start, None if pause.end is None else max(last.end, pause.end))
    return merged


def _utc(pause: Pause) -> Pause:
    return Pause(to_utc(pause.start), None if pause.end is None else to_utc(pause.end))
