"""Shares with honest intervals: how far the share that was counted may lie from the true one, and two shares compared."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `total`, with the interval from `low` to `high`; `share` is None where nothing was counted."""

    hits: int
    total: int
    share: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """The later share less the earlier one, with its interval."""

    difference: float
    low: float
    high: float


def share(hits: int, total: int, level: float = LEVEL) -> Share:
    """A share with Wilson's score interval (E. B. Wilson, JASA 22, 1927, 209–212); of nothing, the interval is from 0 to 1.

    >>> round(share(8, 10).low, 3), round(share(8, 10).high, 3)
    (0.49, 0.943)
    """
    if not 0 <= hits <= total:
        raise ValueError(f"{hits} of {total}")
    if not total:
        return Share(0, 0, None, 0.0, 1.0)
    z = NormalDist().inv_cdf((1 + level) / 2)
    p, square = hits / total, z * z
    middle = (p + square / (2 * total)) / (1 + square / total)
    half = z * sqrt(p * (1 - p) / total + square / (4 * total * total)) / (1 + square / total)
    low, high = (middle - half if hits else 0.0), (middle + half if hits < total else 1.0)
    return Share(hits, total, p, low, high)


def difference(before: Share, after: Share) -> Difference | None:
    """After less before with Newcombe's hybrid score interval (R. G. Newcombe, Statistics in Medicine 17, 1998, 873–890, method 10); None
    where one of them counted nothing.
    """
    if before.share is None or after.share is None:
        return None
    moved = after.share - before.share
    down = sqrt((after.share - after.low) ** 2 + (before.high - before.share) ** 2)
    up = sqrt((after.high - after.share) ** 2 + (before.share - before.low) ** 2)
    return Difference(moved, moved - down, moved + up)
