"""Which topics come first: by how often they are named, or by how much that weighs (Pareto)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

_WEIGHTS = {"complaint": 3.0, "suggestion": 1.0, "praise": 0.0}


@dataclass(frozen=True, slots=True)
class Count:
    """So many statements of one topic, kind and urgency (0, 1 or 2)."""

    topic: str
    kind: str
    urgency: int
    number: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """One topic: how many statements, what they weigh together, and the share of the whole up to and with it (0 to 1)."""

    topic: str
    number: int
    weight: float
    so_far: float


def weight_of(kind: str, urgency: int) -> float:
    """A complaint weighs 3, a suggestion 1, praise nothing; what presses weighs half as much again, what is urgent twice as much.

    >>> weight_of("complaint", 2), weight_of("suggestion", 0)
    (6.0, 1.0)
    """
    return _WEIGHTS.get(kind, 0.0) * (1 + urgency / 2)


def ranked(counts: Iterable[Count], by: Literal["number", "weight"]) -> list[Ranked]:
    """Topics from the greatest down, equal ones by name; those that weigh nothing are left out when the order is by weight."""
    number: dict[str, int] = {}
    weight: dict[str, float] = {}
    for one in counts:
        number[one.topic] = number.get(one.topic, 0) + one.number
        weight[one.topic] = weight.get(one.topic, 0.0) + one.number * weight_of(one.kind, one.urgency)
    size: dict[str, float] = dict(number) if by == "number" else weight
    order = sorted((topic for topic in size if size[topic] > 0), key=lambda topic: (-size[topic], topic))
    total, so_far, rows = sum(size.values()), 0.0, []
    for topic in order:
        so_far += size[topic]
        rows.append(Ranked(topic, number[topic], weight[topic], so_far / total))
    return rows
