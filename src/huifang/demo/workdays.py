"""Which days the businesses work: public holidays as published, weekdays where the year is not published yet; the
Spring Festival.
"""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar

SPRING_FESTIVALS = {
    2019: date(2019, 2, 5), 2020: date(2020, 1, 25), 2021: date(2021, 2, 12), 2022: date(2022, 2, 1),
    2023: date(2023, 1, 22),
    2024: date(2024, 2, 10), 2025: date(2025, 1, 29), 2026: date(2026, 2, 17), 2027: date(2027, 2, 6),
    2028: date(2028, 1, 26),
    2029: date(2029, 2, 13), 2030: date(2030, 2, 3), 2031: date(2031, 1, 23), 2032: date(2032, 2, 11),
    2033: date(2033, 1, 31),
}  # fmt: skip
"""First day of the lunar year, by year (Hong Kong Observatory's conversion tables)."""


def is_working(day: date) -> bool:
    """Whether offices work on `day`; make-up Saturdays and Sundays count."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # the year's holidays are not published
        return day.weekday() < 5 and not shop_closed(day)


def shop_closed(day: date) -> bool:
    """Whether repair shops are shut: New Year's Eve to the fourth day of the lunar year."""
    festival = SPRING_FESTIVALS.get(day.year)
    return festival is not None and -1 <= (day - festival).days <= 3


class Workdays:
    """The working days of a stretch of time, looked up once."""

    def __init__(self, first: date, last: date) -> None:
        self._first = first
        self._next: list[date] = []
        upcoming = last + timedelta(days=1)
        while not is_working(upcoming):
            upcoming += timedelta(days=1)
        day = last
        while day >= first:
            if is_working(day):
                upcoming = day
            self._next.append(upcoming)
            day -= timedelta(days=1)
        self._next.reverse()

    def later(self, day: date, count: int) -> date:
        """The working day that is `count` working days after `day`."""
        for _ in range(count):
            day = self.on_or_after(day + timedelta(days=1))
        return day

    def on_or_after(self, day: date) -> date:
        """The first working day not before `day`; a `day` outside of the stretch is moved into it."""
        place = min(max((day - self._first).days, 0), len(self._next) - 1)
        return self._next[place]
