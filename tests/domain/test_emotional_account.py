"""Deposits and withdrawals that everybody can read, and what a balance allows."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from huifang.domain.contact import Purpose
from huifang.domain.emotional_account import OF_CONTACT, POINTS, WORDS, Movement, account, purposes

DAY = date(2026, 6, 30)


@given(st.lists(st.tuples(st.dates(date(2025, 1, 1), date(2026, 12, 31)), st.sampled_from(Movement))))
def test_the_balance_is_the_sum_of_its_lines_of_the_last_year(movements):
    found = account(movements, DAY)
    assert found.balance == sum(line.points for line in found.lines)
    assert len(found.lines) == sum(DAY - timedelta(days=365) < day <= DAY for day, _ in movements)
    assert [line.day for line in found.lines] == sorted((line.day for line in found.lines), reverse=True)


def test_a_movement_counts_for_a_year():
    for days, counts in ((0, True), (364, True), (365, False), (-1, False)):
        assert bool(account([(DAY - timedelta(days=days), Movement.BOUGHT)], DAY).lines) is counts


def test_below_zero_nothing_is_asked_of_the_customer():
    assert purposes(0) == tuple(Purpose)
    assert purposes(-1) == (Purpose.SERVICE,)


def test_every_movement_has_points_and_words_and_asking_costs_more_than_serving():
    assert set(POINTS) == set(WORDS) == set(Movement)
    points = [POINTS[OF_CONTACT[purpose]] for purpose in (Purpose.SERVICE, Purpose.RELATIONSHIP, Purpose.MARKETING)]
    assert points == sorted(points, reverse=True)
