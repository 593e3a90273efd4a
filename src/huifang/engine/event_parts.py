"""How what facts take from the events follows from what it was: some events more or less need not mean reading all of them again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from huifang.domain.spans import Span
from huifang.playbooks.facts import Fact


class How(Enum):
    """What becomes of a customer's value with further events: what they add, the least or the greatest of all, or it is read anew."""

    ADDED = auto()
    LEAST = auto()
    GREATEST = auto()
    ANEW = auto()


@dataclass(frozen=True, slots=True)
class Part:
    """A column of `facts.EventFacts`. `window`: the sliding window it looks through; `summed`: the column of events it is the sum of."""

    column: str
    how: How
    window: Span | None = None
    summed: str | None = None


def part(fact: Fact, column: str) -> Part:
    """The part that a fact of events is. The first and the last in a window are read anew, for events leave it."""
    summed = fact.field if fact.aggregate == "sum" else None
    if fact.aggregate in ("count", "sum"):
        return Part(column, How.ADDED, fact.window, summed)
    ends = fact.window is None and fact.field is None
    how = {"first": How.LEAST, "last": How.GREATEST}.get(str(fact.aggregate), How.ANEW) if ends else How.ANEW
    return Part(column, how, fact.window)
