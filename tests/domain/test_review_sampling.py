"""The sample for review is repeatable, fair in its random part and finds what is risky in the other."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.domain.review_sampling import RISKS, Candidate, chance, draw, size

KEY = b"a key of the tests"
candidates = st.lists(
    st.builds(Candidate, st.integers(1, 500), st.integers(1, 4), st.lists(st.sampled_from([*RISKS]), unique=True, max_size=3).map(tuple)),
    unique_by=lambda one: one.record,
    max_size=60,
)


@given(candidates, st.sampled_from([0.0, 0.05, 0.1, 0.5, 1.0]), st.booleans(), st.randoms(use_true_random=False))
def test_the_same_records_give_the_same_sample_in_whatever_order_they_come(rows, share, risk, order: random.Random):
    shuffled = list(rows)
    order.shuffle(shuffled)
    assert draw(rows, share, risk, KEY) == draw(shuffled, share, risk, KEY)


@given(candidates, st.sampled_from([0.05, 0.1, 0.5, 1.0]), st.booleans())
def test_everybody_has_their_share_drawn_once_and_as_many_again_by_risk(rows, share, risk):
    drawn = draw(rows, share, risk, KEY)
    assert len({one.candidate.record for one in drawn}) == len(drawn)
    for person in {row.person for row in rows}:
        mine = sum(row.person == person for row in rows)
        roads = Counter(one.road for one in drawn if one.candidate.person == person)
        assert roads["random"] == size(mine, share) >= 1
        assert roads["risk"] == (min(size(mine, share), mine - size(mine, share)) if risk else 0)


def test_the_random_part_does_not_look_at_risk():
    plain = [Candidate(number, 1) for number in range(100)]
    risky = [Candidate(number, 1, ("complaint",) if number % 2 else ()) for number in range(100)]
    assert [one.candidate.record for one in draw(plain, 0.1, False, KEY)] == [one.candidate.record for one in draw(risky, 0.1, False, KEY)]


def test_a_risk_is_drawn_as_often_as_its_weight_says():
    heavy = Candidate(0, 1, ("dissatisfied",))
    hits = Counter()
    for number in range(4000):
        pair = [Candidate(2 * number, 1, heavy.risks), Candidate(2 * number + 1, 1)]
        first = max(pair, key=lambda one: chance(one.record, KEY, "risk") ** (1 / one.weight))
        hits[bool(first.risks)] += 1
    assert hits[True] / 4000 == pytest.approx(heavy.weight / (heavy.weight + 1), abs=0.02)


def test_chances_are_spread_evenly_and_another_key_gives_another_sample():
    tenths = Counter(int(10 * chance(number, KEY, "random")) for number in range(5000))
    assert all(abs(tenths[tenth] - 500) < 90 for tenth in range(10))
    rows = [Candidate(number, 1) for number in range(200)]
    assert draw(rows, 0.05, True, KEY) != draw(rows, 0.05, True, b"another")


def test_no_share_draws_nobody():
    assert draw([Candidate(1, 1)], 0, True, KEY) == ()
