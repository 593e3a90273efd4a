"""How often, how lately and since when customers have bought: all that the models of buying need to know.

A purchase is a day with at least one event: several orders of one day are one. For each customer with a purchase up to a day: `repeats`,
the purchases after the first; `last`, days from the first to the last; `age`, days from the first to that day. The models depend on
nothing else, so customers with the same three numbers are counted together.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int32]
WEEK = 7.0


@dataclass(frozen=True)
class Purchases:
    """One place for each customer; days as whole numbers. `unit`: how many days the models take for one of time (weeks)."""

    repeats: Counts
    last: Counts
    age: Counts
    unit: float = WEEK

    def __len__(self) -> int:
        return len(self.repeats)

    @cached_property
    def grouped(self) -> Grouped:
        """Customers with the same three numbers, counted."""
        return group(self)


@dataclass(frozen=True, slots=True)
class Grouped:
    """Sufficient statistics: each distinct (`repeats`, `last`, `age`) with its number of customers, those who bought again first.

    Of the first `again` groups repeats are above 0; the others have bought once.
    """

    repeats: Counts
    last: Counts
    age: Counts
    number: NDArray[np.float64]
    again: int
    unit: float


def group(purchases: Purchases) -> Grouped:
    """Counts equal customers: who bought once by age alone, the others by sorting one whole number that holds all three."""
    once = purchases.repeats == 0
    ages = np.bincount(purchases.age[once]) if once.any() else np.zeros(1, dtype=np.int64)
    single = np.flatnonzero(ages)
    keep = ~once
    days, ages_of = (int(purchases.last.max(initial=0)) + 1, int(purchases.age.max(initial=0)) + 1)
    key = purchases.repeats[keep].astype(np.int64)
    key *= days
    key += purchases.last[keep]
    key *= ages_of
    key += purchases.age[keep]
    key.sort()
    first = np.flatnonzero(np.r_[True, key[1:] != key[:-1]]) if len(key) else np.zeros(0, dtype=np.int64)
    number = np.diff(np.r_[first, len(key)])
    distinct = key[first]
    rest, age = np.divmod(distinct, ages_of)
    repeats, last = np.divmod(rest, days)
    nothing = np.zeros(len(single), dtype=np.int32)
    return Grouped(
        np.r_[repeats.astype(np.int32), nothing],
        np.r_[last.astype(np.int32), nothing],
        np.r_[age.astype(np.int32), single.astype(np.int32)],
        np.r_[number, ages[single]].astype(np.float64),
        len(distinct),
        purchases.unit,
    )
