"""The figures of satisfaction research, each with the interval in which it lies with 95 % confidence.

NPS: promoters (9, 10) less detractors (0 to 6), in points from −100 to 100; interval: adjusted Wald with three answers added, ¾ promoter,
1½ passive, ¾ detractor (Rocks 2016, Interval estimation for the net promoter score, The American Statistician 70).
CSAT: the share that gave one of the two best points; interval: Wilson 1927.
CES and any mean of points: mean; interval: Student's t, its quantile by the expansion of Cornish and Fisher (Abramowitz and Stegun 26.7.5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist, fmean, stdev

_Z = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its interval, and how many answers it rests on. Without enough answers for an interval both ends are None."""

    value: float
    low: float | None
    high: float | None
    answers: int


def nps(points: Sequence[float]) -> Estimate | None:
    """Net promoter score of points from 0 to 10; None without any.

    >>> nps([10, 9, 8, 6]).value
    25.0
    """
    if not points:
        return None
    for_us, against = sum(one >= 9 for one in points), sum(one <= 6 for one in points)
    up, down, all_ = (for_us + 0.75), (against + 0.75), len(points) + 3
    middle = (up - down) / all_
    reach = _Z * sqrt(((up + down) / all_ - middle**2) / all_)
    value = 100 * (for_us - against) / len(points)
    return Estimate(value, max(-100.0, 100 * (middle - reach)), min(100.0, 100 * (middle + reach)), len(points))


def csat(points: Sequence[float], best: float) -> Estimate | None:
    """Percent of points that are the best or the one below it; None without any.

    >>> csat([5, 4, 3, 5], 5).value
    75.0
    """
    if not points:
        return None
    answers = len(points)
    share = sum(one >= best - 1 for one in points) / answers
    wide = 1 + _Z**2 / answers
    middle = (share + _Z**2 / (2 * answers)) / wide
    reach = _Z * sqrt(share * (1 - share) / answers + _Z**2 / (4 * answers**2)) / wide
    return Estimate(100 * share, 100 * max(0.0, middle - reach), 100 * min(1.0, middle + reach), answers)


def mean(points: Sequence[float]) -> Estimate | None:
    """The mean of points; None without any, no interval for a single one.

    >>> mean([4, 5, 3]).value
    4.0
    """
    if not points:
        return None
    value, answers = fmean(points), len(points)
    if answers == 1:
        return Estimate(value, None, None, 1)
    reach = student(answers - 1) * stdev(points) / sqrt(answers)
    return Estimate(value, value - reach, value + reach, answers)


def student(freedom: int) -> float:
    """The 97.5 % quantile of Student's t; within 0.5 % from 3 degrees of freedom on, exact for 1 and 2.

    >>> round(student(10), 2), round(student(2), 3)
    (2.23, 4.303)
    """
    if freedom <= 2:
        return 12.706205 if freedom == 1 else 4.302653
    z, v = _Z, float(freedom)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    fourth = (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160
    return z + first / v + second / v**2 + third / v**3 + fourth / v**4
