"""The closed index against the definition: the charge at which a contact and its absence are worth the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.analytics.contact_arms import DRIFTING, ENGAGED, Arms, both_whittle, indexable, myopic, whittle
from huifang.analytics.contact_index import BLOCK, indices, largest

chance = st.floats(0.0, 1.0)
DISCOUNT = 0.9


def arm(low: float, high: float, won: float, kept: float, calm: float = 0.0, keen: float = 0.0, value: float = 1.0) -> Arms:
    one = [np.array([each]) for each in (low, high, won, kept, value, calm, keen)]
    return Arms((one[0], one[1]), (one[2], one[3]), one[4], (one[5], one[6]))


def advantage(arms: Arms, state: int, charge: float) -> float:
    """What a contact in a state is worth more than none at a charge, by a thousand steps of value iteration."""
    values = [0.0, 0.0]
    for _ in range(400):
        leave, call = ([], [])
        for now in (DRIFTING, ENGAGED):
            earned, p, q = float(arms.value[0]) * now, float(arms.left[now][0]), float(arms.contacted[now][0])
            leave.append(earned + DISCOUNT * (values[0] + p * (values[1] - values[0])))
            call.append(earned - float(arms.burden[now][0]) - charge + DISCOUNT * (values[0] + q * (values[1] - values[0])))
        values = [max(pair) for pair in zip(leave, call, strict=True)]
    return call[state] - leave[state]


@given(chance, chance, chance, chance, st.floats(0, 0.5), st.floats(0, 0.5))
def test_at_the_index_a_contact_and_none_are_worth_the_same(low, high, won, kept, calm, keen):
    arms = arm(low, high, won, kept, calm, keen)
    for state, index in zip((DRIFTING, ENGAGED), both_whittle(arms, DISCOUNT), strict=True):
        assert advantage(arms, state, float(index[0])) == pytest.approx(0, abs=1e-7)
        assert advantage(arms, state, float(index[0]) + 0.1) < 0 < advantage(arms, state, float(index[0]) - 0.1)
    assert indexable(arms, DISCOUNT).all()


@given(chance, chance, chance, chance)
def test_the_myopic_index_is_the_gain_within_one_period(low, high, won, kept):
    arms = arm(low, high, won, kept, 0.1, 0.2, value=3.0)
    for state, gain, cost in ((DRIFTING, won - low, 0.1), (ENGAGED, kept - high, 0.2)):
        assert myopic(arms, np.array([state]), DISCOUNT)[0] == pytest.approx(DISCOUNT * gain * 3.0 - cost)
        assert arms.effect(np.array([state]))[0] == pytest.approx(gain)


def test_an_effect_that_lasts_is_worth_more_than_the_same_effect_that_fades():
    lasting, fading = arm(0.02, 0.98, 0.12, 0.99), arm(0.5, 0.6, 0.6, 0.61)
    now = np.array([DRIFTING])
    assert myopic(lasting, now, DISCOUNT) == pytest.approx(myopic(fading, now, DISCOUNT))
    assert whittle(lasting, now, DISCOUNT) > 3 * whittle(fading, now, DISCOUNT)


def test_a_million_in_blocks_are_the_same_as_each():
    rng = np.random.default_rng(4)
    customers = 3 * BLOCK + 17
    pairs = [(rng.random(customers).astype(np.float32), rng.random(customers).astype(np.float32)) for _ in range(3)]
    arms, state = Arms(pairs[0], pairs[1], rng.random(customers).astype(np.float32), pairs[2]), rng.integers(0, 2, customers)
    found = indices(arms, state, DISCOUNT)
    assert found.dtype == np.float32
    assert np.array_equal(found, whittle(arms, state, DISCOUNT))


@given(st.lists(st.integers(0, 5), max_size=40), st.integers(0, 50))
def test_the_largest_come_first_and_equal_ones_by_place(values, number):
    index = np.array(values, dtype=float)
    expected = sorted(range(len(values)), key=lambda place: (-values[place], place))[:number]
    assert largest(index, number).tolist() == expected


def test_the_largest_of_many_with_a_threshold_from_a_sample():
    rng = np.random.default_rng(5)
    index = rng.normal(size=400_000)
    assert np.array_equal(largest(index, 4_000), np.argsort(-index)[:4_000])
    misleading = np.zeros(400_000)
    misleading[::4] = 1.0 + rng.random(100_000)  # the sample sees these only
    assert np.array_equal(np.sort(largest(misleading, 150_000))[:4], [0, 1, 2, 3])
