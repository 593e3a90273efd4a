"""When a contact is free again, in every unit."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from huifang.domain.spans import Span
from huifang.engine.frequency import Cap, counting_days, free_again

FRIDAY = date(2026, 1, 30)
WORKING = {"CN": {FRIDAY + timedelta(days=n): ((FRIDAY + timedelta(days=n)).weekday() < 5, True) for n in range(20)}}


def cap(per: str) -> Cap:
    return Cap("cap", 1, Span.parse(per), (), (), "CN")


@pytest.mark.parametrize(
    ("per", "free"),
    [
        ("7 days", date(2026, 2, 6)), ("24 h", date(2026, 1, 31)), ("25 h", date(2026, 2, 1)), ("30 min", date(2026, 1, 31)),
        ("1 month", date(2026, 2, 28)), ("1 year", date(2027, 1, 30)), ("2 weeks", date(2026, 2, 13)),
        ("1 working day", date(2026, 2, 2)), ("5 working days", date(2026, 2, 6)),
    ],
)  # fmt: skip
def test_free_again(per: str, free: date):
    assert free_again(cap(per), FRIDAY, WORKING) == free


def test_working_days_beyond_the_calendar_are_days():
    assert free_again(cap("3 working days"), FRIDAY, {}) == date(2026, 2, 2)


def test_a_contact_of_seven_days_ago_no_longer_counts():
    counted = [day for day, _free in counting_days(cap("7 d"), FRIDAY, {})]
    assert (counted[0], counted[-1], len(counted)) == (FRIDAY, FRIDAY - timedelta(days=6), 7)
