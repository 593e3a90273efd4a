"""SERVQUAL: for each dimension of service, what was found less what was expected (Parasuraman, Zeithaml and Berry 1988).

Both sides are points of the same scale. A respondent's score of a dimension and side is the mean of what they answered of it; their gap
is perception less expectation, and only those who answered both sides have one. Below zero, the service falls short.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

from huifang.domain.survey_scores import Estimate, mean

Side = Literal["expectation", "perception"]
Points = Mapping[tuple[str, Side], tuple[float, ...]]
"""One respondent: the points given, by dimension and side."""


@dataclass(frozen=True, slots=True)
class Gap:
    """One dimension over those who answered both sides: the mean of each side, and the gap with its interval."""

    dimension: str
    expectation: float
    perception: float
    gap: Estimate


def gaps(respondents: Iterable[Points]) -> tuple[Gap, ...]:
    """The gap of every dimension that somebody answered both sides of, the widest shortfall first.

    >>> [(one.dimension, one.gap.value) for one in gaps([{("speed", "expectation"): (5.0,), ("speed", "perception"): (3.0, 4.0)}])]
    [('speed', -1.5)]
    """
    both: dict[str, list[tuple[float, float]]] = {}
    for each in respondents:
        for dimension in dict.fromkeys(name for name, _side in each):
            wanted, found = each.get((dimension, "expectation")), each.get((dimension, "perception"))
            if wanted and found:
                both.setdefault(dimension, []).append((fmean(wanted), fmean(found)))
    rows = []
    for dimension, pairs in both.items():
        gap = mean([found - wanted for wanted, found in pairs])
        assert gap is not None  # noqa: S101 - a dimension is there because somebody answered it
        rows.append(Gap(dimension, fmean(one for one, _ in pairs), fmean(one for _, one in pairs), gap))
    return tuple(sorted(rows, key=lambda row: (row.gap.value, row.dimension)))
