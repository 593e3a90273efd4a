"""Whether one more contact fits into somebody's day, against trying every way to put them."""

from __future__ import annotations

from collections import Counter
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from huifang.engine.presence import Person
from huifang.engine.room import fits, usable

NONE: frozenset[str] = frozenset()
MASKS = st.frozensets(st.integers(0, 3), max_size=4)


def person(*parts: int, capacity: int | None = None) -> Person:
    return Person("li", "b", sum(parts) if capacity is None else capacity, NONE, "", parts)


def can_hold(who: Person, asked: list[frozenset[int]]) -> bool:
    """Whether there is any way to put all of them."""
    ways = product(*(sorted(each) or range(4) for each in asked))
    return any(all(number <= who.parts[part] for part, number in Counter(way).items()) for way in ways)


@given(st.tuples(*[st.integers(0, 2)] * 4), st.lists(MASKS, max_size=5))
def test_one_more_fits_exactly_where_there_is_a_way_to_put_all(parts: tuple[int, ...], asked: list[frozenset[int]]) -> None:
    who, held, taken = person(*parts), Counter[frozenset[int]](), []
    for mask in asked:
        expected = can_hold(who, [*taken, mask])
        assert fits(who, held, mask) == expected
        if expected:
            held[usable(who, mask) or frozenset()] += 1
            taken.append(mask)


def test_without_a_shift_the_days_places_count_and_any_time_will_do() -> None:
    who = person(capacity=1)
    assert usable(who, frozenset({3})) == frozenset()
    assert fits(who, Counter(), frozenset({3}))
    assert not fits(who, Counter({frozenset[int](): 1}), frozenset({3}))


def test_somebody_without_places_takes_nothing() -> None:
    assert usable(person(0, 0, 0, 0), frozenset()) is None
    assert not fits(person(capacity=0), Counter(), frozenset())
