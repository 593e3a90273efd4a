"""Score cards: the plan's rule of points off, and what one record is worth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.domain.errors import Invalid
from huifang.domain.score_cards import FULL, ITEMS, Coverage, Month, coverage_points, score

full = {item.code: item.most for item in ITEMS}


def test_the_items_come_to_a_hundred():
    assert sum(full.values()) == FULL
    assert score(full) == 100


def test_an_item_that_does_not_apply_is_left_out_of_both_sides():
    assert score({"opening": 5, "ending": 10}) == 75


@pytest.mark.parametrize("points", [{}, {"opening": 11}, {"opening": -1}, {"charm": 3}])
def test_points_outside_their_item_are_refused(points):
    with pytest.raises(Invalid):
        score(points)


@pytest.mark.parametrize(("covered", "off"), [(1000, 0), (951, 0), (950, 1), (949, 1), (901, 1), (900, 2), (0, 20)])
def test_a_point_is_lost_per_full_five_points_below_the_standard(covered, off):
    assert coverage_points([Coverage(1000, covered)]) == off


def test_programmes_with_different_standards_are_weighed_by_what_fell_due():
    month = Month((Coverage(100, 100, 100), Coverage(100, 80, 90)))
    assert (month.standard, month.coverage, month.off_for_coverage) == (95, 90, 1)


def test_late_and_missing_records_cost_by_the_same_measure():
    assert [Month(contacts=100, late=late).points for late in (0, 4, 5, 9, 10)] == [100, 100, 99, 99, 98]


def test_a_month_without_work_keeps_its_points_and_shows_no_figures():
    month = Month()
    assert (month.points, month.coverage, month.standard, month.quality) == (100, None, None, None)


def test_quality_is_the_mean_of_what_was_drawn_at_random():
    assert Month(random_scores=(80.0, 95.0)).quality == 87.5


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300), st.sampled_from([80.0, 90.0, 95.0, 98.0, 100.0])), max_size=5))
def test_points_off_are_never_negative_and_never_more_than_the_shortfall_allows(rows):
    programmes = [Coverage(max(due, covered), covered, standard) for due, covered, standard in rows]
    month = Month(tuple(programmes))
    off = month.off_for_coverage
    assert 0 <= off <= 20
    if month.standard is not None and month.coverage is not None:
        below = month.standard - month.coverage
        assert 5 * off <= max(0, below) + 1e-6
        assert 5 * (off + 1) > below - 1e-6
    assert 0 <= month.points <= 100
