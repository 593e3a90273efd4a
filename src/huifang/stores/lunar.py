"""Lunar dates and the festivals that are kept by them, from the conversion tables of `cnlunar` (1901–2100).

Only the package's tables are read (a month is a bit of a number); its own objects compute a whole almanac page for
each day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

LunarDate = tuple[int, int, bool]
"""Month 1–12, day 1–30, whether the month is a leap one."""
FIRST_YEAR, LAST_YEAR = 1902, 2099
_QINGMING, _WINTER_SOLSTICE = 6, 23
_FESTIVALS = {
    (1, 1): "spring", (1, 15): "lantern", (2, 2): "dragon-head", (5, 5): "dragon-boat", (7, 7): "qixi", (7, 15): "ghost",
    (8, 15): "mid-autumn", (9, 9): "double-ninth", (12, 8): "laba", (12, 23): "little-new-year",
}  # fmt: skip


@lru_cache(maxsize=256)
def lunar_year(year: int) -> dict[date, LunarDate]:
    """Every day of the lunar year that begins in `year`, with its lunar date."""
    from cnlunar import config

    packed = config.lunarNewYearList[year - config.START_YEAR]
    day = date(year, packed >> 5 & 0x3, packed & 0x1F)
    days: dict[date, LunarDate] = {}
    for month, length, leap in _months(config.lunarMonthData[year - config.START_YEAR]):
        for number in range(1, length + 1):
            days[day] = (month, number, leap)
            day += timedelta(days=1)
    return days


def lunar_date(day: date) -> LunarDate | None:
    """The lunar date of a day from 1902 to 2099, else None."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return None
    return lunar_year(day.year).get(day) or lunar_year(day.year - 1)[day]


def lunar_festivals(day: date, lunar: LunarDate) -> Iterator[str]:
    """Keys of the festivals kept by the lunar calendar or the sun's position; none in a leap month."""
    month, number, leap = lunar
    if not leap and (month, number) in _FESTIVALS:
        yield _FESTIVALS[month, number]
    tomorrow = lunar_date(day + timedelta(days=1))
    if tomorrow is not None and tomorrow[:2] == (1, 1):
        yield "new-year-eve"
    yield from solar_term_festivals(day)


def solar_term_festivals(day: date) -> Iterator[str]:
    """Qingming and the winter solstice."""
    if (day.month, day.day) == (4, _term(day.year, _QINGMING)):
        yield "qingming"
    if (day.month, day.day) == (12, _term(day.year, _WINTER_SOLSTICE)):
        yield "winter-solstice"


@lru_cache(maxsize=512)
def _term(year: int, index: int) -> int:
    from cnlunar.solar24 import getTheYearAllSolarTermsList

    day: int = getTheYearAllSolarTermsList(year)[index]
    return day


def _months(packed: int) -> Iterator[tuple[int, int, bool]]:
    """(month, days, leap) of a year: bits 0–11 say 30 days, bit 12 the leap month's, bits 13–16 which month it
    follows.
    """
    leap = packed >> 13 & 0xF
    for month in range(1, 13):
        yield month, 29 + (packed >> (month - 1) & 1), False
        if month == leap:
            yield month, 29 + (packed >> 12 & 1), True
