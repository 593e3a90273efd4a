"""The best dealing of a day's contacts to people, by min-cost flow; proven, not searched.

In this order: (1) rank: the contacts that are made are the best that any dealing can make, no lower rank in place of a higher one;
(2) continuity: as many of them as possible go to the person they prefer; (3) fairness: the sum over people of load² ÷ places is least,
so that loads are as equal as places allow. Promises are given to somebody even where nobody has room.

(1) is a matroid (sets of contacts that the places can hold), in which taking one after another by rank is exact; `Places` finds whether
one more fits by an alternating path. (2) and (3) are one flow: equal contacts are one source of so many, each place of a person is an
arc, the k-th of c places costing (2k − 1) ÷ c. Edmonds 1971 on greedy and matroids; Ahuja, Magnanti, Orlin 1993, ch. 14 on convex costs.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from time import perf_counter

import numpy as np

from huifang.engine.dealing import Dealt, Work
from huifang.engine.presence import Key, Presence

_FINE = 10_000
"""What one load² ÷ places weighs in whole numbers."""
Pool = tuple[str, frozenset[str]]


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
    given = _flow(presence, [works[number] for number in chosen], places.room)
    people = dict(zip(chosen, given, strict=True))
    dealt = [(number in people, people.get(number)) for number in range(len(works))]
    return Best(dealt, quality(presence, works, dealt), perf_counter() - begun)


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


class Places:
    """Which contacts the people's places can hold together. `room` are the places, widened where a promise finds none."""

    def __init__(self, presence: Presence) -> None:
        self.presence = presence
        self.room = {key: max(person.capacity, 0) for key, person in presence.people.items()}
        self.held: dict[Key, Counter[Pool]] = defaultdict(Counter)
        self.able: dict[Pool, list[Key]] = {}
        self.full: set[Pool] = set()

    def take(self, work: Work) -> bool:
        """Whether the contact is made beside all that were taken before it."""
        pool = (work.desk, work.needs)
        if pool not in self.able:
            self.able[pool] = [person.staff_id for person in self.presence.pool(*pool)]
        if pool not in self.full and self._fits(pool):
            return True
        self.full.add(pool)
        if work.promised and self.able[pool]:
            least = work.preferred or min(self.able[pool], key=lambda key: (self.room[key], str(key)))
            self.room[least] += 1
            self.held[least][pool] += 1
        return work.promised

    def _fits(self, pool: Pool) -> bool:
        """Finds a place, moving earlier contacts to others who can do them; takes it."""
        reached: dict[Key, tuple[Pool, Key | None]] = dict.fromkeys(self.able[pool], (pool, None))
        waiting = deque(reached)
        while waiting:
            key = waiting.popleft()
            if self.held[key].total() < self.room[key]:
                self._shift(key, reached)
                return True
            for other in [held for held, number in self.held[key].items() if number]:
                for further in self.able[other]:
                    if further not in reached:
                        reached[further] = (other, key)
                        waiting.append(further)
        return False

    def _shift(self, key: Key, reached: dict[Key, tuple[Pool, Key | None]]) -> None:
        step: Key | None = key
        while step is not None:
            pool, before = reached[step]
            self.held[step][pool] += 1
            if before is not None:
                self.held[before][pool] -= 1
            step = before


def _flow(presence: Presence, works: Sequence[Work], room: dict[Key, int]) -> list[Key | None]:
    """Who does each of the contacts, all of which fit into `room`."""
    from ortools.graph.python import min_cost_flow

    classes: dict[tuple[Pool, Key | None], list[int]] = defaultdict(list)
    for number, work in enumerate(works):
        classes[(work.desk, work.needs), work.preferred].append(number)
    people, groups = list(presence.people), list(classes)
    place = {key: number for number, key in enumerate(people)}
    sink = len(people) + len(groups)
    apart = _FINE * 2 * (len(works) + 1)
    arcs: list[tuple[int, int, int, int]] = []
    for number, (pool, preferred) in enumerate(groups):
        for person in presence.pool(*pool):
            far = 0 if preferred in (None, person.staff_id) else apart
            arcs.append((len(people) + number, place[person.staff_id], len(classes[pool, preferred]), far))
    between = len(arcs)
    for key in people:
        size = max(presence.people[key].capacity, 1)
        arcs += [(place[key], sink, 1, _FINE * (2 * k - 1) // size) for k in range(1, room[key] + 1)]
    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(*np.array(arcs, dtype=np.int64).reshape(-1, 4).T)
    able = [bool(presence.pool(*pool)) for pool, _ in groups]
    supply = [len(classes[group]) * fits for group, fits in zip(groups, able, strict=True)]
    solver.set_nodes_supplies(np.arange(sink + 1), np.array([*[0] * len(people), *supply, -sum(supply)], dtype=np.int64))
    if solver.solve() != solver.OPTIMAL:
        raise AssertionError("every chosen contact has a place")
    flows = solver.flows(np.arange(between))
    return _handed(classes, people, [(arc[0] - len(people), arc[1], int(flow)) for arc, flow in zip(arcs, flows, strict=False)])


def _handed(
    classes: dict[tuple[Pool, Key | None], list[int]], people: list[Key], flows: Sequence[tuple[int, int, int]]
) -> list[Key | None]:
    """Flows as people by contact: each class goes round among those who share it, so that nobody has only the urgent ones."""
    given: list[Key | None] = [None] * sum(len(numbers) for numbers in classes.values())
    shares: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for group, person, flow in flows:
        shares[group] += [((turn + 0.5) / flow, person) for turn in range(flow)]
    for group, numbers in enumerate(classes.values()):
        for number, (_, person) in zip(numbers, sorted(shares[group]), strict=False):
            given[number] = people[person]
    return given
