"""What may be said of contacting, and what may not."""

from __future__ import annotations

from math import isclose, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.analytics.shares import Difference
from huifang.analytics.uplift import Arm, Return, Verdict, detectable, mean_difference, returned_for, uplift, verdict

COUNTS = st.integers(1, 5000).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total)))


def arm(customers, returned, amounts=()):
    return Arm(customers, returned, sum(amounts), sum(amount * amount for amount in amounts))


def test_newcombes_example_is_told_as_a_rise():
    """Newcombe 1998, Statistics in Medicine 17, 873–890, table II: 56 of 70 against 48 of 80, 0.0524 to 0.3339."""
    found = uplift(Arm(70, 56), Arm(80, 48))
    assert found.difference
    assert (round(found.difference.low, 4), round(found.difference.high, 4)) == (0.0524, 0.3339)
    assert found.verdict is Verdict.MORE


def test_an_interval_that_holds_zero_is_said_to_be_unsure():
    assert uplift(Arm(400, 60), Arm(20, 2)).verdict is Verdict.UNSURE
    assert uplift(Arm(400, 20), Arm(400, 60)).verdict is Verdict.LESS
    assert uplift(Arm(400, 20), Arm(0, 0)).verdict is Verdict.NOTHING
    assert verdict(Difference(0.0, 0.0, 0.1)) is Verdict.UNSURE


def test_the_detectable_rise_is_the_published_one():
    """50 % against 60 %, two-sided 5 %, power 80 %: 388 customers in each group, the textbooks' example."""
    found = detectable(0.5, 388, 388)
    assert found
    assert isclose(found, 0.1, abs_tol=0.0005)


def test_nothing_can_be_detected_with_nobody_or_next_to_nobody():
    assert detectable(0.2, 0, 100) is None
    assert detectable(0.2, 100, 0) is None
    assert detectable(0.9, 2, 2) is None
    assert uplift(Arm(10, 1), Arm(0, 0)).detectable is None


@given(COUNTS, COUNTS)
def test_more_customers_never_hide_a_smaller_rise(first, second):
    base = first[0] / first[1] * 0.9
    small, large = detectable(base, first[1], second[1]), detectable(base, first[1] * 4, second[1] * 4)
    assert small is None or (large is not None and large <= small + 1e-9)


@given(COUNTS, COUNTS)
def test_the_difference_lies_within_its_interval_and_the_interval_within_reason(first, second):
    found = uplift(Arm(first[1], first[0]), Arm(second[1], second[0])).difference
    assert found
    assert -1 - 1e-12 <= found.low <= found.difference + 1e-12
    assert found.difference - 1e-12 <= found.high <= 1 + 1e-12


def test_welchs_interval_is_the_one_worked_by_hand():
    few, many = [0.0] * 20 + [100.0] * 20, [0.0] * 20 + [200.0] * 40
    found = mean_difference(arm(40, 20, few), arm(60, 40, many))
    assert found
    spread = sqrt(100**2 * 0.25 * 40 / 39 / 40 + 200**2 * (2 / 9) * 60 / 59 / 60)
    assert isclose(found.difference, 400 / 3 - 50)
    assert isclose(found.high - found.difference, 1.959964 * spread, rel_tol=1e-6)


def test_amounts_of_a_handful_of_customers_are_not_compared():
    assert mean_difference(arm(29, 29, [5.0] * 29), arm(900, 40, [5.0])) is None
    assert mean_difference(arm(149, 0), arm(900, 40, [5.0] * 40)) is None


def test_what_was_added_is_told_against_what_it_cost():
    contacted, held = arm(60, 40, [0.0] * 20 + [200.0] * 40), arm(40, 20, [0.0] * 20 + [100.0] * 20)
    found = returned_for(uplift(contacted, held), contacted, 500.0)
    assert found.added
    assert found.times
    assert isclose(found.added.difference, 5000)
    assert isclose(found.times.difference, 10)
    assert found.times.low < 10 < found.times.high


@pytest.mark.parametrize("cost", [0.0, 12.5])
def test_without_amounts_or_cost_no_return_is_told(cost):
    small = arm(5, 2, [10.0])
    assert returned_for(uplift(small, small), small, cost) == Return(cost, None, None)


def test_contacts_that_cost_nothing_have_no_return():
    large = arm(50, 50, [10.0] * 50)
    found = returned_for(uplift(large, large), large, 0.0)
    assert found.added
    assert found.times is None
