"""Nearly everybody on one day: refused unless the very number is confirmed."""

from __future__ import annotations

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


def test_each_customer_counts_once_also_where_nobody_has_room():
    rules = [
        (1, "planned.first"),
        (1, "bundled.same-person"),
        (2, "deferred.no-capacity"),
        (3, "suppressed.opted-out"),
        (4, "deferred.cap"),
    ]
    assert number_wanted({"customer_id": customer, "rule": rule} for customer, rule in rules) == 2
