"""Hours of the day in a place, and the moments they mean.

Hours are wall time: ``09:00-12:00`` holds the moments whose wall clock shows 09:00 or later and is before 12:00; the
start is included, the end is not. Where clocks are put forward the missing hour is simply absent; where they are put
back the hour that comes twice is in the window twice. Moments handed out are UTC.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from huifang.domain.calendars import WorkingCalendar
from huifang.domain.errors import Invalid, Problem
from huifang.domain.words import Words

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
AllowedDays = Literal["working", "every"] | tuple[str, ...]
"""Which days count: working days of a calendar, every day, or weekdays by name (`WEEKDAYS`)."""
SEARCH_DAYS = 400
"""How far `next_opening` looks ahead."""
_HOURS = re.compile(r"\s*(\d{1,2}):(\d{2})\s*[-–—~～至]\s*(\d{1,2}):(\d{2})\s*")
_FULL_DAY = 24 * 60


@dataclass(frozen=True, slots=True, order=True)
class Hours:
    """A stretch of the day in minutes after midnight: `start` included, `end` (at most 1440) not.

    >>> str(Hours.parse("09:00-12:00"))
    '09:00-12:00'
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= _FULL_DAY:
            raise _unreadable(f"{self.start}–{self.end} min")

    @classmethod
    def parse(cls, text: str) -> Hours:
        """Read ``09:00-12:00``; raises `Invalid` with the form that is understood. Hours do not run over midnight."""
        found = _HOURS.fullmatch(text)
        if found is None or int(found[2]) > 59 or int(found[4]) > 59:
            raise _unreadable(text)
        start, end = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
        if not start < end <= _FULL_DAY:
            raise _unreadable(text)
        return cls(start, end)

    def holds(self, clock: time) -> bool:
        """Whether the wall clock is inside."""
        return self.start <= clock.hour * 60 + clock.minute < self.end

    def __str__(self) -> str:
        return f"{self.start // 60:02}:{self.start % 60:02}-{self.end // 60:02}:{self.end % 60:02}"


WHOLE_DAY = Hours(0, _FULL_DAY)


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """The moments from `opens` (included) to `closes` (not), UTC."""

    opens: datetime
    closes: datetime


class DayPart(StrEnum):
    """A part of the day, by wall clock."""

    MORNING = "morning"
    NOON = "noon"
    AFTERNOON = "afternoon"
    EVENING = "evening"


DAY_PARTS = {
    DayPart.MORNING: Hours(0, 12 * 60),
    DayPart.NOON: Hours(12 * 60, 14 * 60),
    DayPart.AFTERNOON: Hours(14 * 60, 18 * 60),
    DayPart.EVENING: Hours(18 * 60, _FULL_DAY),
}
DAY_PART_WORDS = {
    DayPart.MORNING: Words("上午", "Morning"),
    DayPart.NOON: Words("中午", "Noon"),
    DayPart.AFTERNOON: Words("下午", "Afternoon"),
    DayPart.EVENING: Words("晚上", "Evening"),
}


@lru_cache(maxsize=1024)
def find_zone(name: str | None) -> ZoneInfo | None:
    """The zone of an IANA name, or None where there is no such zone."""
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None


def day_part(moment: datetime, zone: ZoneInfo) -> DayPart:
    """The part of the day that the wall clock of `zone` shows."""
    clock = moment.astimezone(zone).time()
    return next(part for part, hours in DAY_PARTS.items() if hours.holds(clock))


def is_open(moment: datetime, hours: Sequence[Hours], zone: ZoneInfo) -> bool:
    """Whether the wall clock of `zone` shows a time inside one of the hours."""
    clock = moment.astimezone(zone).time()
    return any(stretch.holds(clock) for stretch in hours)


def windows_on(day: date, hours: Sequence[Hours], zone: ZoneInfo) -> tuple[Window, ...]:
    """The windows of a day, in order, touching ones joined: exactly the moments whose date in `zone` is `day` and
    whose wall clock is inside.
    """
    return _windows_on(day, tuple(hours), zone)


@lru_cache(maxsize=4096)
def _windows_on(day: date, hours: tuple[Hours, ...], zone: ZoneInfo) -> tuple[Window, ...]:
    midnight = datetime.combine(day, time.min)
    pieces = [
        Window(opens, closes)
        for stretch in hours
        for offset, begin, end in _stretches_of_day(midnight, zone)
        if (opens := max(_at(midnight, stretch.start, offset), begin)) < (closes := min(_at(midnight, stretch.end, offset), end))
    ]
    return tuple(_joined(sorted(pieces)))


