"""Did contacting change anything? The contacted against the hold-out group, with intervals and with what could not have been seen.

Intention to treat: whoever was drawn to be contacted counts as contacted, reached or not; both arms are watched from the same kind of day
for the same number of days.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from statistics import NormalDist

from huifang.analytics.shares import LEVEL, Difference, Share, difference, share

POWER = 0.8
FEWEST, FEWEST_RETURNED = 30, 10
"""Customers, and among them returned ones, that an arm must have before means of amounts are compared: with fewer the normal distribution
says nothing of them."""


class Verdict(StrEnum):
    """What may be said of a difference."""

    NOTHING = "nothing"
    """One of the arms is empty."""
    UNSURE = "unsure"
    """The interval holds zero: it cannot be told yet."""
    MORE = "more"
    LESS = "less"


@dataclass(frozen=True, slots=True)
class Arm:
    """One group: customers, how many of them came back, and the sum and sum of squares of what each of them spent."""

    customers: int
    returned: int
    spent: float = 0.0
    spent_squared: float = 0.0


@dataclass(frozen=True, slots=True)
class Uplift:
    """Two arms compared. `difference`: contacted less held out, a share; `detectable`: the smallest difference that arms of this size
    show with a power of 80 %; `amount`: the difference of what a customer spent, where there are enough of them.
    """

    contacted: Share
    held_out: Share
    difference: Difference | None
    verdict: Verdict
    detectable: float | None
    amount: Difference | None


@dataclass(frozen=True, slots=True)
class Return:
    """What contacting cost and brought, in money: `cost` of all contacts, what they added with its interval, and how many times the cost
    that is (None where nothing was spent or nothing can be said).
    """

    cost: float
    added: Difference | None
    times: Difference | None


def uplift(contacted: Arm, held_out: Arm, level: float = LEVEL) -> Uplift:
    """Compare the arms: Newcombe's interval for the shares (`shares.difference`), Welch's for the means (`mean_difference`)."""
    with_contact, without = share(contacted.returned, contacted.customers, level), share(held_out.returned, held_out.customers, level)
    found = difference(without, with_contact)
    smallest = detectable(without.share, held_out.customers, contacted.customers, level) if without.share is not None else None
    return Uplift(with_contact, without, found, verdict(found), smallest, mean_difference(held_out, contacted, level))


def verdict(found: Difference | None) -> Verdict:
    """What an interval allows to say.

    >>> verdict(Difference(0.04, -0.01, 0.09)).value, verdict(Difference(0.04, 0.01, 0.07)).value
    ('unsure', 'more')
    """
    if found is None:
        return Verdict.NOTHING
    if found.low > 0:
        return Verdict.MORE
    return Verdict.LESS if found.high < 0 else Verdict.UNSURE


def detectable(base: float, first: int, second: int, level: float = LEVEL, power: float = POWER) -> float | None:
    """The smallest rise above the share `base` that groups of these sizes show with the given power; None where one is empty or no rise
    up to 1 is large enough.

    The usual sample-size formula for two shares (Fleiss, Levin, Paik: Statistical Methods for Rates and Proportions, 3rd ed. 2003, chapter
    4), for unequal groups, without correction for continuity, solved for the difference by halving:
    z(α/2)·sqrt(p̄q̄(1/n1+1/n2)) + z(β)·sqrt(p1q1/n1+p2q2/n2).

    >>> round(detectable(0.5, 388, 388), 3)
    0.1
    """
    if not first or not second:
        return None
    normal = NormalDist()
    seen, missed = normal.inv_cdf((1 + level) / 2), normal.inv_cdf(power)

    def needed(rise: float) -> float:
        other = base + rise
        pooled = (base * first + other * second) / (first + second)
        same = sqrt(pooled * (1 - pooled) * (1 / first + 1 / second))
        apart = sqrt(base * (1 - base) / first + max(other * (1 - other), 0.0) / second)
        return seen * same + missed * apart

    low, high = 0.0, 1.0 - base
    if needed(high) > high:
        return None
    for _step in range(50):
        middle = (low + high) / 2
        low, high = (low, middle) if needed(middle) <= middle else (middle, high)
    return high


def mean_difference(before: Arm, after: Arm, level: float = LEVEL) -> Difference | None:
    """What a customer of `after` spent more than one of `before`, with Welch's interval (B. L. Welch, Biometrika 34, 1947, 28–35) by the
    normal distribution; None where an arm has fewer than `FEWEST` customers or `FEWEST_RETURNED` that came back.
    """
    if min(before.customers, after.customers) < FEWEST or min(before.returned, after.returned) < FEWEST_RETURNED:
        return None
    moved = after.spent / after.customers - before.spent / before.customers
    half = NormalDist().inv_cdf((1 + level) / 2) * sqrt(_variance(before) / before.customers + _variance(after) / after.customers)
    return Difference(moved, moved - half, moved + half)


def returned_for(found: Uplift, contacted: Arm, cost: float) -> Return:
    """What contacting this many customers added, against what it cost."""
    if found.amount is None:
        return Return(cost, None, None)
    added = _times(found.amount, contacted.customers)
    return Return(cost, added, _times(added, 1 / cost) if cost else None)


def _times(found: Difference, factor: float) -> Difference:
    return Difference(found.difference * factor, found.low * factor, found.high * factor)


def _variance(arm: Arm) -> float:
    mean = arm.spent / arm.customers
    return max(0.0, (arm.spent_squared - arm.customers * mean * mean) / (arm.customers - 1))
