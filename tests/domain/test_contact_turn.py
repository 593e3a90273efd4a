"""Why now, why not yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.domain.contact import Purpose
from huifang.domain.contact_turn import Bounds, Known, turn

DAY = date(2026, 6, 30)
CARE = Bounds(Purpose.RELATIONSHIP, 30, DAY + timedelta(days=90))
LI = Known(last=DAY - timedelta(days=60), index=84.5, balance=3, slowed=1.0, paused=False, place=12, of=2480)


@pytest.mark.parametrize(
    ("bounds", "known", "fit", "day", "words"),
    [
        ({}, {}, True, DAY, "May be chosen on the day: place 12 of 2,480 customers by worth"),
        ({}, {"last": None}, True, DAY, "May be chosen on the day"),
        ({}, {"last": DAY - timedelta(days=29)}, False, DAY + timedelta(days=1), "the gap is at least 30 days"),
        ({}, {"slowed": 2.5}, False, DAY + timedelta(days=15), "30 days × 2.5 (slowed) = 75 days"),
        ({}, {"paused": True}, False, None, "Too many customers of this class"),
        ({}, {"balance": -2}, False, None, "The customer's goodwill is used up (emotional account -2)"),
        ({"purpose": Purpose.SERVICE}, {"balance": -2}, True, DAY, "May be chosen on the day"),
        ({}, {"index": -1.0}, False, CARE.latest, "Not worth it now"),
        ({}, {"index": None}, False, CARE.latest, "has not been learned yet"),
        ({"latest": DAY}, {"index": -1.0}, True, DAY, "The longest gap has passed"),
        ({"latest": None}, {"index": -1.0}, False, None, "Not worth it now"),
    ],
)  # fmt: skip
def test_each_rule_says_itself(bounds, known, fit, day, words):
    found = turn(replace(CARE, **bounds), replace(LI, **known), DAY)
    assert (found.fit, found.day) == (fit, day)
    assert words in found.why.en
    assert found.why.zh


@given(st.integers(0, 200), st.floats(1, 4), st.integers(1, 90))
def test_nobody_is_chosen_before_the_slowed_gap_has_passed(ago, slowed, shortest):
    known = replace(LI, last=DAY - timedelta(days=ago), slowed=slowed)
    assert turn(replace(CARE, shortest=shortest), known, DAY).fit == (ago >= shortest * slowed)
