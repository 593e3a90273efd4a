"""Lunar birthdays: which dates of birth fall on a day of the lunar year.

The month lengths 1901–2099 are cnlunar's. A person born in a leap month keeps the birthday in the ordinary month of the same number.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

from cnlunar.config import START_YEAR, lunarMonthData, lunarNewYearList

_LEAP_LENGTH_BIT, _LEAP_MONTH_SHIFT = 12, 13


def births_on(month: int, day: int, before: date) -> Iterator[date]:
    """Every date of birth before `before` whose lunar date is that month and day, leap months included."""
    for year in range(START_YEAR, before.year + 1):
        for number, first, length in _months(year):
            born = first + timedelta(days=day - 1)
            if number == month and day <= length and born < before:
                yield born


@cache
def _months(year: int) -> tuple[tuple[int, date, int], ...]:
    """Months of a lunar year: number, first day, length; a leap month follows the one whose number it shares."""
    code, data = lunarNewYearList[year - START_YEAR], lunarMonthData[year - START_YEAR]
    leap = data >> _LEAP_MONTH_SHIFT & 0xF
    months, first = [], date(year, code >> 5 & 0x3, code & 0x1F)
    for number in range(1, 13):
        lengths = [30 if data >> (number - 1) & 1 else 29]
        if number == leap:
            lengths.append(30 if data >> _LEAP_LENGTH_BIT & 1 else 29)
        for length in lengths:
            months.append((number, first, length))
            first += timedelta(days=length)
    return tuple(months)
