"""A made business in which contact policies are compared under one budget of contacts; its rules are known, so the best possible is too.

Customers belong to clusters. For each cluster are drawn, evenly, the mean chances to be engaged one period later:

    engaged and left alone    50 to 97 %        engaged and contacted     nearer to 100 % by 0 to 30 %
    drifting and left alone    1 to 30 %        drifting and contacted    nearer to 100 % by 0 to 45 %

One cluster in eight is pestered by contacts: they lower its chances by a tenth. A customer's own chances without contact, and the part of
the way to 100 % that a contact brings, are beta-distributed around the cluster's with concentration `alike`. Value a period while engaged
is lognormal (sigma 0.6). A contact annoys with the cluster's own probability, 0.2 to 3 %, which costs two periods' value in goodwill. At
the beginning everybody is where a year of 52 periods without contacts leaves them. In each period the policy contacts at most `budget`
customers, everybody earns value while engaged, and all move on.

The dynamics are an assumption for comparing policies, not a claim about any business. Chance is shared: whatever a policy does, the same
customer meets the same luck in the same period, so that differences between policies are seen with few runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from huifang.analytics.contact_arms import DRIFTING, ENGAGED, Arms, Numbers
from huifang.analytics.contact_learning import Seen

GOODWILL = 2.0
"""What a contact that annoys costs, in periods of value."""
BURN_IN = 52
State = NDArray[np.integer]


@dataclass(slots=True)
class World:
    """Customers with their true arms and chance of annoyance, their present states (0 drifting, 1 engaged), what was seen of them, and
    `last`, the period of the last contact (below 0: before the first period).
    """

    arms: Arms
    annoys: Numbers
    state: State
    seen: Seen
    last: Numbers


@dataclass(frozen=True, slots=True)
class Turn:
    """What a policy is asked with: at most `budget` customers of the world in a period; `rng` for its own draws."""

    world: World
    budget: int
    period: int
    rng: np.random.Generator


Policy = Callable[[Turn], State]
"""The customers to contact."""


def made(customers: int, clusters: int, alike: float, seed: int) -> World:
    """A new business; nothing has been seen of it yet."""
    rng = np.random.default_rng([seed, 0])
    cluster = rng.integers(0, clusters, customers)
    engaged, drifting = rng.uniform(0.50, 0.97, clusters), rng.uniform(0.01, 0.30, clusters)
    kept, won = rng.uniform(0, 0.30, clusters), rng.uniform(0, 0.45, clusters)
    pestered = np.arange(clusters) % 8 == 7
    low, high, win, keep = (rng.beta(alike * mean[cluster], alike * (1 - mean[cluster])) for mean in (drifting, engaged, won, kept))
    called = [np.where(pestered[cluster], 0.9 * p, p + gain * (1 - p)) for p, gain in ((low, win), (high, keep))]
    value = rng.lognormal(0, 0.6, customers)
    annoys = rng.uniform(0.002, 0.03, clusters)[cluster]
    burden = annoys * value * GOODWILL
    arms = Arms((low, high), (called[0], called[1]), value, (burden, burden))
    state: State = np.ones(customers, dtype=np.int8)
    for _ in range(BURN_IN):
        state = _next(arms.left, state, rng.random(customers))
    counts = np.zeros((2, 2, customers))
    seen = Seen(counts, counts.copy(), np.zeros(customers), np.zeros(customers), cluster, clusters)
    return World(arms, annoys, state, seen, rng.integers(-BURN_IN, 0, customers).astype(float))


def _next(chances: tuple[Numbers, Numbers], state: State, luck: Numbers) -> State:
    return (luck < np.where(state == ENGAGED, chances[ENGAGED], chances[DRIFTING])).astype(np.int8)


def moved_on(world: World, contact: NDArray[np.bool_], rng: np.random.Generator, period: int) -> float:
    """One period: what is earned in it; everybody is in the next state afterwards, and what happened is counted."""
    arms, state, seen = world.arms, world.state, world.seen
    earned = float(np.sum(arms.value[state == ENGAGED]) - np.sum(arms.burdened(state)[contact]))
    luck, temper = rng.random(len(state)), rng.random(len(state))
    following = np.where(contact, _next(arms.contacted, state, luck), _next(arms.left, state, luck))
    cell = (contact.astype(int), state, np.arange(len(state)))
    seen.begun[cell] += 1
    seen.engaged[cell] += following
    seen.contacts[contact] += 1
    seen.annoyed[contact & (temper < world.annoys)] += 1
    world.last[contact] = period
    world.state = following.astype(np.int8)
    return earned


def lived(world: World, periods: int, share: float, seed: int) -> None:
    """A past of `periods` periods in which a random share of the customers was contacted each time."""
    rng = np.random.default_rng([seed, 1])
    for period in range(-periods, 0):
        moved_on(world, rng.random(len(world.state)) < share, rng, period)


def glimpsed(world: World, observations: float, seed: int) -> None:
    """A thin past: about so many observations for each cluster, spread evenly over its states, contacts and customers."""
    rng = np.random.default_rng([seed, 2])
    often = observations * world.seen.clusters / len(world.state) / 4
    for contact, chances in enumerate((world.arms.left, world.arms.contacted)):
        for state in (DRIFTING, ENGAGED):
            times = rng.poisson(often, len(world.state))
            world.seen.begun[contact, state] += times
            world.seen.engaged[contact, state] += rng.binomial(times, chances[state])
            if contact:
                world.seen.contacts[:] += times
                world.seen.annoyed[:] += rng.binomial(times, world.annoys)


def run(world: World, policy: Policy | None, budget: int, periods: int, discount: float, seed: int) -> float:
    """Discounted earnings of so many periods under a policy, from the world as it is (which moves on); None contacts nobody."""
    fate, own = np.random.default_rng([seed, 3]), np.random.default_rng([seed, 4])
    total = 0.0
    for period in range(periods):
        contact = np.zeros(len(world.state), dtype=bool)
        if policy is not None:
            contact[policy(Turn(world, budget, period, own))] = True
        total += discount**period * moved_on(world, contact, fate, period)
    return total
