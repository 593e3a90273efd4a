import csv
import json
from datetime import date, timedelta

import pytest

from huifang.domain.errors import CalendarError
from huifang.engine.tables import CALENDAR_DAYS
from huifang.stores.calendar_sources import Override, calendar, calendar_rows

CHINA = calendar("CN", 2003, 2028)


def the_list(reference):
    """Working or not, day by day, from the published list."""
    with reference("cn_calendar/chinesecalendar_1.11.0_days_2004_2026.csv").open(encoding="utf-8") as file:
        return {date.fromisoformat(row["date"]): row["is_workday"] == "True" for row in csv.DictReader(file)}


def the_other_list(reference):
    table = json.loads(reference("cn_calendar/chinese-days-1.5.7.json").read_text(encoding="utf-8"))
    moved = {**dict.fromkeys(table["holidays"], False), **dict.fromkeys(table["workdays"], True)}
    days = (date(2004, 1, 1) + timedelta(days=n) for n in range(8401))
    return {day: moved.get(day.isoformat(), day.weekday() < 5) for day in days}


def what_everybody_knows(_reference):
    return {
        date(2026, 2, 17): False, date(2026, 2, 28): True, date(2024, 10, 12): True, date(2020, 1, 31): False,
        date(2026, 10, 1): False, date(2026, 10, 10): True,
    }  # fmt: skip


@pytest.mark.parametrize("known", [the_list, the_other_list, what_everybody_knows])
def test_every_published_day_of_china_is_right(known, reference):
    days = known(reference)
    assert {day: CHINA.is_working(day) for day in days} == days
    assert all(CHINA.is_final(day) for day in days)


def test_years_beyond_the_published_ones_are_not_final():
    assert CHINA.known_until == date(2026, 12, 31)
    assert not any(CHINA.is_final(day.day) for day in CHINA if day.day.year in {2003, 2027, 2028})
    assert CHINA.missing_year(date(2026, 11, 22)) is not None


def test_years_beyond_keep_the_week_and_the_days_fixed_by_law():
    off = [day.day for day in CHINA if day.day.year == 2027 and not day.working and day.day.weekday() < 5]
    assert off == [
        date(2027, 1, 1), date(2027, 2, 5), date(2027, 2, 8), date(2027, 4, 5), date(2027, 6, 9), date(2027, 9, 15), date(2027, 10, 1),
    ]  # fmt: skip
    assert not any(day.working for day in CHINA if day.day.year == 2027 and day.day.weekday() >= 5)
    assert CHINA.day(date(2027, 2, 8)).label == "春节"


def test_days_say_what_they_are():
    assert CHINA.day(date(2026, 2, 17)).label == "春节"
    assert CHINA.day(date(2026, 2, 28)).label == "春节调休上班"
    assert CHINA.day(date(2026, 3, 2)).label == ""
    assert CHINA.day(date(2020, 10, 1)).festivals == ("mid-autumn", "national")
    assert CHINA.day(date(2022, 9, 10)).festivals == ("mid-autumn", "teachers")


def test_the_users_own_rows_win():
    own = [Override(date(2027, 2, 27), working=True, label="调休上班"), Override(date(2027, 2, 9), working=False)]
    table = calendar("CN", 2026, 2027, own)
    assert table.is_working(date(2027, 2, 27))
    assert table.is_final(date(2027, 2, 27))
    assert not table.is_working(date(2027, 2, 9))
    assert table.day(date(2027, 2, 27)).label == "调休上班"
    assert not table.is_final(date(2027, 3, 1))


def test_a_year_is_final_when_the_user_says_so():
    table = calendar("CN", 2026, 2027, final_years=[2027])
    assert table.known_until == date(2027, 12, 31)
    assert table.missing_year(date(2026, 12, 1)) is None


def test_other_countries_have_their_public_holidays():
    states = calendar("us", 2026, 2026)
    assert not states.is_working(date(2026, 11, 26))
    assert states.day(date(2026, 11, 26)).label == "Thanksgiving Day"
    assert states.is_working(date(2026, 11, 27))
    assert states.known_until == date(2026, 12, 31)
    assert states.day(date(2026, 12, 25)).festivals == ("christmas",)


def test_a_country_with_another_weekend_has_its_own():
    israel = calendar("IL", 2026, 2026)
    assert israel.is_working(date(2026, 6, 7))
    assert not israel.is_working(date(2026, 6, 5))


@pytest.mark.parametrize(("country", "first", "last"), [("XX", 2026, 2026), ("CN", 2027, 2026), ("CN", 0, 1), ("CN", 2026, 9999)])
def test_a_calendar_that_is_not_known_says_what_to_do(country, first, last):
    with pytest.raises(CalendarError, match="ISO country code"):
        calendar(country, first, last)


def test_a_year_before_the_lunar_tables_has_no_lunar_dates():
    assert calendar("CN", 1890, 1890).day(date(1890, 10, 1)).lunar_month is None


def test_rows_fit_the_engines_table():
    rows = calendar_rows("CN", 2026, 2026, name="shop")
    assert len(rows) == 365
    assert tuple(rows[0]) == CALENDAR_DAYS.names
    assert {row["calendar"] for row in rows} == {"shop"}
    assert calendar_rows("CN", 2026, 2026)[0]["calendar"] == "CN"
