"""The policies that the simulator compares: from habit (round-robin, a cadence) to what is learned and planned.

A policy is a function of `contact_simulator.Policy`. Those that learn see counts only, never the true arms; they learn anew every eight
periods.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from huifang.analytics.contact_arms import DRIFTING, ENGAGED, Arms, Numbers, myopic, whittle
from huifang.analytics.contact_learning import Learned, blended, learned
from huifang.analytics.contact_simulator import GOODWILL, Policy, State, Turn, World

RELEARN = 8
EXPLORED = 0.02
"""The share of the budget that goes to customers drawn at random."""
Indexing = Callable[[Arms, State, float], Numbers]


def best(index: Numbers, number: int) -> State:
    """The places of the `number` largest."""
    return np.argpartition(-index, number - 1)[:number]


def at_random(turn: Turn) -> State:
    """Anybody."""
    return turn.rng.choice(len(turn.world.state), turn.budget, replace=False)


def round_robin(turn: Turn) -> State:
    """Everybody in turn."""
    return (np.arange(turn.budget) + turn.period * turn.budget) % len(turn.world.state)


def fixed_cadence(turn: Turn) -> State:
    """Valuable customers twice as often as others and the least valuable half as often, whoever waits longest by that measure first."""
    low, high = np.quantile(turn.world.arms.value, (1 / 3, 2 / 3))
    pace = np.where(turn.world.arms.value > high, 2.0, np.where(turn.world.arms.value > low, 1.0, 0.5))
    return best((turn.period - turn.world.last) * pace, turn.budget)


def risk_times_value(turn: Turn) -> State:
    """Whoever is likeliest to be lost, weighed by value: churn scoring, with the true risk."""
    world, left = turn.world, turn.world.arms.left
    return best((1 - np.where(world.state == ENGAGED, left[ENGAGED], left[DRIFTING])) * world.arms.value, turn.budget)


def knowing(index: Indexing, discount: float) -> Policy:
    """An index of the true arms."""
    return lambda turn: best(index(turn.world.arms, turn.world.state, discount), turn.budget)


def learning(index: Callable[[Learned, State], Numbers], explored: float = 0.0) -> Policy:
    """An index of what is learned with partial pooling; a share of the budget goes to others at random."""
    known: list[Learned] = []

    def choose(turn: Turn) -> State:
        world = turn.world
        if turn.period % RELEARN == 0:
            known[:] = [learned(world.seen, world.arms.value, GOODWILL)]
        drawn = round(turn.budget * explored)
        chosen = best(index(known[0], world.state), turn.budget - drawn)
        others = np.setdiff1d(np.arange(len(world.state)), chosen)
        return np.concatenate([chosen, turn.rng.choice(others, drawn, replace=False)])

    return choose


def unpooled(index: Indexing, discount: float) -> Policy:
    """An index of each cluster's bare shares as they were at the beginning, without help from the others and without learning on."""
    kept: list[Arms] = []

    def choose(turn: Turn) -> State:
        world = turn.world
        if not kept:
            seen = world.seen
            rates = [[_share(world, seen.engaged[a][s], seen.begun[a][s]) for s in (DRIFTING, ENGAGED)] for a in (0, 1)]
            kept.append(Arms((rates[0][0], rates[0][1]), (rates[1][0], rates[1][1]), world.arms.value, world.arms.burden))
        return best(index(kept[0], world.state, discount), turn.budget)

    return choose


def _share(world: World, happened: Numbers, of: Numbers) -> Numbers:
    cluster, clusters = world.seen.cluster, world.seen.clusters
    shares = (np.bincount(cluster, happened, clusters) + 0.5) / (np.bincount(cluster, of, clusters) + 1)
    found: Numbers = shares[cluster]
    return found


def policies(discount: float) -> Mapping[str, Callable[[], Policy]]:
    """All of them by name; each is made anew for a run, because some remember."""
    return {
        "random": lambda: at_random,
        "round-robin": lambda: round_robin,
        "fixed cadence": lambda: fixed_cadence,
        "risk x value": lambda: risk_times_value,
        "myopic, true": lambda: knowing(myopic, discount),
        "Whittle, true": lambda: knowing(whittle, discount),
        "myopic, unpooled": lambda: unpooled(myopic, discount),
        "Whittle, unpooled": lambda: unpooled(whittle, discount),
        "myopic, learned": lambda: learning(lambda known, state: myopic(known.arms, state, discount)),
        "Whittle, learned": lambda: learning(lambda known, state: whittle(known.arms, state, discount)),
        "adaptive, no slice": lambda: learning(lambda known, state: blended(known, state, discount).index),
        "adaptive": lambda: learning(lambda known, state: blended(known, state, discount).index, EXPLORED),
    }
