"""Working days as published, and as far as can be known beyond."""

from __future__ import annotations

from datetime import date

from huifang.demo.desk import Hours
from huifang.demo.workdays import Workdays, is_working, shop_closed


def test_make_up_saturdays_are_worked_and_holidays_are_not() -> None:
    assert is_working(date(2026, 2, 14))
    assert not is_working(date(2026, 10, 1))


def test_a_year_that_is_not_published_has_its_weekdays_and_no_spring_festival() -> None:
    assert is_working(date(2031, 5, 6))
    assert not is_working(date(2031, 5, 10))
    assert not is_working(date(2031, 1, 23))


def test_shops_are_shut_from_new_year_s_eve() -> None:
    assert shop_closed(date(2026, 2, 16))
    assert not shop_closed(date(2026, 2, 15))
    assert not shop_closed(date(2026, 2, 21))


def test_the_next_working_day_is_found() -> None:
    workdays = Workdays(date(2026, 9, 20), date(2026, 10, 31))
    assert workdays.on_or_after(date(2026, 10, 1)) == date(2026, 10, 8)
    assert workdays.on_or_after(date(2026, 9, 22)) == date(2026, 9, 22)


def test_calls_fill_the_hours() -> None:
    hours = Hours(((540, 180), (840, 240)), 42)
    assert [hours.minute(place) for place in (0, 18, 41)] == [540, 840, 1070]
