"""The best dealing of a day's contacts to people, by min-cost flow; proven, not searched.

In this order: (1) rank: the contacts that are made are the best that any dealing can make, no lower rank in place of a higher one;
(2) continuity: as many of them as possible go to the person they prefer; (3) fairness: the sum over people of load² ÷ places is least,
so that loads are as equal as places allow; (4) the hard ones are shared: the sum of (hard contacts)² is least over people, and where
shifts are known over people and parts of the day. Promises are given to somebody even where nobody has room.

(1) is a matroid (sets of contacts that the places can hold), in which taking one after another by rank is exact; `assignment_places` finds
whether one more fits by an alternating path. The rest is one flow, `assignment_flow`. Edmonds 1971 on greedy and matroids.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import inf
from time import perf_counter

from huifang.analytics.assignment_flow import flow
from huifang.analytics.assignment_places import Places
from huifang.engine.fair_shares import shared_evenly, unevenness
from huifang.engine.presence import Presence
from huifang.engine.work import Dealt, Work


@dataclass(frozen=True, slots=True)
class Quality:
    """How good a dealing is: contacts `made`, of these `kept` by the person they prefer, `spread` (sum of load² ÷ places)."""

    made: int
    kept: int
    spread: float


@dataclass(frozen=True, slots=True)
class Best:
    """The optimum with its quality and the seconds it took; it is proven, so the gap between it and the bound is 0."""

    dealt: Sequence[Dealt]
    quality: Quality
    seconds: float


class OutOfTime(Exception):
    """The best dealing was not found within the time that was given."""


def optimal(presence: Presence, works: Sequence[Work]) -> Sequence[Dealt]:
    """A `dealing.Deal`: the best dealing of `works`, given in order of rank."""
    return best(presence, works).dealt


def best(presence: Presence, works: Sequence[Work], seconds: float = inf) -> Best:
    """The optimum, with its figures. Needs ortools. Raises `OutOfTime` where choosing takes longer than so many seconds."""
    begun = perf_counter()
    places = Places(presence)
    chosen = _chosen(places, works, begun + seconds)
    dealt = min(_dealings(places, works, chosen), key=partial(unevenness, works))
    return Best(dealt, quality(presence, works, dealt), perf_counter() - begun)


def _dealings(places: Places, works: Sequence[Work], chosen: Sequence[int]) -> Iterator[Sequence[Dealt]]:
    """Dealings that are equally good but for how the hard contacts are shared. With shifts the flow shares them by parts of the day; then
    the one that does not look at them is tried too.
    """
    made = [works[number] for number in chosen]
    hard = any(work.hard for work in made)
    tries = [made, [replace(work, hard=False) for work in made]] if hard and places.presence.shifts else [made]
    for wanted in tries:
        people = dict(zip(chosen, flow(wanted, places), strict=True))
        dealt = [(number in people, people.get(number)) for number in range(len(works))]
        yield dealt
        if hard:
            yield shared_evenly(works, dealt)


def _chosen(places: Places, works: Sequence[Work], until: float) -> list[int]:
    """The numbers of the contacts that are made."""
    chosen = []
    for number, work in enumerate(works):
        if perf_counter() > until:
            raise OutOfTime
        if places.take(work):
            chosen.append(number)
    return chosen


def quality(presence: Presence, works: Sequence[Work], dealt: Sequence[Dealt]) -> Quality:
    """The figures of any dealing."""
    load = Counter(staff for made, staff in dealt if made and staff is not None)
    kept = sum(made and staff is not None and staff == work.preferred for work, (made, staff) in zip(works, dealt, strict=True))
    spread = sum(number**2 / max(presence.people[staff].capacity, 1) for staff, number in load.items())
    return Quality(sum(made for made, _ in dealt), kept, spread)


def shortfall(presence: Presence, works: Sequence[Work], dealt: Sequence[Dealt]) -> float:
    """How far a dealing's continuity is from the optimum: the share of preferences that the best dealing keeps and this one does not."""
    most = best(presence, works).quality.kept
    return max(0, most - quality(presence, works, dealt).kept) / most if most else 0.0
