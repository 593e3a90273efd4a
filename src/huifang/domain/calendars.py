"""Working calendars: which days people work, and how spans of time are counted on them.

A calendar is a table of days, one after the other, from its first to its last. It never guesses: asking for a day
outside the table raises `CalendarError`. A day whose year's holidays are not published yet is in the table but not
final.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from huifang.domain.errors import CalendarError, Invalid, Problem
from huifang.domain.spans import Span, Unit, shift
from huifang.domain.words import Words

WARN_FROM_MONTH = 11
"""From this month on it is said that next year's holidays are missing."""
_ELAPSED = {Unit.MINUTE: 60, Unit.HOUR: 3600, Unit.DAY: 86_400, Unit.WEEK: 604_800}


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a calendar.

    `final` is false while the year's holidays are not published. `festival` holds the keys of the festivals on this
    day, separated by commas where there are several (Mid-Autumn and National Day on 2020-10-01), lunar ones first.
    """

    day: date
    working: bool
    final: bool = True
    label: str = ""
    lunar_month: int | None = None
    lunar_day: int | None = None
    lunar_leap: bool = False
    festival: str = ""

    @property
    def festivals(self) -> tuple[str, ...]:
        """The keys of the festivals on this day."""
        return tuple(self.festival.split(",")) if self.festival else ()


class WorkingCalendar:
    """Working days by name, without a gap from `first` to `last`.

    Over the table of China, where Friday 2026-05-01 begins a holiday and Saturday 2026-05-09 is a make-up day:
    ``next_working(2026-05-01)`` is 2026-05-06, ``add_working_days(2026-04-30, 1)`` is 2026-05-06 and
    ``add_working_days(2026-05-08, 1)`` is Saturday 2026-05-09.
    """

    def __init__(self, name: str, days: Iterable[Day]) -> None:
        self.name = name
        self._days = {day.day: day for day in sorted(days, key=lambda day: day.day)}
        if not self._days:
            raise _broken(name, Words("一天也没有。", "It has no days."))
        self.first, self.last = next(iter(self._days)), next(reversed(self._days))
        if (self.last - self.first).days + 1 != len(self._days):
            raise _broken(name, Words("日期不连续。", "Its days have gaps."))
        self._working = [day.day for day in self._days.values() if day.working]
        self.known_until: date | None = max((day.day for day in self._days.values() if day.final), default=None)
        """The last day that is final; None where none is."""

    def __iter__(self) -> Iterator[Day]:
        """The days in order."""
        return iter(self._days.values())

    def day(self, day: date) -> Day:
        """The day's row; raises `CalendarError` outside the table."""
        found = self._days.get(day)
        if found is None:
            raise self._beyond(day)
        return found

    def is_working(self, day: date) -> bool:
        """Whether people work on that day, make-up days included."""
        return self.day(day).working

    def is_final(self, day: date) -> bool:
        """Whether the day's row stands; false while its year's holidays are not published."""
        return self.day(day).final

    def next_working(self, day: date) -> date:
        """The day itself where it is a working day, else the next one that is."""
        self.day(day)
        return self._nth(bisect_left(self._working, day))

    def add_working_days(self, day: date, n: int) -> date:
        """The n-th working day after `day`, or before it where n is negative; `day` itself is never counted, and n =
        0 is `day` itself.

        With Saturday and Sunday off: Friday + 1 is Monday, Saturday + 1 is Monday, Saturday + 2 is Tuesday, Monday −
        1 is Friday, Sunday − 1 is Friday, Sunday + 0 is Sunday.
        """
        self.day(day)
        if n == 0:
            return day
        return self._nth(bisect_right(self._working, day) + n - 1 if n > 0 else bisect_left(self._working, day) + n)

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days lie after `start` up to `end` included; negative where `end` is earlier (`end`
        included, `start` not).

        From Friday to Monday is 1, from Friday to Sunday 0, from Monday to Friday before −1: for a working day `end`,
        ``add_working_days(start, working_days_between(start, end)) == end``.
        """
        self.day(start), self.day(end)
        if end >= start:
            return bisect_right(self._working, end) - bisect_right(self._working, start)
        return bisect_left(self._working, end) - bisect_left(self._working, start)

    def due_day(self, day: date, span: Span, sign: int = 1) -> date:
        """The day a span after `day` (`sign` -1: before it).

        Working days are counted on this calendar; days, weeks, months and years on the plain one, where the result
        may be a day off (31 January + 1 month is the last of February). Hours and minutes move moments, not days, and
        raise `Invalid`.
        """
        if span.unit is Unit.WORKING_DAY:
            return self.add_working_days(day, sign * span.amount)
        if span.unit in (Unit.HOUR, Unit.MINUTE):
            raise Invalid(
                Problem(
                    "span.needs-moment",
                    Words(f"“{span.in_words().zh}”不能从日期算起。", f"“{span}” cannot be counted from a day."),
                    Words("请用天、工作日、周、月或年。", "Use days, working days, weeks, months or years."),
                )
            )
        return shift(day, span, sign)

    def missing_year(self, today: date) -> Problem | None:
        """From 1 November: what is wrong where next year's days are missing or not final; None where all is well."""
        next_year = date(today.year + 1, 12, 31)
        known = self.known_until is not None and self.known_until >= next_year
        if today.month < WARN_FROM_MONTH or known:
            return None
        return Problem(
            "calendar.not-final",
            Words(
                f"日历“{self.name}”还没有 {next_year.year} 年的放假安排。",
                f"Calendar “{self.name}” lacks the holidays of {next_year.year}.",
            ),
            Words(
                "公布后请录入或更新；此前的日期不是最终的。",
                "Enter or update them once published; until then its days are not final.",
            ),
        )

    def _nth(self, index: int) -> date:
        if 0 <= index < len(self._working):
            return self._working[index]
        raise self._beyond(self.first - timedelta(days=1) if index < 0 else self.last + timedelta(days=1))

    def _beyond(self, day: date) -> CalendarError:
        span = f"{self.first.isoformat()} – {self.last.isoformat()}"
        return CalendarError(
            Problem(
                "calendar.beyond",
                Words(
                    f"日历“{self.name}”只有 {span}，查不到 {day.isoformat()}。",
                    f"Calendar “{self.name}” has {span}, not {day.isoformat()}.",
                ),
                Words("请补充该年的日历。", "Add that year to the calendar."),
            )
        )


