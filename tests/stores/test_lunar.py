from datetime import date, timedelta
from itertools import pairwise

import pytest

from huifang.stores.lunar import lunar_date, lunar_festivals, lunar_year

MID_AUTUMNS = [
    date(2020, 10, 1),
    date(2021, 9, 21),
    date(2022, 9, 10),
    date(2023, 9, 29),
    date(2024, 9, 17),
    date(2025, 10, 6),
    date(2026, 9, 25),
]
SPRINGS = [date(2024, 2, 10), date(2025, 1, 29), date(2026, 2, 17)]


@pytest.mark.parametrize("day", MID_AUTUMNS)
def test_mid_autumn_is_the_fifteenth_of_the_eighth_month(day):
    assert lunar_date(day) == (8, 15, False)
    assert "mid-autumn" in lunar_festivals(day, (8, 15, False))


@pytest.mark.parametrize("day", SPRINGS)
def test_the_year_begins_at_the_spring_festival(day):
    assert lunar_date(day) == (1, 1, False)
    eve = day - timedelta(days=1)
    assert list(lunar_festivals(eve, lunar_date(eve))) == ["new-year-eve"]


def test_a_leap_month_has_no_festivals():
    in_leap_sixth = date(2025, 8, 1)
    assert lunar_date(in_leap_sixth) == (6, 8, True)
    assert lunar_date(date(2020, 5, 23)) == (4, 1, True)
    leap_fifth = next(day for day, lunar in lunar_year(2009).items() if lunar == (5, 5, True))
    assert list(lunar_festivals(leap_fifth, (5, 5, True))) == []


@pytest.mark.parametrize(
    ("day", "key"),
    [
        (date(2026, 4, 5), "qingming"), (date(2024, 4, 4), "qingming"), (date(2025, 12, 21), "winter-solstice"),
        (date(2026, 3, 3), "lantern"),
        (date(2026, 6, 19), "dragon-boat"), (date(2026, 10, 18), "double-ninth"), (date(2026, 8, 19), "qixi"),
    ],
)  # fmt: skip
def test_festivals_fall_on_their_days(day, key):
    assert key in lunar_festivals(day, lunar_date(day))


@pytest.mark.parametrize("year", [1902, 1933, 1984, 2033, 2057, 2099])
def test_lunar_days_follow_each_other_without_a_gap(year):
    days = list(lunar_year(year).items())
    assert len(days) in {353, 354, 355, 383, 384, 385}
    assert days[-1][0] + timedelta(days=1) in lunar_year(year + 1) if year < 2099 else True
    for (day, (month, number, leap)), (then, (next_month, next_number, next_leap)) in pairwise(days):
        assert then - day == timedelta(days=1)
        same = (next_month, next_leap) == (month, leap)
        assert next_number == number + 1 if same else (next_number == 1 and number >= 29)


def test_years_beyond_the_tables_have_no_lunar_date():
    assert lunar_date(date(1900, 6, 1)) is None
    assert lunar_date(date(2100, 1, 1)) is None
    assert lunar_date(date(2099, 12, 31)) is not None
