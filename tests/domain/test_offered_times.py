from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.domain import law
from huifang.domain.calendars import Day, WorkingCalendar
from huifang.domain.offered_times import NOTICE, Openings, offered
from huifang.domain.windows import Hours, is_open

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY_HOURS = (Hours.parse("09:00-12:00"), Hours.parse("14:00-18:00"))


def _calendar(last: int, off: date | None = None) -> WorkingCalendar:
    days = (date(2026, 11, number) for number in range(1, last + 1))
    return WorkingCalendar("CN", [Day(day, day != off and day.weekday() < 5) for day in days])


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def _said(now: str, **changes: object) -> list[str]:
    facts = {"hours": DAY_HOURS, "days": "every", "calendar": None, "zone": SHANGHAI, "home": SHANGHAI} | changes
    return [f"{one.astimezone(SHANGHAI):%m-%d %H:%M}" for one in offered(_at(now), Openings(**facts))]


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("2026-11-24 09:10", ["11-24 11:30", "11-25 15:00"]),
        ("2026-11-24 09:00", ["11-24 11:00", "11-25 15:00"]),
        ("2026-11-24 10:20", ["11-24 14:00", "11-25 15:00"]),
        ("2026-11-24 16:10", ["11-25 09:00", "11-26 15:00"]),
        ("2026-11-24 23:50", ["11-25 09:00", "11-26 15:00"]),
    ],
)
def test_the_first_is_two_hours_on_inside_the_hours_the_second_a_later_afternoon(now, said):
    assert _said(now) == said


def test_a_weekend_and_a_holiday_are_not_offered():
    assert _said("2026-11-27 16:30", days=("mon", "tue", "wed", "thu", "fri")) == ["11-30 09:00", "12-01 15:00"]
    calendar = _calendar(30, off=date(2026, 11, 25))
    assert _said("2026-11-24 16:30", days="working", calendar=calendar) == ["11-26 09:00", "11-27 15:00"]


def test_where_the_calendar_ends_nothing_is_offered():
    assert _said("2026-11-30 17:00", days="working", calendar=_calendar(30)) == []


def test_days_of_absence_and_times_promised_to_others_are_not_offered():
    away = ((date(2026, 11, 25), date(2026, 11, 26)),)
    assert _said("2026-11-24 16:30", away=away) == ["11-27 09:00", "11-28 15:00"]
    taken = (_at("2026-11-24 11:30"), _at("2026-11-25 14:45"))
    assert _said("2026-11-24 09:10", taken=taken) == ["11-24 14:00", "11-25 15:30"]


def test_the_shift_of_who_calls_and_the_law_hold_too():
    assert _said("2026-11-24 09:10", shift=(Hours.parse("13:00-16:00"),)) == ["11-24 14:00", "11-25 15:00"]
    late = (Hours.parse("06:00-07:00"), Hours.parse("21:30-22:30"), Hours.parse("19:00-20:30"))
    assert _said("2026-11-24 03:00", hours=late, laws=(law.PRESETS["us-calls"],)) == ["11-24 19:00", "11-25 19:00"]


def test_hours_that_have_no_half_hour_offer_nothing():
    assert _said("2026-11-24 09:00", hours=(Hours.parse("09:05-09:20"),)) == []
    assert _said("2026-11-24 09:00", hours=()) == []


def test_a_day_with_one_opening_only_offers_one():
    only = tuple((date(2026, 11, 25) + timedelta(days=n),) * 2 for n in range(500))
    assert _said("2026-11-24 09:10", away=only) == ["11-24 11:30"]


_moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))


@given(_moments, st.sampled_from(["Asia/Shanghai", "America/New_York", "Europe/Berlin", "Asia/Kathmandu"]), st.lists(_moments, max_size=5))
def test_whatever_is_offered_is_open_free_and_far_enough_ahead(now, name, taken):
    zone = ZoneInfo(name)
    times = offered(now, Openings(DAY_HOURS, "every", None, zone, SHANGHAI, taken=taken))
    assert len(times) == 2
    first, second = times
    assert now + NOTICE <= first < second
    for moment in times:
        assert moment.tzinfo is UTC
        assert is_open(moment, DAY_HOURS, zone)
        clock = moment.astimezone(zone)
        assert (clock.minute % 30, clock.second, clock.microsecond) == (0, 0, 0)
        assert all(abs(moment - each) >= timedelta(minutes=30) for each in taken)
    assert second.astimezone(zone).date() > first.astimezone(zone).date()
    assert second.astimezone(zone).time() >= time(15) or any(taken)
