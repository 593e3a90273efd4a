"""What a source system's list says and our records do not, the other way round, and where both differ (plan P20)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Key = tuple[str, str]
"""Kind and code of an event."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What one side says of an event. None and empty say nothing, and what says nothing does not differ."""

    day: date
    amount: Decimal | None = None
    customer: str = ""
    """The customer's code."""


@dataclass(frozen=True, slots=True)
class Differing:
    """One thing both speak of, and what they say differently: ``day``, ``amount`` or ``customer``."""

    key: Key
    there: Fact
    here: Fact
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Differences:
    """Keys in order of kind and code. `same` counts what agrees."""

    missing_here: tuple[Key, ...]
    missing_there: tuple[Key, ...]
    differing: tuple[Differing, ...]
    same: int


def differences(there: Mapping[Key, Fact], here: Mapping[Key, Fact]) -> Differences:
    """Compare the source's facts with ours.

    >>> day = date(2026, 11, 20)
    >>> found = differences({("job", "1"): Fact(day), ("job", "2"): Fact(day, Decimal(9))}, {("job", "2"): Fact(day, Decimal(8))})
    >>> found.missing_here, found.missing_there, found.differing[0].fields
    ((('job', '1'),), (), ('amount',))
    """
    both = sorted(there.keys() & here.keys())
    differing = tuple(Differing(key, there[key], here[key], fields) for key in both if (fields := _fields(there[key], here[key])))
    return Differences(
        tuple(sorted(there.keys() - here.keys())), tuple(sorted(here.keys() - there.keys())), differing, len(both) - len(differing)
    )


def _fields(there: Fact, here: Fact) -> tuple[str, ...]:
    told = {
        "day": there.day != here.day,
        "amount": None not in (there.amount, here.amount) and there.amount != here.amount,
        "customer": bool(there.customer and here.customer) and there.customer != here.customer,
    }
    return tuple(name for name, differs in told.items() if differs)
