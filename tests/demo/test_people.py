"""Names of people follow sex, decade and the shares of surnames."""

from __future__ import annotations

from collections import Counter
from datetime import date
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from huifang.demo.people import born, family_name, given_name, keeps_lunar, person, surname


def test_the_commonest_surnames_are_the_commonest() -> None:
    rng = Random(1)
    counts = Counter(surname(rng) for _ in range(20_000))
    assert {name for name, _ in counts.most_common(3)} == {"王", "李", "张"}
    assert 0.06 < counts["王"] / 20_000 < 0.12


@given(st.integers(0, 10_000), st.sampled_from(["男", "女"]), st.integers(1935, 2025))
def test_a_given_name_has_one_or_two_characters(seed: int, gender: str, year: int) -> None:
    assert 1 <= len(given_name(Random(seed), gender, year)) <= 2


def test_old_and_young_have_names_of_their_time() -> None:
    rng = Random(2)
    old = {given_name(rng, "女", 1945) for _ in range(200)}
    young = {given_name(rng, "女", 2015) for _ in range(200)}
    assert "秀英" in old
    assert "欣怡" in young
    assert not old & young


@given(st.integers(0, 10_000))
def test_ages_stay_within_their_limits(seed: int) -> None:
    day = date(2026, 11, 16)
    birthday = born(Random(seed), day, 40, 30, 18, 80)
    assert 18 <= (day - birthday).days / 365.2 <= 80.1


def test_lunar_birthdays_are_an_old_custom() -> None:
    rng = Random(3)
    assert sum(keeps_lunar(rng, date(1955, 1, 1)) for _ in range(500)) > 3 * sum(keeps_lunar(rng, date(1995, 1, 1)) for _ in range(500))


def test_a_person_has_a_surname_that_can_be_found_again() -> None:
    assert family_name("欧阳静") == "欧阳"
    assert family_name(person(Random(4), "男", date(1980, 5, 5)).name)
