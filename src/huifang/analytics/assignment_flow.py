"""Who does each of the contacts that are made, as one min-cost flow.

    equal contacts → (hard ones: a node for each slot) → slot (a person's part of the day) → person → out

Equal contacts are one source of so many. The k-th of a person's c places costs (2k − 1) ÷ c, so that the sum of load² ÷ places is least;
somebody else than the preferred costs more than all loads together; the k-th hard contact of a slot costs 2k − 1, all of them less than
the smallest difference of loads. Ahuja, Magnanti, Orlin 1993, ch. 14 on convex costs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence

import numpy as np

from huifang.analytics.assignment_places import Places, Pool, Slot, pool_of
from huifang.engine.presence import Key
from huifang.engine.work import Work

_FINE = 10_000
"""What one load² ÷ places weighs in whole numbers."""
_MOST = 2**61
"""Costs of a whole flow stay below this."""
Group = tuple[Pool, Key | None, bool]
"""Contacts that are equal: pool, preferred person, hard."""
Node = tuple[str, Hashable]
Arc = tuple[Node, Node, int, int]
"""From, to, how many, what one of them costs."""
_OUT: Node = ("out", None)


def flow(works: Sequence[Work], places: Places) -> list[Key | None]:
    """Who does each of the contacts, all of which fit into `places`."""
    from ortools.graph.python import min_cost_flow

    groups: dict[Group, list[int]] = defaultdict(list)
    for number, work in enumerate(works):
        groups[pool_of(work), work.preferred, work.hard].append(number)
    difficult = sum(work.hard for work in works)
    unit = max(1, min(difficult * difficult + 1, _MOST // (_FINE * 2 * (len(works) + 1) ** 2)))
    dealing = list(_from_groups(groups, places, _FINE * 2 * (len(works) + 1) * unit))
    between: list[Arc] = [(("group", group), ("hard" if hard else "slot", slot), many, cost) for group, slot, hard, many, cost in dealing]
    arcs = between + list(_hard_ones(dealing)) + list(_through_people(places, _FINE * unit))
    nodes: dict[Node, int] = {}
    rows = [(nodes.setdefault(one, len(nodes)), nodes.setdefault(other, len(nodes)), most, cost) for one, other, most, cost in arcs]
    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(*np.array(rows, dtype=np.int64).reshape(-1, 4).T)
    able = {number: len(numbers) for number, (group, numbers) in enumerate(groups.items()) if places.able[group[0]]}
    for number, many in able.items():
        solver.set_node_supply(nodes["group", number], many)
    if able:
        solver.set_node_supply(nodes[_OUT], -sum(able.values()))
    if solver.solve() != solver.OPTIMAL:
        raise AssertionError("every chosen contact has a place")
    flows = [int(each) for each in solver.flows(np.arange(len(dealing)))]
    return _handed(groups, [(group, slot[0], many) for (group, slot, *_), many in zip(dealing, flows, strict=True) if many])


def _from_groups(groups: dict[Group, list[int]], places: Places, apart: int) -> Iterator[tuple[int, Slot, bool, int, int]]:
    """Number of the group, slot that can hold it, hard, how many, what one costs: `apart` with somebody else than the preferred."""
    for number, ((pool, preferred, hard), numbers) in enumerate(groups.items()):
        for slot in places.able[pool]:
            yield number, slot, hard, len(numbers), 0 if preferred in (None, slot[0]) else apart


def _hard_ones(dealing: Sequence[tuple[int, Slot, bool, int, int]]) -> Iterator[Arc]:
    """Through the hard node of a slot, each costing more than the one before."""
    most: dict[Slot, int] = defaultdict(int)
    for _, slot, hard, many, _ in dealing:
        most[slot] += many * hard
    for slot, number in most.items():
        yield from ((("hard", slot), ("slot", slot), 1, 2 * k - 1) for k in range(1, number + 1))


def _through_people(places: Places, fine: int) -> Iterator[Arc]:
    """From slots to their people, and out of them by places that cost more and more."""
    room: dict[Key, int] = defaultdict(int)
    for (key, part), number in places.room.items():
        yield ("slot", (key, part)), ("person", key), number, 0
        room[key] += number
    for key, number in room.items():
        size = max(places.presence.people[key].capacity, 1)
        yield from ((("person", key), _OUT, 1, fine * (2 * k - 1) // size) for k in range(1, number + 1))


def _handed(groups: dict[Group, list[int]], flows: Sequence[tuple[int, Key, int]]) -> list[Key | None]:
    """Flows as people by contact: each group goes round among those who share it, so that nobody has only the urgent ones."""
    given: list[Key | None] = [None] * sum(len(numbers) for numbers in groups.values())
    shares: dict[int, list[tuple[float, int, Key]]] = defaultdict(list)
    for place, (group, person, many) in enumerate(flows):
        shares[group] += [((turn + 0.5) / many, place, person) for turn in range(many)]
    for group, numbers in enumerate(groups.values()):
        for number, (_, _, person) in zip(numbers, sorted(shares[group], key=lambda share: share[:2]), strict=False):
            given[number] = person
    return given