def window_for(day: date, hours: Sequence[Hours], zone: ZoneInfo) -> Window | None:
    """From the first opening to the last closing of a day; None where the day has none (its only hour was skipped by
    the clocks).
    """
    windows = windows_on(day, hours, zone)
    return Window(windows[0].opens, windows[-1].closes) if windows else None


def moved_into(window: Window, begins: datetime, ends: datetime) -> Window:
    """The window, or the same hours a day earlier or later, whichever comes first in this order that has a moment from `begins` (included)
    to `ends` (not); the window itself where none has.

    A day of somebody far away lies across two days of the business: their morning may come after its midnight. Where clocks change between
    the two days the hours are off by as much; the gate asks the clock itself.
    """
    for days in (0, -1, 1):
        moved = Window(window.opens + timedelta(days=days), window.closes + timedelta(days=days))
        if max(moved.opens, begins) < min(moved.closes, ends):
            return moved
    return window


def day_allowed(day: date, days: AllowedDays, calendar: WorkingCalendar | None) -> bool:
    """Whether a day is one of the allowed ones; `calendar` is needed (ValueError) and must reach the day
    (`CalendarError`) for ``working``.
    """
    if days == "every":
        return True
    if days != "working":
        return WEEKDAYS[day.weekday()] in days
    if calendar is None:
        raise ValueError("working days need a calendar")
    return calendar.is_working(day)


def next_opening(
    moment: datetime, hours: Sequence[Hours], days: AllowedDays, calendar: WorkingCalendar | None, zone: ZoneInfo
) -> datetime | None:
    """The first moment, UTC, at or after `moment` inside the hours of an allowed day; `moment` itself where it is
    inside already.

    None where `SEARCH_DAYS` days have no opening (no hours, no weekday). Raises `CalendarError` where the calendar
    ends before.
    """
    now = moment.astimezone(UTC)
    first = moment.astimezone(zone).date()
    for ahead in range(SEARCH_DAYS if hours else 0):
        day = first + timedelta(days=ahead)
        if not day_allowed(day, days, calendar):
            continue
        for window in windows_on(day, hours, zone):
            if now < window.closes:
                return max(now, window.opens)
    return None


def _at(midnight: datetime, minute: int, offset: timedelta) -> datetime:
    return (midnight + timedelta(minutes=minute) - offset).replace(tzinfo=UTC)


_EVER = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


def _stretches_of_day(midnight: datetime, zone: ZoneInfo) -> Iterator[tuple[timedelta, datetime, datetime]]:
    """(offset from UTC, from, until) of a local day: one, or two where clocks change."""
    before, after = _offset(midnight, zone), _offset(midnight + timedelta(days=1), zone)
    if before == after:
        yield before, *_EVER
        return
    change = _change(_at(midnight, 0, before), _at(midnight, _FULL_DAY, after), after, zone)
    yield before, _EVER[0], change
    yield after, change, _EVER[1]


def _offset(wall: datetime, zone: ZoneInfo) -> timedelta:
    return wall.replace(tzinfo=zone).utcoffset() or timedelta(0)


def _change(low: datetime, high: datetime, after: timedelta, zone: ZoneInfo) -> datetime:
    """The first second in [low, high] at which `after` is the offset in force."""
    seconds = range(int((high - low).total_seconds()) + 1)
    return low + timedelta(seconds=bisect_left(seconds, 1, key=lambda second: _in_force(low, second, zone) == after))


def _in_force(low: datetime, second: int, zone: ZoneInfo) -> timedelta | None:
    return (low + timedelta(seconds=second)).astimezone(zone).utcoffset()


def _joined(windows: list[Window]) -> Iterator[Window]:
    """Sorted windows with touching and overlapping ones made one."""
    held: Window | None = None
    for window in windows:
        if held is not None and window.opens <= held.closes:
            held = Window(held.opens, max(held.closes, window.closes))
            continue
        if held is not None:
            yield held
        held = window
    if held is not None:
        yield held


def _unreadable(text: str) -> Invalid:
    return Invalid(
        Problem(
            "hours.unreadable",
            Words(f"“{text}”不是一段时间。", f"“{text}” is not a stretch of the day."),
            Words(
                "请写成“09:00-12:00”，不跨午夜，最晚到 24:00。",
                "Write “09:00-12:00”, not over midnight, 24:00 at the latest.",
            ),
        )
    )
