"""A class is slowed before complaints about contact reach 5 %, and rests when they have."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.domain.contact_guard import LIMIT, MOST, START, Expected, guard, upper_end


@pytest.mark.parametrize(("complaints", "contacts", "upper"), [(0, 100, 0.0263), (5, 100, 0.0992), (50, 1000, 0.0626), (0, 0, 1.0)])
def test_the_upper_end_of_the_wilson_interval(complaints, contacts, upper):
    assert upper_end(complaints, contacts) == pytest.approx(upper, abs=5e-5)


def test_the_upper_end_is_exceeded_in_about_one_case_of_twenty():
    draw = random.Random(1)
    samples = (sum(draw.random() < 0.03 for _ in range(400)) for _ in range(1_000))
    missed = sum(upper_end(complaints, 400) < 0.03 for complaints in samples)
    assert 20 < missed < 80


@given(st.integers(0, 300), st.integers(0, 5_000))
def test_more_complaints_never_make_a_class_faster(complaints, more):
    contacts = complaints + more
    now, later = guard(complaints, contacts), guard(complaints + 1, contacts + 1)
    assert 1 <= now.slowed <= later.slowed <= MOST
    assert now.share < now.upper
    assert not now.paused or now.slowed == MOST


def test_a_new_class_goes_at_its_pace_and_a_suspicious_one_slower():
    assert guard(0, 0).slowed == 1
    assert guard(0, 0, Expected(0.06, 50)).slowed == MOST
    assert not guard(0, 0, Expected(0.06, 50)).paused  # others were annoyed, this class was not
    quiet, doubtful, cross = guard(5, 1_000), guard(33, 1_000), guard(70, 1_000)
    assert quiet.upper < START
    assert (quiet.slowed, quiet.gap(30), quiet.paused) == (1, 30, False)
    assert START < doubtful.upper < LIMIT
    assert 30 < doubtful.gap(30) < 120
    assert (cross.gap(30), cross.paused) == (120, True)


def test_slowing_begins_before_the_share_reaches_the_limit():
    """Complaints rise by one a hundred contacts: the gap is already longest while the share is still below 5 %."""
    steps = [guard(round(contacts * 0.048), contacts) for contacts in (500, 1_000, 5_000)]
    assert all(each.slowed > 3 and not each.paused for each in steps)
