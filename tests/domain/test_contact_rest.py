"""Who is left in peace, from when on no longer, and for what it never holds."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.domain.calendars import Day, WorkingCalendar
from huifang.domain.contact_rest import gap_days, overdrawn, resting, slowed_down
from huifang.domain.emotional_account import Movement, account, free_on
from huifang.domain.spans import Span

DAY, ONE = date(2026, 6, 30), timedelta(days=1)
WEEK = Span.parse("7 days")
MOVED = st.lists(st.tuples(st.dates(DAY - 400 * ONE, DAY), st.sampled_from(Movement)), max_size=12)


@given(MOVED)
def test_the_account_is_free_again_on_the_first_day_on_which_it_is(movements):
    """Day by day, for a year."""
    found = free_on(account(movements, DAY), DAY)
    ahead = (DAY + number * ONE for number in range(1, 367))
    assert found == next(day for day in ahead if account([(on, what) for on, what in movements if on <= DAY], day).balance >= 0)


@given(MOVED)
def test_only_below_zero_is_overdrawn(movements):
    held = account(movements, DAY)
    rest = overdrawn(held, DAY)
    assert (rest is not None) == (held.balance < 0)
    assert rest is None or (rest.rule, rest.until, rest.figures) == (
        "account.overdrawn",
        free_on(held, DAY),
        {"balance": f"{held.balance:+d}"},
    )


def test_a_class_that_rests_is_looked_at_again_the_next_day():
    assert resting(paused=False, day=DAY) is None
    assert resting(paused=True, day=DAY).until == DAY + ONE


@pytest.mark.parametrize(
    ("slowed", "ago", "left"), [(1.0, 1, None), (1.5, 11, None), (1.5, 10, 1), (1.5, 0, 11), (4.0, 3, 25), (90.0, 3, 25), (2.0, None, None)]
)
def test_a_slowed_class_waits_longer_from_its_last_contact_on(slowed, ago, left):
    rest = slowed_down(slowed, WEEK, None if ago is None else DAY - ago * ONE, DAY)
    assert (rest and rest.until) == (None if left is None else DAY + left * ONE)


def test_gaps_are_as_long_as_they_are_from_today():
    days = WorkingCalendar("CN", [Day(DAY + number * ONE, (DAY + number * ONE).weekday() < 5) for number in range(9)])
    assert gap_days(Span.parse("3 working days"), DAY, days) == 3
    assert gap_days(Span.parse("4 working days"), DAY, days) == 6
    assert gap_days(Span.parse("30 working days"), DAY, days) == gap_days(Span.parse("30 working days"), DAY) == 30
    assert [gap_days(Span.parse(text), DAY) for text in ("24 h", "25 h", "90 min", "2 weeks")] == [1, 2, 1, 14]
