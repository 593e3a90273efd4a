from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huifang.domain.case_clocks import Pause, WorkTime, due_at, working_time_between
from huifang.domain.errors import CalendarError, Invalid
from huifang.domain.spans import Span, Unit
from huifang.domain.windows import Hours
from tests.domain.made_calendars import china_2026

SHANGHAI = ZoneInfo("Asia/Shanghai")
WORK = WorkTime(china_2026(), (Hours.parse("09:00-12:00"), Hours.parse("14:00-18:00")), SHANGHAI)
HOUR = timedelta(hours=1)


def at(day: int, hour: int, minute: int = 0, month: int = 6) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "span", "due"),
    [
        (at(5, 17), "2 h", at(8, 10)), (at(1, 9), "2 h", at(1, 11)), (at(1, 11), "2 h", at(1, 15)), (at(1, 9), "3 h", at(1, 12)),
        (at(1, 12, 30), "30 min", at(1, 14, 30)), (at(30, 17, month=4), "2 h", at(6, 10, month=5)),
        (at(8, 17, month=5), "2 h", at(9, 10, month=5)),
        (at(1, 3), "0 h", at(1, 3)), (at(5, 10), "1 working day", at(8, 18)), (at(5, 10), "0 working days", at(5, 18)),
        (at(5, 20), "0 working days", at(5, 20)), (at(5, 10), "1 day", at(6, 10)), (at(5, 10), "1 week", at(12, 10)),
        (at(31, 10, month=5), "1 month", at(30, 10)), (at(1, 9), "12 h", at(2, 16)),
    ],
)  # fmt: skip
def test_due_times_count_working_time(start, span, due):
    assert due_at(start, Span.parse(span), WORK) == due


def test_pauses_do_not_count():
    lunch = Pause(at(1, 10), at(1, 11))
    assert due_at(at(1, 9), Span.parse("2 h"), WORK, [lunch]) == at(1, 12)
    assert due_at(at(1, 9), Span.parse("2 h"), WORK, [lunch, Pause(at(1, 10, 30), at(1, 15))]) == at(1, 16)
    assert working_time_between(at(1, 9), at(1, 18), WORK, [lunch]) == 6 * HOUR


def test_pauses_push_plain_days_back():
    two_days = Pause(at(2, 10), at(4, 10))
    assert due_at(at(1, 10), Span.parse("3 days"), WORK, [two_days]) == at(6, 10)
    assert due_at(at(1, 10), Span.parse("1 day"), WORK, [Pause(at(2, 10), at(3, 10))]) == at(2, 10)
    assert due_at(at(3, 10), Span.parse("1 day"), WORK, [Pause(at(1, 10), at(2, 10)), Pause(at(2, 22), at(3, 22))]) == at(4, 22)


def test_a_clock_that_is_still_paused_has_no_due_time():
    waiting = Pause(at(1, 10))
    assert due_at(at(1, 9), Span.parse("2 h"), WORK, [waiting, Pause(at(1, 11), at(1, 12))]) is None
    assert due_at(at(1, 9), Span.parse("1 day"), WORK, [waiting]) is None
    assert due_at(at(1, 9), Span.parse("2 h"), WORK, [Pause(at(1, 9, 30), at(1, 11)), Pause(at(1, 10))]) is None
    assert due_at(at(1, 9), Span.parse("1 h"), WORK, [waiting]) == at(1, 10)
    assert due_at(at(1, 9), Span.parse("1 h"), WORK, [Pause(at(2, 9))]) == at(1, 10)
    assert working_time_between(at(1, 9), at(5, 9), WORK, [waiting]) == HOUR


def test_no_working_time_lies_before_the_start():
    assert working_time_between(at(2, 9), at(1, 9), WORK) == timedelta(0)
    assert working_time_between(at(6, 9), at(7, 9), WORK) == timedelta(0)


def test_a_clock_never_guesses_beyond_the_calendar():
    with pytest.raises(CalendarError):
        due_at(at(31, 17, month=12), Span.parse("2 h"), WORK)


def test_a_clock_needs_hours():
    with pytest.raises(Invalid, match="at least one"):
        WorkTime(WORK.calendar, (), SHANGHAI)


def test_a_working_day_whose_only_hour_is_skipped_by_the_clocks_keeps_the_wall_clock():
    new_york = ZoneInfo("America/New_York")
    sundays = WorkTime(_every_day(), (Hours.parse("02:00-03:00"),), new_york)
    start = datetime(2026, 3, 7, 2, 30, tzinfo=new_york)
    assert due_at(start, Span.parse("1 working day"), sundays) == datetime(2026, 3, 8, 3, 30, tzinfo=new_york)


def _every_day():
    from datetime import date

    from huifang.domain.calendars import Day, WorkingCalendar

    return WorkingCalendar("every", [Day(date(2026, 3, 1) + timedelta(days=n), True) for n in range(14)])


def test_a_day_is_a_day_where_clocks_change():
    new_york = ZoneInfo("America/New_York")
    work = WorkTime(china_2026(), (Hours.parse("00:00-24:00"),), new_york)
    start = datetime(2026, 3, 7, 12, tzinfo=new_york)
    assert due_at(start, Span.parse("1 day"), work) == datetime(2026, 3, 8, 16, tzinfo=UTC)


MOMENTS = st.integers(0, 25 * 24 * 60).map(lambda m: datetime(2026, 4, 24, tzinfo=UTC) + timedelta(minutes=m))
PAUSES = st.lists(
    st.builds(
        lambda s, n: Pause(s, None if n is None else s + timedelta(minutes=n)),
        MOMENTS,
        st.one_of(st.none(), st.integers(0, 3000)),
    ),
    max_size=4,
)
MINUTE = timedelta(minutes=1)


def runs(moment: datetime, pauses: list[Pause]) -> bool:
    """Whether the clock runs in the minute that begins at `moment`, the slow way."""
    local = moment.astimezone(SHANGHAI)
    at_work = WORK.calendar.is_working(local.date()) and (9 <= local.hour < 12 or 14 <= local.hour < 18)
    return at_work and not any(p.start <= moment and (p.end is None or moment < p.end) for p in pauses)


@settings(max_examples=40)
@given(MOMENTS, st.integers(0, 12 * 24 * 60), PAUSES)
def test_working_time_is_what_counting_minutes_gives(start, length, pauses):
    end = start + timedelta(minutes=length)
    counted = sum(runs(start + n * MINUTE, pauses) for n in range(length))
    assert working_time_between(start, end, WORK, pauses) == counted * MINUTE


@settings(max_examples=40)
@given(MOMENTS, st.integers(1, 1500), PAUSES)
def test_due_is_the_minute_at_which_counting_ends(start, minutes, pauses):
    due = due_at(start, Span(minutes, Unit.MINUTE), WORK, pauses)
    left, moment, horizon = minutes, start, start + timedelta(days=25)
    while left and moment < horizon:
        left -= runs(moment, pauses)
        moment += MINUTE
    if left:
        assert due is None or due > horizon
    else:
        assert due == moment
        assert working_time_between(start, due, WORK, pauses) == minutes * MINUTE
