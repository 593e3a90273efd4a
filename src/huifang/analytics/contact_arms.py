"""One customer as a bandit with two states, engaged or drifting, that moves on whether or not there is a contact.

    next state   P(engaged next | state s, contact a) = p[a][s]
    reward       value while engaged, less burden[s] for each contact
    difference   d = (what engaged is worth more than drifting now) / (1 - discount x (p of engaged - p of drifting))
    index(s)     -burden[s] + discount x (p[1][s] - p[0][s]) x d

The Whittle index of a state is the charge for a contact at which making it and leaving it are worth the same. `d` is what being engaged is
worth more than drifting in the long run. With two states only two policies matter: nobody else is contacted (d of the passive chain), which
holds for the state with the larger index, and both states are contacted (d of the active chain), which holds for the other. No search is
needed. A myopic index looks one step ahead: d is then the value itself.

Sources: P. Whittle, Restless bandits: activity allocation in a changing world, Journal of Applied Probability 25A (1988); A. Mate et al.,
Collapsing bandits and their application to public health interventions, NeurIPS (2020). The closed form is derived in
docs/contact-policy.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.floating]
DRIFTING, ENGAGED = 0, 1


@dataclass(frozen=True, slots=True)
class Arms:
    """Customers side by side; every field has one entry each, or one for all.

    `left` and `contacted` are pairs (from drifting, from engaged) of the probability to be engaged one period later; `value` is money a
    period while engaged; `burden` (drifting, engaged) is what a contact costs in goodwill, in the same money.
    """

    left: tuple[Numbers, Numbers]
    contacted: tuple[Numbers, Numbers]
    value: Numbers
    burden: tuple[Numbers, Numbers]

    def effect(self, state: NDArray[np.integer]) -> Numbers:
        """How much likelier a customer in `state` is to be engaged one period after a contact than without it."""
        gains = [with_ - without for with_, without in zip(self.contacted, self.left, strict=True)]
        return np.where(state == ENGAGED, gains[ENGAGED], gains[DRIFTING])

    def burdened(self, state: NDArray[np.integer]) -> Numbers:
        """What a contact costs in goodwill in `state`."""
        return np.where(state == ENGAGED, self.burden[ENGAGED], self.burden[DRIFTING])


def worth(arms: Arms, discount: float) -> tuple[Numbers, Numbers]:
    """What being engaged is worth more than drifting, where nobody is contacted, and where everybody always is."""
    passive = arms.value / (1 - discount * (arms.left[ENGAGED] - arms.left[DRIFTING]))
    reward = arms.value - arms.burden[ENGAGED] + arms.burden[DRIFTING]
    active = reward / (1 - discount * (arms.contacted[ENGAGED] - arms.contacted[DRIFTING]))
    return passive, active


def myopic(arms: Arms, state: NDArray[np.integer], discount: float) -> Numbers:
    """The gain of a contact within one period."""
    return discount * arms.effect(state) * arms.value - arms.burdened(state)


def both_whittle(arms: Arms, discount: float) -> tuple[Numbers, Numbers]:
    """The Whittle indices of drifting and of engaged. Every such arm is indexable (docs/contact-policy.md, proof)."""
    passive, active = worth(arms, discount)
    gain = [discount * (arms.contacted[state] - arms.left[state]) for state in (DRIFTING, ENGAGED)]
    alone = [gain[state] * passive - arms.burden[state] for state in (DRIFTING, ENGAGED)]
    both = [gain[state] * active - arms.burden[state] for state in (DRIFTING, ENGAGED)]
    first = alone[ENGAGED] >= alone[DRIFTING]
    return np.where(first, both[DRIFTING], alone[DRIFTING]), np.where(first, alone[ENGAGED], both[ENGAGED])


def whittle(arms: Arms, state: NDArray[np.integer], discount: float) -> Numbers:
    """The Whittle index of each customer's present state, in money."""
    drifting, engaged = both_whittle(arms, discount)
    return np.where(state == ENGAGED, engaged, drifting)


def indexable(arms: Arms, discount: float) -> NDArray[np.bool_]:
    """Whether raising the charge only ever takes states out of the contacted set, checked by the slopes of all four policies.

    The advantage of a contact in state s falls with the charge at the rate 1 + discount x gain[s] x (a1 - a0) / (1 - discount x (p1 - p0)),
    where (a0, a1) is the policy; it must be positive for each policy and state.
    """
    slopes = []
    for calm, keen in ((0, 0), (0, 1), (1, 0), (1, 1)):
        upper = (arms.contacted if keen else arms.left)[ENGAGED]
        lower = (arms.contacted if calm else arms.left)[DRIFTING]
        rate = (keen - calm) / (1 - discount * (upper - lower))
        slopes += [1 + discount * (arms.contacted[s] - arms.left[s]) * rate for s in (DRIFTING, ENGAGED)]
    found: NDArray[np.bool_] = np.all(np.stack(np.broadcast_arrays(*slopes)) > 0, axis=0)
    return found
