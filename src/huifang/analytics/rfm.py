"""Recency, frequency, money: scores by stated cuts. 1 is the lowest; each cut that is reached adds one.

A cut is a number that must be reached (for recency: days that must not be exceeded), or ``top 20 %``: then it is the number of the customer
in that place, counted from the best among all who have bought, and everybody who equals him is in; who has nothing is never in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

import numpy as np
from numpy.typing import NDArray

from huifang.domain.spans import Span, shift
from huifang.domain.words import Words

SCORES = ("recency_score", "frequency_score", "money_score")


@dataclass(frozen=True, slots=True)
class Cut:
    """A cut as it was written, and the number it stands for."""

    text: Words
    bound: float


def recency_cuts(spans: Sequence[Span], day: date) -> tuple[Cut, ...]:
    """Spans as days before `day`."""
    return tuple(_within(span.in_words(), (day - shift(day, span, -1)).days) for span in spans)


def _within(span: Words, days: int) -> Cut:
    return Cut(Words(f"{span.zh}以内", f"within {span.en}"), float(days))


def cuts(texts: Sequence[str], values: NDArray[np.float64]) -> tuple[Cut, ...]:
    """Written cuts over the values of everybody.

    >>> [cut.bound for cut in cuts(["top 20 %", "2"], np.array([9.0, 4.0, 4.0, 1.0, 1.0]))]
    [9.0, 2.0]
    """
    ordered = -np.sort(-values)
    return tuple(_cut(text, ordered) for text in texts)


def _cut(text: str, ordered: NDArray[np.float64]) -> Cut:
    if not text.startswith("top"):
        return Cut(Words(f"至少 {text}", f"at least {text}"), float(text))
    share = text.removeprefix("top").strip(" %")
    ordered = ordered[: max(ceil(round(float(share) / 100 * len(ordered), 9)), 1)]
    any_at_all = ordered[ordered > 0]
    bound = float(any_at_all[-1]) if len(any_at_all) else float("inf")
    return Cut(Words(f"前 {share} %，即至少 {bound:,g}", f"top {share} %, which is at least {bound:,g}"), bound)


def scores(values: NDArray[np.float64], bounds: Sequence[Cut], *, most: bool = False) -> NDArray[np.float64]:
    """How many cuts each value reaches, and one; with `most` the bounds must not be exceeded."""
    found = np.ones(len(values))
    for cut in bounds:
        found += (values <= cut.bound) if most else (values >= cut.bound)
    return found


def reached(score: float, bounds: Sequence[Cut]) -> Words:
    """The best cut that a score stands for.

    >>> reached(1, [Cut(Words("前 20 %", "top 20 %"), 9.0)]).en
    'reaches no cut'
    """
    place = len(bounds) - int(score) + 1
    return bounds[place].text if place < len(bounds) else Words("未达任何分界", "reaches no cut")
