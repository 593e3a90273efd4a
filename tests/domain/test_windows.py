from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.domain.errors import CalendarError, Invalid
from huifang.domain.windows import (
    DAY_PART_WORDS,
    DAY_PARTS,
    DayPart,
    Hours,
    Window,
    day_allowed,
    day_part,
    find_zone,
    is_open,
    moved_into,
    next_opening,
    window_for,
    windows_on,
)  # fmt: skip
from tests.domain.made_calendars import china_2026

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
OFFICE = (Hours.parse("09:00-12:00"), Hours.parse("14:00-18:00"))
CHINA = china_2026()
STRETCHES = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).map(sorted).filter(lambda p: p[0] < p[1]).map(lambda p: Hours(*p))
CHANGES = [
    ("America/New_York", date(2026, 3, 8)), ("America/New_York", date(2026, 11, 1)), ("Europe/Berlin", date(2026, 10, 25)),
    ("Asia/Shanghai", date(1988, 4, 17)), ("Asia/Shanghai", date(1988, 9, 11)), ("Asia/Beirut", date(2025, 3, 30)),
    ("Asia/Beirut", date(2025, 10, 25)), ("America/Havana", date(2025, 11, 2)), ("Pacific/Apia", date(2011, 12, 30)),
    ("Pacific/Apia", date(2011, 12, 31)), ("Australia/Lord_Howe", date(2026, 4, 5)), ("Asia/Urumqi", date(2026, 2, 28)),
    ("UTC", date(2024, 2, 29)),
]  # fmt: skip


def at(*parts: int, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime(*parts, tzinfo=zone)


@pytest.mark.parametrize(
    "text",
    [
        "9",
        "09:00",
        "12:00-09:00",
        "09:00-09:00",
        "09:60-10:00",
        "09:00-24:01",
        "25:00-26:00",
        "09:00-10:75",
        "nine to five",
    ],
)
def test_what_is_no_stretch_of_the_day_is_refused(text):
    with pytest.raises(Invalid, match="09:00-12:00"):
        Hours.parse(text)


def test_hours_made_by_hand_are_checked_too():
    with pytest.raises(Invalid):
        Hours(600, 600)


@given(STRETCHES)
def test_hours_read_back_as_they_are_written(stretch):
    assert Hours.parse(str(stretch)) == stretch


def test_the_start_is_included_and_the_end_is_not():
    nine = at(2026, 6, 1, 9)
    assert not is_open(nine - timedelta(microseconds=1), OFFICE, SHANGHAI)
    assert is_open(nine, OFFICE, SHANGHAI)
    assert is_open(nine.replace(hour=11, minute=59, second=59, microsecond=999_999), OFFICE, SHANGHAI)
    assert not is_open(nine.replace(hour=12), OFFICE, SHANGHAI)


def test_a_day_opens_in_the_customers_own_zone():
    assert windows_on(date(2026, 6, 1), OFFICE, SHANGHAI) == (
        Window(at(2026, 6, 1, 1, zone=UTC), at(2026, 6, 1, 4, zone=UTC)), Window(at(2026, 6, 1, 6, zone=UTC), at(2026, 6, 1, 10, zone=UTC)),
    )  # fmt: skip
    assert window_for(date(2026, 6, 1), OFFICE, NEW_YORK) == Window(at(2026, 6, 1, 13, zone=UTC), at(2026, 6, 1, 22, zone=UTC))


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 6, 1), 24)])
def test_a_whole_day_has_as_many_hours_as_it_really_has(day, hours):
    window = window_for(day, (Hours(0, 1440),), NEW_YORK)
    assert window is not None
    assert window.closes - window.opens == timedelta(hours=hours)


def test_an_hour_that_the_clocks_skip_does_not_open():
    assert window_for(date(2026, 3, 8), (Hours.parse("02:00-03:00"),), NEW_YORK) is None
    assert window_for(date(2026, 3, 8), (Hours.parse("02:30-04:00"),), NEW_YORK) == Window(
        at(2026, 3, 8, 7, zone=UTC), at(2026, 3, 8, 8, zone=UTC)
    )


def test_an_hour_that_comes_twice_opens_twice():
    assert len(windows_on(date(2026, 11, 1), (Hours.parse("01:15-01:45"),), NEW_YORK)) == 2


