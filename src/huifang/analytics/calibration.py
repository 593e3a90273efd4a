"""Does a model say what then happens? Expected and real purchases of a time it has not seen, and its ranking beside a plain one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from huifang.analytics.histories import Buying

MOST = 7
"""Customers with so many repeat purchases or more are one group."""


@dataclass(frozen=True, slots=True)
class Group:
    """Customers with the same number of repeat purchases: what was expected of one on average, and what came."""

    repeats: int
    customers: int
    expected: float
    real: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """A model learned up to `split` beside the purchases from then to `until`.

    `rank` and `plain_rank` are the rank correlations (Spearman) of the real purchases with the expected ones, and with the plain number
    of purchases before; not a number where all are alike.
    """

    split: date
    until: date
    groups: tuple[Group, ...]
    expected: float
    real: float
    rank: float
    plain_rank: float


def calibrate(model: ModuleType, known: Buying, split: date, until: date) -> Calibration | None:
    """Fits `model` to what was known on `split` and compares with what came up to `until`; None where it cannot be fitted."""
    fit = model.fit(known.purchases)
    if not fit.converged:
        return None
    expected = model.scored(fit.values, known.purchases, (until - split).days)[1]
    x, later = np.minimum(known.purchases.repeats, MOST), known.later.astype(float)
    number = np.bincount(x, minlength=MOST + 1)
    sums = [np.bincount(x, each, minlength=MOST + 1) for each in (expected, later)]
    groups = tuple(
        Group(place, int(number[place]), float(sums[0][place] / number[place]), float(sums[1][place] / number[place]))
        for place in range(MOST + 1)
        if number[place]
    )
    plain = known.purchases.repeats.astype(float)
    return Calibration(
        split, until, groups, float(expected.sum()), float(later.sum()), rank_correlation(expected, later), rank_correlation(plain, later)
    )


def rank_correlation(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Spearman's: the correlation of the ranks, equals sharing theirs.

    >>> round(rank_correlation(np.array([1.0, 2.0, 3.0]), np.array([10.0, 40.0, 30.0])), 3)
    0.5
    """
    first, second = _ranks(one), _ranks(other)
    spread = first.std() * second.std()
    return float(((first - first.mean()) * (second - second.mean())).mean() / spread) if spread else float("nan")


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    _, place, number = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(number)
    found: NDArray[np.float64] = (ends - (number - 1) / 2)[place]
    return found
