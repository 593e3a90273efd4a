"""What is known about customers as contact arms: their rates, learned with partial pooling, and how far ahead these bear planning.

Planning ahead multiplies the gain of a contact by how long it lasts: d / value, near 1 where a customer soon forgets and large where a
state once reached is kept. With thin data differences between such multipliers are mostly chance, and choosing the largest picks the
errors. They are therefore drawn to their common (geometric) mean, each by its reliability:

    reliability = spread / (spread + uncertainty)       log multiplier = mean + reliability x (own - mean)

`spread` is the variance of log multipliers between customers and `uncertainty` the posterior variance of one (delta method). At
reliability 0 everybody has the same multiplier and the order is the myopic one; at 1 it is Whittle's. That a plan should look less far
ahead the less is known: N. Jiang et al., The dependence of effective planning horizon on model accuracy, AAMAS (2015).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from huifang.analytics.contact_arms import DRIFTING, ENGAGED, Arms, Numbers, worth
from huifang.analytics.contact_pooling import Rates, pooled

PLANS_AHEAD = 0.5
"""From this reliability on a customer's index is said to plan ahead."""
SMALLEST = 1e-9


@dataclass(frozen=True, slots=True)
class Seen:
    """Counts by customer. `begun[a][s]`: periods begun in state s without (a=0) or with a contact; `engaged[a][s]`: those after which the
    customer was engaged. `annoyed` of `contacts`: complaints about contact and opt-outs. `cluster` numbers the clusters 0.. below
    `clusters`.
    """

    begun: Numbers
    engaged: Numbers
    annoyed: Numbers
    contacts: Numbers
    cluster: NDArray[np.integer]
    clusters: int


@dataclass(frozen=True, slots=True)
class Learned:
    """Arms, and the posteriors of their rates: `rates[a][s]` without (a=0) and with a contact, from state s."""

    arms: Arms
    rates: tuple[tuple[Rates, Rates], tuple[Rates, Rates]]


@dataclass(frozen=True, slots=True)
class Index:
    """By customer: the worth of a contact now in money, the part of it that comes within one period, and how reliable planning ahead is."""

    index: Numbers
    at_once: Numbers
    reliability: Numbers


def learned(seen: Seen, value: Numbers, goodwill: float) -> Learned:
    """Rates from counts; a contact that annoys costs `goodwill` periods of the customer's value."""
    left = tuple(_rates(seen, 0, state, None) for state in (DRIFTING, ENGAGED))
    contacted = tuple(_rates(seen, 1, state, left[state]) for state in (DRIFTING, ENGAGED))
    annoys = pooled(seen.annoyed, seen.contacts, seen.cluster, seen.clusters).cluster
    burden = annoys[seen.cluster] * value * goodwill
    arms = Arms((left[0].mean, left[1].mean), (contacted[0].mean, contacted[1].mean), value, (burden, burden))
    return Learned(arms, ((left[0], left[1]), (contacted[0], contacted[1])))


def _rates(seen: Seen, contact: int, state: int, beside: Rates | None) -> Rates:
    return pooled(seen.engaged[contact][state], seen.begun[contact][state], seen.cluster, seen.clusters, beside)


def blended(known: Learned, state: NDArray[np.integer], discount: float) -> Index:
    """The index that plans ahead as far as the data bear it."""
    arms = known.arms
    (passive, calm), (active, keen) = (
        _lasting(arms, long, rates, discount) for long, rates in zip(worth(arms, discount), known.rates, strict=True)
    )
    gain = [discount * (arms.contacted[s] - arms.left[s]) for s in (DRIFTING, ENGAGED)]
    alone = [gain[s] * passive - arms.burden[s] for s in (DRIFTING, ENGAGED)]
    first = state == np.where(alone[ENGAGED] >= alone[DRIFTING], ENGAGED, DRIFTING)
    own, burden = np.where(state == ENGAGED, gain[ENGAGED], gain[DRIFTING]), arms.burdened(state)
    return Index(own * np.where(first, passive, active) - burden, own * arms.value - burden, np.where(first, calm, keen))


def _lasting(arms: Arms, long: Numbers, rates: tuple[Rates, Rates], discount: float) -> tuple[Numbers, Numbers]:
    """What being engaged is worth, its multiplier drawn to the common mean by its reliability, and that."""
    multiplier = np.log(np.maximum(long, SMALLEST) / np.maximum(arms.value, SMALLEST))
    drifting, engaged = rates
    slope = discount / (1 - discount * (engaged.mean - drifting.mean))
    uncertain = slope**2 * (drifting.variance + engaged.variance)
    middle, spread = (float(np.mean(multiplier)), float(np.var(multiplier))) if len(multiplier) else (0.0, 0.0)
    trust = max(spread, SMALLEST) / (max(spread, SMALLEST) + uncertain)
    return arms.value * np.exp(middle + trust * (multiplier - middle)), trust
