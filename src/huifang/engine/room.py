"""Whether somebody can take one more contact: places of the day, and of its parts where a shift is known.

A contact can be made in some parts of the day; it takes a place of one of them. By Hall's theorem the contacts of a person all find one
exactly when no set of parts holds more contacts that can be made nowhere else than it has places; with four parts that is quickly seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from huifang.engine.presence import Person

Parts = frozenset[int]
"""Parts of the day (places in `domain.shifts.PARTS`); empty: any."""


def usable(person: Person, parts: Parts) -> Parts | None:
    """The parts in which the person has places for such a contact; empty: any, for no shift is known; None: there is none."""
    if not person.parts:
        return frozenset()
    return frozenset(part for part, places in enumerate(person.parts) if places and (not parts or part in parts)) or None


def fits(person: Person, held: Counter[Parts], parts: Parts) -> bool:
    """Whether one more contact of these parts finds a place beside those the person holds (by their usable parts)."""
    mine = usable(person, parts)
    if mine is None or held.total() >= person.capacity:
        return False
    return all(
        sum(number for other, number in held.items() if other and other <= wider) < sum(person.parts[part] for part in wider)
        for wider in (_wider(mine, len(person.parts)) if mine else ())
    )


def _wider(parts: Parts, of: int) -> Iterator[Parts]:
    """Every set of parts that holds these."""
    rest = sorted(set(range(of)) - parts)
    for number in range(len(rest) + 1):
        for more in combinations(rest, number):
            yield parts.union(more)
