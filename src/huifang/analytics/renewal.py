"""Renewal: who has a contract tells when he leaves, namely when it ends and is not renewed.

The hazard h(n) is the chance that the contract in its n-th term is the last one. It is counted by age (terms so far) with an interval
after Wilson, and smoothed by the shifted beta-geometric model (Fader, Hardie 2007, “How to Project Customer Retention”): customers differ
in their chance of leaving, Beta(α, β), so that those who have stayed long leave less:

    h(n) = α / (α+β+n-1),   L = Π over ages of h(n)^left · (1-h(n))^renewed
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from huifang.analytics import newton
from huifang.analytics.newton import Array, Fit
from huifang.domain.words import Words

NAME = "shifted-beta-geometric"
PARAMETERS = ("alpha", "beta")
FEWEST = 30
FEW = Words("到期的合约不足 {fewest} 份（{number} 份）。", "Fewer than {fewest} contracts have ended ({number}).")
ALIKE = Words("到期的合约全部续约或全部流失。", "All contracts that ended were renewed, or none was.")
ONE_AGE = Words(
    "到期的合约都在同一期，看不出续约率如何随期数变化。", "All contracts ended at one age: nothing shows how renewal changes with age."
)


@dataclass(frozen=True, slots=True)
class Ended:
    """Contracts that have ended, by term (1 is the first): how many of them were the last one, how many were renewed."""

    left: Mapping[int, int]
    renewed: Mapping[int, int]

    @property
    def ages(self) -> tuple[int, ...]:
        """The terms at which any contract ended."""
        return tuple(sorted(set(self.left) | set(self.renewed)))

    @property
    def number(self) -> int:
        """How many contracts have ended."""
        return sum(self.left.values()) + sum(self.renewed.values())


@dataclass(frozen=True, slots=True)
class Hazard:
    """The chance of leaving at one age as counted: `left` of `ended`, with the interval in which the true one lies 19 times of 20."""

    age: int
    ended: int
    left: int
    low: float
    high: float

    @property
    def counted(self) -> float:
        """The share that has left."""
        return self.left / self.ended


def hazards(ended: Ended) -> tuple[Hazard, ...]:
    """The hazard of every age as counted."""
    found = []
    for age in ended.ages:
        left = ended.left.get(age, 0)
        number = left + ended.renewed.get(age, 0)
        found.append(Hazard(age, number, left, *wilson(left, number)))
    return tuple(found)


def wilson(hits: int, number: int, z: float = 1.959964) -> tuple[float, float]:
    """The interval of a share (Wilson 1927); never below 0 nor above 1.

    >>> [round(one, 3) for one in wilson(0, 10)]
    [0.0, 0.278]
    """
    share, spread = hits / number, z * z / number
    middle, width = share + spread / 2, z * sqrt(share * (1 - share) / number + spread / (4 * number))
    return max(0.0, (middle - width) / (1 + spread)), min(1.0, (middle + width) / (1 + spread))


def fit(ended: Ended) -> Fit:
    """The likeliest α and β."""
    ages = np.array(ended.ages, dtype=float)
    left = np.array([ended.left.get(age, 0) for age in ended.ages], dtype=float)
    renewed = np.array([ended.renewed.get(age, 0) for age in ended.ages], dtype=float)
    why = _hopeless(ended, float(left.sum()), float(renewed.sum()))
    if why is not None:
        return newton.refused(NAME, ended.number, why)

    def likelihood(at: Array) -> tuple[float, Array, Array]:
        alpha, beta = at
        whole, stays = alpha + beta + ages - 1, beta + ages - 1
        value = float(left.sum() * np.log(alpha) + renewed @ np.log(stays) - (left + renewed) @ np.log(whole))
        common, curve = ((left + renewed) / whole).sum(), ((left + renewed) / whole**2).sum()
        slope = np.array([left.sum() / alpha - common, (renewed / stays).sum() - common])
        bend = np.array([[curve - left.sum() / alpha**2, curve], [curve, curve - (renewed / stays**2).sum()]])
        return value, slope, bend

    return newton.fit(NAME, PARAMETERS, likelihood, [1.0, max(float(renewed.sum() / left.sum()), 0.01)], ended.number)


def _hopeless(ended: Ended, left: float, renewed: float) -> Words | None:
    if ended.number < FEWEST:
        return FEW.fill({"fewest": FEWEST, "number": ended.number})
    if not left or not renewed:
        return ALIKE
    return ONE_AGE if len(ended.ages) == 1 else None


def renewal_chance(fitted: Fit, ended: Ended, ages: NDArray[np.int64]) -> NDArray[np.float64]:
    """The chance that a contract in each of these terms is renewed at its end: the model's, or the share of all that were renewed.

    Where nothing has ended yet, nothing is known: not a number.
    """
    if fitted.converged:
        alpha, beta = fitted.values
        chances: NDArray[np.float64] = (beta + ages - 1) / (alpha + beta + ages - 1)
        return chances
    share = sum(ended.renewed.values()) / ended.number if ended.number else np.nan
    return np.full(len(ages), share)


def staying(fitted: Fit, terms: int) -> tuple[float, ...]:
    """The share of a new cohort that is still there after each of so many terms."""
    alpha, beta = fitted.values
    ages = np.arange(1, terms + 1)
    return tuple(float(one) for one in np.cumprod((beta + ages - 1) / (alpha + beta + ages - 1)))
