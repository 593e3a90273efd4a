"""Hard contacts are shared evenly, and nothing else changes by it: not how many are made, not who keeps whom, not anybody's load."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huifang.analytics.assignment import optimal, quality
from huifang.engine.dealing import Dealer, in_turn
from huifang.engine.fair_shares import shared_evenly, unevenness
from huifang.engine.presence import Person, Presence
from huifang.engine.work import Dealt, Work
from tests.engine.test_dealing import people

NONE: frozenset[str] = frozenset()
WAYS = pytest.mark.parametrize("deal", [in_turn, optimal])
Way = Callable[[Presence, Sequence[Work]], Sequence[Dealt]]
SHIFTS = st.sampled_from([(), (3, 0, 3, 0), (2, 0, 4, 0), (0, 0, 3, 3)])
PARTS = st.sampled_from([frozenset[int](), frozenset({0}), frozenset({2}), frozenset({0, 2})])
Asked = tuple[int, bool, bool, frozenset[int]]
WORKS = st.lists(st.tuples(st.integers(-1, 3), st.booleans(), st.booleans(), PARTS), max_size=24)


def work(preferred: str | None = None, *, hard: bool = False, parts: frozenset[int] = frozenset()) -> Work:
    return Work(preferred, "b", NONE, promised=False, hard=hard, parts=parts)


def firm(*shifts: tuple[int, ...], capacity: int = 6) -> Presence:
    made = people(*((f"p{number}", "b", capacity, "") for number in range(len(shifts))))
    known = {key: replace(person, parts=shifts[int(str(key)[1:])]) for key, person in made.people.items()}
    return replace(made, people={key: replace(each, capacity=sum(each.parts) or capacity) for key, each in known.items()})


def hard_of(works: Sequence[Work], dealt: Sequence[Dealt], presence: Presence) -> list[int]:
    found = Counter(staff for each, (_, staff) in zip(works, dealt, strict=True) if each.hard and staff is not None)
    return [found[key] for key in presence.people]


@WAYS
@settings(max_examples=40)
@given(number=st.integers(1, 5), hard=st.lists(st.booleans(), max_size=25))
def test_among_equally_able_people_nobody_has_more_than_one_hard_contact_more(deal: Way, number: int, hard: list[bool]) -> None:
    presence, works = firm(*[()] * number), [work(hard=each) for each in hard]
    found = hard_of(works, deal(presence, works), presence)
    assert max(found) - min(found) <= 1


@WAYS
@settings(max_examples=60)
@given(shifts=st.lists(SHIFTS, min_size=1, max_size=4), asked=WORKS)
def test_sharing_changes_nothing_else(deal: Way, shifts: list[tuple[int, ...]], asked: list[Asked]) -> None:
    presence = firm(*shifts)
    works = [Work(f"p{who}" if 0 <= who < len(shifts) else None, "b", NONE, promised, hard, parts) for who, hard, promised, parts in asked]
    plain = [replace(each, hard=False) for each in works]
    with_hard, without = deal(presence, works), deal(presence, plain)
    assert [made for made, _ in with_hard] == [made for made, _ in without]
    figures, before = quality(presence, works, with_hard), quality(presence, works, without)
    assert (figures.made, figures.kept) == (before.made, before.kept)
    assert figures.spread == pytest.approx(before.spread, abs=0.01)
    assert unevenness(works, with_hard) <= unevenness(works, without) or deal is in_turn
    assert list(deal(presence, works)) == list(with_hard)
    _within_shifts(presence, works, with_hard)


def _within_shifts(presence: Presence, works: Sequence[Work], dealt: Sequence[Dealt]) -> None:
    """No part of anybody's day holds more contacts that can be made nowhere else than it has places."""
    for key, person in presence.people.items():
        held = [each.parts for each, (_, staff) in zip(works, dealt, strict=True) if staff == key and not each.promised]
        for wanted in ({0}, {2}, {0, 2}) if person.parts else ():
            assert sum(bool(parts) and parts <= wanted for parts in held) <= sum(person.parts[part] for part in wanted)


def test_in_turn_would_give_li_every_hard_one() -> None:
    presence = firm((), ())
    works = [work(hard=number % 2 == 0) for number in range(8)]
    dealer = Dealer(presence, works)
    before = [dealer.deal(each) for each in works]
    assert sorted(hard_of(works, before, presence)) == [0, 4]
    assert hard_of(works, in_turn(presence, works), presence) == [2, 2]
    assert list(shared_evenly([replace(each, hard=False) for each in works], before)) == before


@WAYS
def test_whoever_keeps_hard_customers_of_their_own_gets_fewer_of_the_others(deal: Way) -> None:
    presence = firm((), ())
    works = [*[work("p0", hard=True)] * 2, *[work(hard=True)] * 2, *[work()] * 2]
    dealt = deal(presence, works)
    assert [staff for _, staff in dealt[:2]] == ["p0", "p0"]
    assert sorted(hard_of(works, dealt, presence)) == [2, 2]


@WAYS
def test_a_morning_holds_no_more_than_its_places_however_empty_the_afternoon_is(deal: Way) -> None:
    presence = firm((2, 0, 4, 0))
    works = [work(), work(), *[work(parts=frozenset({0}))] * 3, *[work(parts=frozenset({2}))] * 2]
    assert [made for made, _ in deal(presence, works)] == [True, True, True, True, False, True, True]


def test_the_best_way_moves_a_contact_into_the_afternoon_to_keep_the_morning_for_another() -> None:
    presence = firm((1, 0, 1, 0), (1, 0, 0, 0))
    works = [work(parts=frozenset({0, 2})), work(parts=frozenset({0})), work(parts=frozenset({0}))]
    assert all(made for made, _ in optimal(presence, works))


@WAYS
def test_a_promise_outside_every_shift_is_kept_all_the_same(deal: Way) -> None:
    evening = frozenset({3})
    presence = firm((2, 0, 4, 0))
    sure = Work("p0", "b", NONE, promised=True, parts=evening)
    assert deal(presence, [sure, replace(sure, preferred=None), work(parts=evening)]) == [(True, "p0"), (True, "p0"), (False, None)]
    nobody = replace(presence, people={"p0": replace(presence.people["p0"], capacity=0, parts=(0, 0, 0, 0))})
    assert deal(nobody, [sure]) == [(True, "p0")]


def test_a_person_is_plain_values() -> None:
    assert Person("li", "b", 3, NONE, "").parts == ()