def later(moment: datetime, span: Span, zone: tzinfo, calendar: WorkingCalendar | None = None) -> datetime:
    """The moment a span after `moment` (both with a zone; the result is UTC).

    Minutes, hours, days and weeks are elapsed time (a day is 24 hours even where clocks change); months, years and
    working days keep the wall clock of `zone`. Working days raise `CalendarError` without a calendar.
    """
    seconds = _ELAPSED.get(span.unit)
    if seconds is not None:
        return to_utc(moment) + timedelta(seconds=seconds * span.amount)
    local = moment.astimezone(zone)
    if span.unit is not Unit.WORKING_DAY:
        day = shift(local.date(), span)
    elif calendar is None:
        raise _broken("", Words("没有日历。", "There is none."))
    else:
        day = calendar.add_working_days(local.date(), span.amount)
    return to_utc(datetime.combine(day, local.time(), zone))


def to_utc(moment: datetime) -> datetime:
    """The same moment in UTC; a moment without a zone raises ValueError, as its meaning is not known."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(UTC)


def _broken(name: str, why: Words) -> CalendarError:
    return CalendarError(
        Problem(
            "calendar.broken",
            Words(f"日历“{name}”不能用：{why.zh}", f"Calendar “{name}” cannot be used: {why.en}"),
            Words("请检查日历表，每天一行，不要缺少日期。", "Check its table: one row a day, no day missing."),
        )
    )
