"""Where working calendars come from: published holidays behind a table that the user may overrule.

China: the State Council's days as `chinesecalendar` has them, make-up days included. Years it does not have yet hold
the days that the law fixes (全国年节及纪念日放假办法, 2024) on a Monday-to-Friday week and are not final. Other
countries: public holidays computed by `holidays`, final. A user's own rows win over both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from huifang.domain.calendars import Day, WorkingCalendar
from huifang.domain.errors import CalendarError, Problem
from huifang.domain.words import Words
from huifang.stores.lunar import lunar_date, lunar_festivals

_SOLAR_FESTIVALS = {
    (1, 1): "new-year", (2, 14): "valentine", (3, 8): "women", (5, 1): "labour", (5, 4): "youth", (6, 1): "children", (9, 10): "teachers",
    (10, 1): "national", (12, 24): "christmas-eve", (12, 25): "christmas",
}  # fmt: skip
_FIXED_BY_LAW = {
    "new-year": (0,), "new-year-eve": (0,), "spring": (0, 1, 2), "qingming": (0,), "labour": (0, 1), "dragon-boat": (0,),
    "mid-autumn": (0,), "national": (0, 1, 2),
}  # fmt: skip
"""Days off from the festival on, as fixed by law; what is moved around them is published each autumn."""
_FIXED_LABELS = {
    "new-year": "元旦", "new-year-eve": "春节", "spring": "春节", "qingming": "清明", "labour": "劳动节", "dragon-boat": "端午",
    "mid-autumn": "中秋", "national": "国庆节",
}  # fmt: skip
_LONGEST = 3


@dataclass(frozen=True, slots=True)
class Override:
    """A row of the user's own table; it is final and makes its day so."""

    day: date
    working: bool
    label: str = ""


def calendar(
    country: str, first_year: int, last_year: int, overrides: Iterable[Override] = (), final_years: Iterable[int] = ()
) -> WorkingCalendar:
    """The calendar of a country (ISO 3166 code) from 1 January of the first year to 31 December of the last.

    `overrides` win day by day. `final_years` are years whose days the user declares complete, though they are not
    known here. Raises `CalendarError` for a country or years that are not known.
    """
    code = country.upper()
    if first_year > last_year or not 1 <= first_year <= last_year <= 9998:
        raise _unknown(Words(f"年份 {first_year}–{last_year} 不对。", f"The years {first_year}–{last_year} are not right."))
    days = [day for year in range(first_year, last_year + 1) for day in _year(code, year)]
    return WorkingCalendar(code, _overruled(days, {row.day: row for row in overrides}, frozenset(final_years)))


def calendar_rows(
    country: str,
    first_year: int,
    last_year: int,
    overrides: Iterable[Override] = (),
    final_years: Iterable[int] = (),
    name: str = "",
) -> list[dict[str, object]]:
    """The same days as rows of the engine's table `calendar_days`; `name` is the calendar's name there, by default
    the country's code.
    """
    found = calendar(country, first_year, last_year, overrides, final_years)
    return [{"calendar": name or found.name, **asdict(day)} for day in found]


@lru_cache(maxsize=256)
def _year(code: str, year: int) -> tuple[Day, ...]:
    days = _china(year) if code == "CN" else _elsewhere(code, year)
    return tuple(_with_festivals(day) for day in days)


def _dates(year: int) -> Iterator[date]:
    first = date(year, 1, 1)
    return (first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days))


def _china(year: int) -> Iterator[Day]:
    from chinese_calendar.constants import Holiday, holidays, workdays

    names = {each.value: each.chinese for each in Holiday}
    if not min(holidays).year <= year <= max(holidays).year:
        yield from _china_by_law(year)
        return
    for day in _dates(year):
        made_up = workdays.get(day)
        off = holidays.get(day)
        label = f"{names[made_up]}调休上班" if made_up else names[off] if off else ""
        yield Day(day, working=made_up is not None or (off is None and day.weekday() < 5), label=label)


def _china_by_law(year: int) -> Iterator[Day]:
    for day in _dates(year):
        keys = [key for back in range(_LONGEST) for key in _festivals(day - timedelta(days=back)) if back in _FIXED_BY_LAW.get(key, ())]
        label = _FIXED_LABELS[keys[0]] if keys else ""
        yield Day(day, working=not keys and day.weekday() < 5, final=False, label=label)


def _elsewhere(code: str, year: int) -> Iterator[Day]:
    from holidays import country_holidays

    try:
        table = country_holidays(code, years=year)
    except NotImplementedError:
        raise _unknown(Words(f"没有“{code}”的节假日数据。", f"There are no holidays of “{code}”.")) from None
    computed = type(table).start_year <= year <= type(table).end_year
    for day in _dates(year):
        yield Day(day, working=table.is_working_day(day), final=computed, label=table.get(day) or "")


def _with_festivals(day: Day) -> Day:
    lunar = lunar_date(day.day)
    month, number, leap = lunar or (None, None, False)
    return replace(day, lunar_month=month, lunar_day=number, lunar_leap=leap, festival=",".join(_festivals(day.day)))


@lru_cache(maxsize=4096)
def _festivals(day: date) -> tuple[str, ...]:
    lunar = lunar_date(day)
    solar = _SOLAR_FESTIVALS.get((day.month, day.day))
    return (*(lunar_festivals(day, lunar) if lunar else ()), *((solar,) if solar else ()))


def _overruled(days: Iterable[Day], overrides: dict[date, Override], final_years: frozenset[int]) -> Iterator[Day]:
    for day in days:
        own = overrides.get(day.day)
        kept = replace(day, final=True) if own or day.day.year in final_years else day
        yield replace(kept, working=own.working, label=own.label or day.label) if own else kept


def _unknown(what: Words) -> CalendarError:
    return CalendarError(
        Problem(
            "calendar.unknown",
            what,
            Words(
                "请填写 ISO 国家代码（如 CN、US、JP）和有效年份，或在日历表中录入自己的日历。",
                "Give an ISO country code (CN, US, JP) and valid years, or enter a calendar of your own.",
            ),
        )
    )
