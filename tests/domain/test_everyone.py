"""Nearly everybody on one day: refused unless the very number is confirmed."""

from __future__ import annotations

from datetime import date

import pytest

from huifang.domain.everyone import EveryoneContacted, check, number_wanted


@pytest.mark.parametrize(("wanted", "customers", "confirmed"), [(19, 19, None), (49, 100, None), (50, 100, 50), (0, 0, None)])
def test_few_a_minority_and_what_is_confirmed_pass(wanted: int, customers: int, confirmed: int | None):
    check(wanted, customers, confirmed)


@pytest.mark.parametrize("confirmed", [None, 49, 51])
def test_half_of_the_customers_need_their_number(confirmed: int | None):
    with pytest.raises(EveryoneContacted) as error:
        check(50, 100, confirmed)
    assert error.value.wanted == 50
    assert "50 of 100 customers today (50%)" in error.value.say("en")
    assert "确认人数 50" in error.value.say("zh")


def never(day: date) -> list[dict[str, object]]:
    raise AssertionError(f"nobody needs to know about {day}")


SATURDAY, MONDAY = date(2026, 2, 28), date(2026, 3, 2)


def rows(*decided: tuple[int, str, date | None]) -> list[dict[str, object]]:
    return [{"customer_id": customer, "rule": rule, "until": until} for customer, rule, until in decided]


def test_each_customer_counts_once_also_where_nobody_has_room():
    decided = rows(
        (1, "planned.first", None), (1, "bundled.same-person", None), (2, "deferred.no-capacity", MONDAY),
        (3, "suppressed.opted-out", None), (4, "deferred.cap", MONDAY), (5, "deferred.full-morning", MONDAY),
        (6, "expired.full-evening", None), (7, "expired.no-capacity", None), (8, "expired.not-working-day", None),
    )  # fmt: skip
    assert number_wanted(decided, SATURDAY, 100, never) == (5, None)


def test_what_waits_for_the_next_day_of_contact_counts_on_that_day():
    decided = rows(
        (1, "planned.first", None), (1, "deferred.not-working-day", MONDAY), (2, "deferred.not-working-day", MONDAY),
        (2, "deferred.not-working-day", MONDAY), (3, "deferred.not-working-day", date(2026, 3, 7)),
    )  # fmt: skip
    assert number_wanted(decided, SATURDAY, 100, never) == (2, MONDAY)
    busy_today = rows(*[(n, "planned.first", None) for n in range(3)], (4, "deferred.not-working-day", MONDAY))
    assert number_wanted(busy_today, SATURDAY, 100, never) == (3, None)
    assert number_wanted([], SATURDAY, 100, never) == (0, None)


def test_where_nearly_everybody_waits_for_the_next_day_that_days_own_plan_counts():
    """Caps and rests of that day keep some back, and what falls due until then comes in addition."""
    waiting = rows((0, "planned.first", None), *[(n, "deferred.not-working-day", MONDAY) for n in range(1, 41)])

    def plan(of: date) -> list[dict[str, object]]:
        assert of == MONDAY
        return rows(*[(n, "planned.first", None) for n in (1, 2, 3)], *[(n, "deferred.cap", None) for n in range(4, 41)])

    assert number_wanted(waiting, SATURDAY, 50, plan) == (3, MONDAY)
    assert number_wanted(waiting, SATURDAY, 50, lambda _: []) == (1, None)
    assert number_wanted(waiting, SATURDAY, 81, never) == (40, MONDAY)


def test_the_later_day_is_named():
    with pytest.raises(EveryoneContacted) as error:
        check(50, 100, None, MONDAY)
    assert "next possible day, 2026-03-02" in error.value.say("en")
    assert "下一个可联络日（2026-03-02）" in error.value.say("zh")
