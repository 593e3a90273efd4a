"""Satisfaction figures against published values and against their own definition."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from huifang.domain.answer_marks import Mark, marks, says_something
from huifang.domain.servqual import gaps
from huifang.domain.survey_scores import csat, mean, nps, student

points = st.lists(st.integers(0, 10).map(float), max_size=40)


@given(points)
def test_a_figure_lies_in_its_interval(given_points: list[float]):
    for found in (nps(given_points), csat([min(5.0, one) for one in given_points], 5), mean(given_points)):
        if not given_points:
            assert found is None
        elif found.low is not None:
            assert found.answers == len(given_points)
            assert found.low - 12 <= found.value <= found.high + 12  # the adjusted Wald interval leans to the middle
            assert found.low <= found.high


def test_nps_is_promoters_less_detractors():
    found = nps([10] * 50 + [8] * 30 + [3] * 20)
    assert found is not None
    assert (found.value, found.answers) == (30.0, 100)
    assert (round(found.low, 1), round(found.high, 1)) == (14.1, 44.2)


def test_wilsons_interval_is_the_published_one():
    found = csat([5] * 81 + [1] * 182, 5)  # Newcombe 1998, table I: 81 of 263
    assert found is not None
    assert (round(found.low, 2), round(found.high, 2)) == (25.53, 36.62)


@pytest.mark.parametrize("freedom", [1, 2, 3, 5, 10, 30, 200])
def test_students_t_is_within_half_a_percent(freedom: int):
    assert student(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=0.005)


def test_a_single_answer_has_no_interval():
    assert mean([4]).low is None


def test_a_gap_needs_both_sides_and_the_widest_shortfall_comes_first():
    rows = gaps(
        [
            {("speed", "expectation"): (5.0,), ("speed", "perception"): (3.0,), ("care", "expectation"): (4.0,)},
            {
                ("speed", "expectation"): (4.0,),
                ("speed", "perception"): (4.0,),
                ("care", "expectation"): (4.0,),
                ("care", "perception"): (5.0,),
            },
        ]
    )
    assert [(row.dimension, row.expectation, row.perception, row.gap.value, row.gap.answers) for row in rows] == [
        ("speed", 4.5, 3.5, -1.0, 2),
        ("care", 4.0, 5.0, 1.0, 1),
    ]


@given(st.lists(st.tuples(st.floats(1, 5), st.floats(1, 5)), min_size=1, max_size=20))
def test_a_gap_is_the_difference_of_its_sides(pairs: list[tuple[float, float]]):
    (row,) = gaps([{("d", "expectation"): (wanted,), ("d", "perception"): (found,)} for wanted, found in pairs])
    assert row.gap.value == pytest.approx(row.perception - row.expectation)


@pytest.mark.parametrize(
    ("ratings", "words", "seconds", "before", "expected"),
    [
        ([4, 4, 4, 4], [], 60, False, ()),
        ([4, 4, 4, 4, 4], [], None, False, (Mark.STRAIGHT,)),
        ([1, 4, 4, 4, 4], ["好"], 11.9, False, (Mark.FAST,)),
        ([1, 4], ["?!", ""], 12, True, (Mark.DUPLICATE, Mark.NO_WORDS)),
    ],
)
def test_answers_are_marked(ratings: list[float], words: list[str], seconds: float | None, before: bool, expected: tuple[Mark, ...]):
    assert marks(ratings, words, 6, seconds, seen_before=before) == expected


@pytest.mark.parametrize(("text", "says"), [("😀", True), ("。。。 --", False), ("مرحبا", True), ("7", True), ("", False)])
def test_words_say_something_in_any_script(text: str, says: bool):
    assert says_something(text) is says
