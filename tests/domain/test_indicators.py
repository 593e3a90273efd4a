"""Indicators are quotients of sums, and periods follow one another without a gap."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.domain.indicators import COUNTERS, INDICATORS, Standing, standing, value
from huifang.domain.periods import KINDS, label, latest, stretch

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def test_every_indicator_speaks_of_counters_that_are_counted():
    for indicator in INDICATORS.values():
        named = {*indicator.plus, *indicator.minus, *indicator.parts, indicator.total, indicator.whole} - {""}
        assert named <= set(COUNTERS), indicator.key
        assert indicator.about.zh, indicator.key


@pytest.mark.parametrize(
    ("key", "counts", "expected"),
    [
        ("coverage", {"due": 50, "covered": 49}, 0.98),
        ("nps", {"nps_answers": 10, "promoters": 6, "detractors": 3}, 30.0),
        ("csi", {"scored": 4, "points": 18.0}, 87.5),
        ("first_answer", {"answered": 4, "answer_hours": 6.0}, 1.5),
        ("opinions", {"praises": 2, "suggestions": 3, "complaints": 4}, 9.0),
        ("done", {"covered": 3}, 3.0),
        ("churn", {"aged": 0, "left": 0}, None),
    ],
)
def test_values_are_those_worked_by_hand(key, counts, expected):
    assert value(INDICATORS[key], counts) == expected


def test_a_target_is_met_at_its_bound_and_missed_beyond():
    assert standing(0.95, 0.95, None) is Standing.MET
    assert standing(0.9499, 0.95, None) is Standing.MISSED
    assert standing(2.1, 1.0, 2.0) is Standing.MISSED
    assert standing(1.0, None, None) is Standing.NONE
    assert standing(None, 0.5, None) is Standing.NONE


@given(DAYS, st.sampled_from(KINDS))
def test_every_day_lies_in_one_period_and_periods_meet(day, kind):
    here = stretch(kind, day)
    assert here.first <= day <= here.last
    assert here.after.first == here.last + timedelta(days=1)
    assert here.before.last == here.first - timedelta(days=1)
    assert here.after.before == here
    assert label(here) != label(here.after)
    assert [one.last for one in latest(kind, day, 3)][-1] == here.last
    assert len(latest(kind, day, 3)) == 3
