"""The last day of a series: by arithmetic what counting step by step finds, however long ago it began."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from huifang.domain.calendars import Day, WorkingCalendar
from huifang.domain.spans import Span, Unit
from huifang.engine.planner import plan
from huifang.engine.schedule import moved, series
from tests.engine.coming import firm
from tests.engine.planning import MONDAY, playbook

ONE = timedelta(days=1)
FIRST, LAST = date(2015, 1, 1), date(2027, 12, 31)
OFF = {FIRST + number * ONE for number in range(0, 4000, 37)}
CALENDAR = WorkingCalendar(
    "CN", [Day(day, day.weekday() < 5 and day not in OFF) for day in (FIRST + n * ONE for n in range((LAST - FIRST).days + 1))]
)
SPANS = st.one_of(
    st.builds(Span, st.integers(0, 40), st.sampled_from((Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.YEAR, Unit.WORKING_DAY))),
    st.builds(Span, st.integers(0, 100), st.just(Unit.HOUR)), st.builds(Span, st.integers(0, 5000), st.just(Unit.MINUTE)),
)  # fmt: skip


def step_by_step(base: date, first: Span, every: Span, day: date) -> date | None:
    found = begin = moved(base, first, 1, CALENDAR)
    if begin > day:
        return None
    times = 1
    while begin < (following := moved(begin, Span(every.amount * times, every.unit), 1, CALENDAR)) <= day:
        found, times = following, times + 1
    return found


@settings(max_examples=300)
@given(st.dates(FIRST, date(2022, 1, 1)), SPANS, SPANS, st.dates(date(2019, 1, 1), date(2022, 6, 1)))
def test_arithmetic_finds_the_day_that_counting_finds(base: date, first: Span, every: Span, day: date):
    assert series(base, first, every, day, CALENDAR) == step_by_step(base, first, every, day)


def test_long_ago_is_no_more_work_than_yesterday():
    """A series of working days from before the calendar begins with the calendar's first day."""
    every = Span.parse("20 working days")
    assert series(date(1900, 1, 1), every, every, MONDAY, CALENDAR) == series(FIRST, every, every, MONDAY, CALENDAR)
    day = Span.parse("1 day")
    assert series(date(1, 1, 1), day, day, MONDAY, None) == MONDAY
    assert series(date(2027, 12, 1), Span.parse("60 working days"), every, date(2027, 12, 31), CALENDAR) is None


def test_a_customer_from_before_the_calendar_does_not_end_the_plan():
    book = playbook({"often": {"when": {"every": "20 working days"}, "within": "30 working days"}})
    people = [{"customer_id": 1, "first_seen": date(1900, 1, 1)}, {"customer_id": 2, "first_seen": MONDAY - 40 * ONE}, {"customer_id": 3}]
    with firm(book, customers=people) as (context, given_):
        made = plan(context, given_)
        due = dict(zip(*(made.decisions[name].to_pyarrow().to_pylist() for name in ("customer_id", "due")), strict=True))
    assert due.keys() == {1, 2}
    assert max(due.values()) <= MONDAY
