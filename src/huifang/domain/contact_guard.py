"""The guard against pestering: a class of customers is contacted less often before complaints about being contacted reach 5 %.

    upper  = upper end of the 95 % Wilson interval of complaints out of contacts (E. B. Wilson 1927), one-sided
    slowed = 1 while upper <= 3 %, then in equal steps up to 4 where upper reaches 5 %
    paused = the share has reached 5 %, in the class itself and together with what was expected

The gap between two contacts is lengthened by `slowed`. With few contacts the upper end is far from the share, so that a class about which
little is known is slowed early. What is expected of a class before anything is seen counts like `expected` contacts of the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt

LIMIT, START, MOST = 0.05, 0.03, 4.0
Z = 1.6449
"""The 95th percentile of the normal distribution."""
USUAL_SHARE, USUAL_WEIGHT = 0.01, 200.0
"""Where nothing is known at all: as if two of 200 contacts had been complained about. An assumption, soon outweighed."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What counts before a class's own contacts: a share of complaints, worth so many contacts."""

    share: float = USUAL_SHARE
    weight: float = USUAL_WEIGHT


@dataclass(frozen=True, slots=True)
class Guard:
    """Complaints about contact in a class: its own figures, the share and its upper end with what was expected, and what follows."""

    contacts: int
    complaints: int
    share: float
    upper: float
    slowed: float
    paused: bool

    def gap(self, days: int) -> int:
        """The days between two contacts where `days` would do.

        >>> Guard(100, 3, 0.03, 0.04, 2.5, False).gap(30)
        75
        """
        return ceil(days * self.slowed)


def upper_end(complaints: float, contacts: float) -> float:
    """The share that is exceeded with a chance of 5 % at the most; 1 without contacts.

    >>> round(upper_end(3, 100), 4)
    0.0727
    """
    if contacts <= 0:
        return 1.0
    share, spread = complaints / contacts, Z * Z / contacts
    middle = share + spread / 2
    return min(1.0, (middle + Z * sqrt(share * (1 - share) / contacts + spread / contacts / 4)) / (1 + spread))


def guard(complaints: int, contacts: int, expected: Expected | None = None) -> Guard:
    """What complaints about contact in a class lead to."""
    before = expected or Expected()
    made, said = contacts + before.weight, complaints + before.weight * before.share
    share, upper = said / made, upper_end(said, made)
    slowed = min(MOST, max(1.0, 1 + (MOST - 1) * (upper - START) / (LIMIT - START)))
    return Guard(contacts, complaints, share, upper, slowed, min(share, complaints / max(contacts, 1)) >= LIMIT)
