"""The most that any policy could earn with a budget of contacts: the Lagrangian relaxation over a finite horizon.

    bound = min over charge >= 0 of  sum of V_i(charge) + charge x budget x (1 + discount + discount^2 + ...)

V_i is what customer i alone earns when every contact costs the charge (backward induction over its two states). Charging instead of
forbidding lets the budget be kept on average only, so no policy that keeps it every period can earn more (weak duality; Whittle 1988;
Hawkins 2003). The bound is convex in the charge; it is found by bisection on its slope, budget minus contacts made.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from huifang.analytics.contact_arms import DRIFTING, ENGAGED, Arms


def relaxed(arms: Arms, state: NDArray[np.integer], charge: float, discount: float, periods: int) -> tuple[float, float]:
    """What all customers earn together at a charge, and their discounted number of contacts."""
    zero = np.zeros(len(state))
    worth, calls = (zero, zero), (zero, zero)
    for _ in range(periods):
        following = []
        for now in (DRIFTING, ENGAGED):
            earned = arms.value * (now == ENGAGED)
            p, q = arms.left[now], arms.contacted[now]
            leave = earned + discount * (worth[0] + p * (worth[1] - worth[0]))
            call = earned - arms.burden[now] - charge + discount * (worth[0] + q * (worth[1] - worth[0]))
            chosen = call > leave
            move = np.where(chosen, q, p)
            following.append((np.where(chosen, call, leave), chosen + discount * (calls[0] + move * (calls[1] - calls[0]))))
        worth, calls = (following[0][0], following[1][0]), (following[0][1], following[1][1])
    pick = state == ENGAGED
    return float(np.where(pick, worth[1], worth[0]).sum()), float(np.where(pick, calls[1], calls[0]).sum())


def upper_bound(arms: Arms, state: NDArray[np.integer], budget: float, discount: float, periods: int) -> float:
    """The bound on the discounted earnings of `periods` periods with `budget` contacts a period."""
    factor = float(np.sum(discount ** np.arange(periods)))

    def dual(charge: float) -> tuple[float, float]:
        earned, calls = relaxed(arms, state, charge, discount, periods)
        return earned + charge * budget * factor, budget * factor - calls

    low, high = 0.0, float(np.max(arms.value)) * factor
    best = min(dual(low)[0], dual(high)[0])
    for _ in range(40):
        middle = (low + high) / 2
        value, slope = dual(middle)
        best = min(best, value)
        low, high = (middle, high) if slope < 0 else (low, middle)
    return best
