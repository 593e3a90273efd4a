"""Recency, frequency and money by stated cuts."""

from __future__ import annotations

import doctest
from datetime import date
from importlib import import_module
from pkgutil import iter_modules

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang import analytics
from huifang.analytics import rfm
from huifang.domain.spans import Span

MODULES = [f"huifang.analytics.{module.name}" for module in iter_modules(analytics.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_the_documentation_are_true(name: str) -> None:
    assert doctest.testmod(import_module(name)).failed == 0


def test_days_since_the_last_purchase_reach_cuts_by_being_few() -> None:
    cuts = rfm.recency_cuts([Span.parse("30 days"), Span.parse("3 months")], date(2026, 5, 31))
    assert [cut.bound for cut in cuts] == [30, 92]
    assert rfm.scores(np.array([0.0, 30, 31, 92, 93]), cuts, most=True).tolist() == [3, 3, 2, 2, 1]
    assert rfm.reached(3, cuts).en == "within 30 days"


@given(st.lists(st.integers(0, 9), min_size=1, max_size=40), st.integers(1, 100))
def test_a_share_cut_takes_in_at_least_its_share_of_those_who_have_any(values: list[int], share: int) -> None:
    given_ = np.array(values, dtype=float)
    (cut,) = rfm.cuts([f"top {share} %"], given_)
    inside = given_ >= cut.bound
    positive = (given_ > 0).sum()
    assert inside.sum() >= min(positive, np.ceil(round(share / 100 * len(values), 9)))
    assert not inside[given_ == 0].any()
    assert all(one >= two for one in given_[inside] for two in given_[~inside])


def test_who_has_nothing_reaches_no_share() -> None:
    (cut,) = rfm.cuts(["top 50 %"], np.zeros(4))
    assert rfm.scores(np.zeros(4), [cut]).tolist() == [1, 1, 1, 1]
    assert rfm.cuts(["top 50 %"], np.zeros(0))[0].bound == np.inf


def test_a_number_is_a_cut_as_it_stands() -> None:
    cuts = rfm.cuts(["12.5", "3"], np.array([1.0]))
    assert rfm.scores(np.array([12.5, 12.4, 2.9]), cuts).tolist() == [3, 2, 1]
    assert rfm.reached(2, cuts).zh == "至少 3"
