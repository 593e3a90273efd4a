"""The best dealing: proven against every dealing there is, on firms small enough to try them all."""

from __future__ import annotations

from collections import Counter
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huifang.analytics.assignment import best, optimal, quality, shortfall
from huifang.engine.dealing import in_turn
from huifang.engine.presence import Presence
from huifang.engine.work import Work
from tests.engine.test_dealing import people

NONE: frozenset[str] = frozenset()
CLAIMS = frozenset({"claims"})


def work(preferred: str | None = None, needs: frozenset[str] = NONE, *, promised: bool = False, desk: str = "b") -> Work:
    return Work(preferred, desk, needs, promised)


def every(presence: Presence, works: list[Work]) -> tuple[list[bool], int, float]:
    """The best of all dealings within the places: which are made by rank, then how many kept, then the spread."""
    found = []
    choices = [[None, *(person.staff_id for person in presence.pool(each.desk, each.needs))] for each in works]
    for chosen in product(*choices):
        load = Counter(key for key in chosen if key is not None)
        if all(number <= presence.people[key].capacity for key, number in load.items()):
            dealt = [(key is not None, key) for key in chosen]
            figures = quality(presence, works, dealt)
            found.append(([made for made, _ in dealt], figures.kept, -figures.spread))
    made, kept, spread = max(found)
    return made, kept, -spread


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=3),
    st.lists(st.tuples(st.integers(-1, 2), st.booleans()), max_size=6),
)
def test_no_dealing_is_better(staff: list[tuple[int, bool]], asked: list[tuple[int, bool]]):
    firm = people(*((f"p{number}", "b", places, "claims" if skilled else "") for number, (places, skilled) in enumerate(staff)))
    works = []
    for wish, skilled in asked:
        needs = CLAIMS if skilled else NONE
        able = [person.staff_id for person in firm.pool("b", needs)]
        works.append(work(f"p{wish}" if f"p{wish}" in able else None, needs))
    found = best(firm, works)
    made, kept, spread = every(firm, works)
    assert [one for one, _ in found.dealt] == made
    assert found.quality.kept == kept
    assert found.quality.spread == pytest.approx(spread, abs=0.01)


def test_an_earlier_contact_moves_so_that_a_later_one_finds_its_only_person():
    firm = people(("li", "b", 1, "claims"), ("wang", "b", 1, ""))
    works = [work("li"), work(None, CLAIMS)]
    assert optimal(firm, works) == [(True, "wang"), (True, "li")]
    assert in_turn(firm, works) == [(True, "li"), (False, None)]


@pytest.mark.parametrize("claims", ["li", "wang"])
def test_the_only_person_who_can_is_made_free_whoever_was_asked_first(claims: str):
    firm = people(*((name, "b", 1, "claims" if name == claims else "") for name in ("li", "wang")))
    (other,) = {"li", "wang"} - {claims}
    assert optimal(firm, [work(), work(None, CLAIMS)]) == [(True, other), (True, claims)]


def test_promises_are_kept_beyond_the_places_and_without_anybody():
    firm = people(("li", "b", 1, ""))
    works = [work(promised=True), work("li", promised=True), work(promised=True), work(), work(promised=True, needs=CLAIMS)]
    assert optimal(firm, works) == [(True, "li"), (True, "li"), (True, "li"), (False, None), (True, None)]
    assert optimal(people(), [work(), work(promised=True)]) == [(False, None), (True, None)]


def test_loads_are_equal_by_places_and_the_urgent_ones_go_round():
    firm = people(("li", "b", 8, ""), ("wang", "b", 4, ""))
    given_to = [key for _, key in optimal(firm, [work() for _ in range(6)])]
    assert Counter(given_to) == {"li": 4, "wang": 2}
    assert set(given_to[:3]) == {"li", "wang"}


def test_what_dealing_in_turn_falls_short_by():
    firm = people(("li", "b", 1, ""), ("wang", "b", 1, ""))
    works = [work(), work("li"), work("wang")]
    assert shortfall(firm, works, optimal(firm, works)) == 0
    assert shortfall(firm, works, [(True, "wang"), (False, None), (False, None)]) == 1
    assert shortfall(firm, [], []) == 0