@given(st.sampled_from(CHANGES), st.lists(STRETCHES, max_size=3), st.data())
def test_windows_are_exactly_the_moments_whose_wall_clock_is_inside(change, hours, data):
    name, day = change
    zone = ZoneInfo(name)
    windows = windows_on(day, hours, zone)
    assert all(a.closes < b.opens for a, b in pairwise(windows))
    minutes = data.draw(st.lists(st.integers(-16 * 60, 40 * 60), min_size=20, max_size=40))
    edges = [edge for window in windows for edge in (window.opens, window.closes, window.opens - timedelta(minutes=1))]
    for moment in [datetime.combine(day, time.min, UTC) + timedelta(minutes=m) for m in minutes] + edges:
        inside = any(window.opens <= moment < window.closes for window in windows)
        assert inside == (moment.astimezone(zone).date() == day and is_open(moment, hours, zone))


@pytest.mark.parametrize("name", ["", None, "Mars/Olympus", "../etc/passwd", "/etc", "Asia", "Asia/\0"])
def test_a_zone_that_does_not_exist_is_not_guessed(name):
    assert find_zone(name) is None


def test_a_zone_is_found_by_its_name():
    assert find_zone("Asia/Urumqi") == ZoneInfo("Asia/Urumqi")


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        (at(2026, 6, 1, 8), at(2026, 6, 1, 9)), (at(2026, 6, 1, 10, 30), at(2026, 6, 1, 10, 30)),
        (at(2026, 6, 1, 12), at(2026, 6, 1, 14)),
        (at(2026, 6, 1, 18), at(2026, 6, 2, 9)), (at(2026, 4, 30, 18), at(2026, 5, 6, 9)), (at(2026, 5, 8, 20), at(2026, 5, 9, 9)),
    ],
)  # fmt: skip
def test_the_next_opening_waits_for_lunch_night_and_holidays(moment, opens):
    assert next_opening(moment, OFFICE, "working", CHINA, SHANGHAI) == opens


def test_weekdays_and_every_day_need_no_calendar():
    monday = at(2026, 6, 1, 20)
    assert next_opening(monday, OFFICE, "every", None, SHANGHAI) == at(2026, 6, 2, 9)
    assert next_opening(monday, OFFICE, ("sat", "sun"), None, SHANGHAI) == at(2026, 6, 6, 9)
    assert next_opening(monday, OFFICE, (), None, SHANGHAI) is None
    assert next_opening(monday, (), "every", None, SHANGHAI) is None


def test_working_days_need_a_calendar_that_reaches():
    with pytest.raises(ValueError, match="calendar"):
        day_allowed(date(2026, 6, 1), "working", None)
    with pytest.raises(CalendarError):
        next_opening(at(2026, 12, 31, 18), OFFICE, "working", CHINA, SHANGHAI)


@pytest.mark.parametrize(
    ("hour", "part"),
    [(0, "morning"), (11, "morning"), (12, "noon"), (13, "noon"), (14, "afternoon"), (18, "evening"), (23, "evening")],
)
def test_every_hour_has_its_part_of_the_day(hour, part):
    assert day_part(at(2026, 6, 1, hour), SHANGHAI) is DayPart(part)


def test_the_parts_of_the_day_follow_each_other_and_have_words():
    ends = [hours.end for hours in DAY_PARTS.values()]
    assert [hours.start for hours in DAY_PARTS.values()] == [0, *ends[:-1]]
    assert ends[-1] == 1440
    assert set(DAY_PART_WORDS) == set(DAY_PARTS) == set(DayPart)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC)),
    st.integers(1, 24 * 60),
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC)),
    st.integers(1, 24 * 60),
)
def test_hours_are_moved_by_a_day_only_where_nothing_of_them_is_left_and_something_is_then(
    opens: datetime, minutes: int, begins: datetime, left: int
) -> None:
    begins = opens + (begins - opens) % timedelta(days=4) - timedelta(days=2)  # near each other
    window, ends = Window(opens, opens + timedelta(minutes=minutes)), begins + timedelta(minutes=left)

    def meets(days: int) -> bool:
        first, last = (each + timedelta(days=days) for each in (window.opens, window.closes))
        return max(first, begins) < min(last, ends)

    found = moved_into(window, begins, ends)
    assert found.closes - found.opens == window.closes - window.opens
    moved = round((found.opens - window.opens) / timedelta(days=1))
    assert moved == next((days for days in (0, -1, 1) if meets(days)), 0)
