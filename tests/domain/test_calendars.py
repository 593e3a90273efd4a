from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.domain.calendars import Day, WorkingCalendar, later, to_utc
from huifang.domain.errors import CalendarError, Invalid
from huifang.domain.spans import Span, Unit
from tests.domain.made_calendars import china_2026, made

CHINA = china_2026()
DAYS = st.dates(date(2026, 3, 1), date(2026, 9, 30))
SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")


def test_make_up_saturdays_are_working_days_and_holidays_are_not():
    assert CHINA.is_working(date(2026, 5, 9))
    assert not CHINA.is_working(date(2026, 5, 1))
    assert CHINA.next_working(date(2026, 5, 1)) == date(2026, 5, 6)
    assert CHINA.next_working(date(2026, 5, 6)) == date(2026, 5, 6)


@pytest.mark.parametrize(
    ("day", "n", "then"),
    [
        (date(2026, 4, 30), 1, date(2026, 5, 6)), (date(2026, 5, 8), 1, date(2026, 5, 9)), (date(2026, 5, 2), 1, date(2026, 5, 6)),
        (date(2026, 5, 2), 2, date(2026, 5, 7)), (date(2026, 5, 6), -1, date(2026, 4, 30)), (date(2026, 5, 3), -1, date(2026, 4, 30)),
        (date(2026, 5, 3), 0, date(2026, 5, 3)), (date(2026, 6, 1), -5, date(2026, 5, 25)),
    ],
)  # fmt: skip
def test_working_days_are_counted_without_the_day_itself(day, n, then):
    assert CHINA.add_working_days(day, n) == then


def test_working_days_between_two_days_count_the_second_not_the_first():
    friday, monday = date(2026, 6, 5), date(2026, 6, 8)
    assert CHINA.working_days_between(friday, monday) == 1
    assert CHINA.working_days_between(friday, date(2026, 6, 7)) == 0
    assert CHINA.working_days_between(monday, friday) == -1


@given(DAYS, DAYS)
def test_days_between_are_those_that_adding_counts(start, end):
    between = CHINA.working_days_between(start, end)
    low, high = (start, end) if start <= end else (end, start)
    inside = [low + timedelta(days=n) for n in range((high - low).days + 1)]
    counted = [day for day in inside if CHINA.is_working(day) and day != start]
    assert between == (len(counted) if end >= start else -len(counted))
    if CHINA.is_working(end) and end != start:
        assert CHINA.add_working_days(start, between) == end


@pytest.mark.parametrize(
    "ask",
    [
        lambda c: c.is_working(date(2027, 1, 1)), lambda c: c.is_final(date(2025, 12, 31)), lambda c: c.next_working(date(2027, 1, 1)),
        lambda c: c.add_working_days(date(2026, 12, 31), 1), lambda c: c.add_working_days(date(2026, 1, 1), -1),
        lambda c: c.working_days_between(date(2026, 12, 1), date(2027, 1, 4)), lambda c: c.add_working_days(date(2027, 1, 1), 0),
    ],
)  # fmt: skip
def test_a_day_beyond_the_table_is_never_guessed(ask):
    with pytest.raises(CalendarError, match="Add that year"):
        ask(CHINA)


@pytest.mark.parametrize("days", [[], [Day(date(2026, 1, 1), True), Day(date(2026, 1, 3), True)]])
def test_a_table_without_days_or_with_gaps_is_refused(days):
    with pytest.raises(CalendarError, match="cannot be used"):
        WorkingCalendar("x", days)


def test_days_are_known_until_the_last_final_one():
    table = made(date(2026, 12, 1), date(2027, 1, 31), final_until=date(2026, 12, 31))
    assert table.known_until == date(2026, 12, 31)
    assert table.is_final(date(2026, 12, 31))
    assert not table.is_final(date(2027, 1, 4))
    assert made(date(2027, 1, 1), date(2027, 1, 2), final_until=date(2026, 1, 1)).known_until is None
    assert [day.day for day in table][:2] == [date(2026, 12, 1), date(2026, 12, 2)]


def test_missing_holidays_are_told_from_the_first_of_november():
    assert CHINA.missing_year(date(2026, 10, 31)) is None
    problem = CHINA.missing_year(date(2026, 11, 1))
    assert problem is not None
    assert "2027" in problem.say("zh")
    assert CHINA.missing_year(date(2025, 12, 1)) is None
    assert made(date(2027, 1, 1), date(2027, 1, 2), final_until=date(2026, 1, 1)).missing_year(date(2026, 12, 1)) is not None


def test_spans_are_counted_on_the_calendar():
    end = date(2026, 4, 30)
    assert CHINA.due_day(end, Span(1, Unit.WORKING_DAY)) == date(2026, 5, 6)
    assert CHINA.due_day(date(2026, 5, 6), Span(1, Unit.WORKING_DAY), -1) == end
    assert CHINA.due_day(end, Span(1, Unit.DAY)) == date(2026, 5, 1)
    assert CHINA.due_day(end, Span(1, Unit.MONTH), -1) == date(2026, 3, 30)
    with pytest.raises(Invalid, match="cannot be counted"):
        CHINA.due_day(end, Span(2, Unit.HOUR))


def test_festivals_of_one_day_are_read_apart():
    assert Day(date(2020, 10, 1), False, festival="mid-autumn,national").festivals == ("mid-autumn", "national")
    assert Day(date(2020, 10, 2), False).festivals == ()


def test_elapsed_spans_are_elapsed_and_calendar_spans_keep_the_wall_clock():
    before = datetime(2026, 3, 7, 12, tzinfo=NEW_YORK)
    assert later(before, Span(1, Unit.DAY), NEW_YORK) - to_utc(before) == timedelta(hours=24)
    assert later(before, Span(1, Unit.MONTH), NEW_YORK) == datetime(2026, 4, 7, 16, tzinfo=UTC)
    friday = datetime(2026, 5, 8, 18, tzinfo=SHANGHAI)
    assert later(friday, Span(1, Unit.WORKING_DAY), SHANGHAI, CHINA) == datetime(2026, 5, 9, 10, tzinfo=UTC)
    assert later(friday, Span(2, Unit.HOUR), SHANGHAI) == datetime(2026, 5, 8, 12, tzinfo=UTC)


def test_working_days_without_a_calendar_are_refused():
    with pytest.raises(CalendarError, match="There is none"):
        later(datetime(2026, 5, 8, tzinfo=UTC), Span(1, Unit.WORKING_DAY), SHANGHAI)


def test_a_moment_without_a_zone_means_nothing():
    with pytest.raises(ValueError, match="no time zone"):
        to_utc(datetime(2026, 1, 1))
