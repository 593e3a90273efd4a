from datetime import date, timedelta

import pytest

from huifang.domain.week_schedule import Movable, check_move, days_of, week_after, week_of

MONDAY = date(2026, 11, 23)
TUESDAY = MONDAY + timedelta(days=1)
FREE = Movable(TUESDAY, MONDAY, MONDAY + timedelta(days=3), promised=False)


def test_on_a_sunday_next_week_begins_tomorrow():
    assert week_after(date(2026, 11, 22)) == MONDAY
    assert week_of(MONDAY + timedelta(days=6)) == MONDAY
    assert days_of(MONDAY)[-1] == date(2026, 11, 29)


def test_a_contact_moves_within_its_own_days():
    assert check_move(FREE, MONDAY + timedelta(days=3), MONDAY, MONDAY, working=True) is None
    assert check_move(FREE, TUESDAY, MONDAY, MONDAY, working=False) is None  # it stays where it is


@pytest.mark.parametrize(
    ("contact", "to", "today", "working", "code"),
    [
        (Movable(TUESDAY, MONDAY, TUESDAY, promised=True), TUESDAY, MONDAY, True, "promised"),
        (FREE, MONDAY + timedelta(days=7), MONDAY, True, "day"),
        (FREE, MONDAY, TUESDAY, True, "day"),
        (FREE, MONDAY, MONDAY, False, "free"),
        (FREE, MONDAY + timedelta(days=4), MONDAY, True, "window"),
    ],
)
def test_where_a_contact_does_not_go_and_why(contact, to, today, working, code):
    problem = check_move(contact, to, today, MONDAY, working)
    assert problem is not None
    assert problem.code == f"schedule.{code}"
