"""Shifts: the hours somebody works on a day, and how many of the day's places each part of the day gets."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo

from huifang.domain.windows import DAY_PARTS, Hours, Window, windows_on

PARTS = tuple(DAY_PARTS)
"""The parts of a day in order; shifts and contacts name them by their place here."""
_BETWEEN = re.compile(r"\s*[,，;；、]\s*")


def parse(text: str | None) -> tuple[Hours, ...]:
    """Read ``09:00-12:00, 14:00-18:00``; nothing is no shift. Raises `Invalid` with the form that is understood.

    >>> [str(hours) for hours in parse("09:00-12:00，14:00-18:00")]
    ['09:00-12:00', '14:00-18:00']
    """
    return tuple(Hours.parse(each) for each in _BETWEEN.split((text or "").strip()) if each)


def places(capacity: int, shift: Iterable[Hours]) -> tuple[int, ...]:
    """The day's places by part of the day, as the shift's minutes lie in them; empty without a shift. Largest remainders first.

    >>> places(40, parse("09:00-12:00, 14:00-18:00"))
    (17, 0, 23, 0)
    """
    minutes = [sum(max(0, min(hours.end, part.end) - max(hours.start, part.start)) for hours in shift) for part in DAY_PARTS.values()]
    whole, given = sum(minutes), max(capacity, 0)
    if not whole:
        return ()
    found = [given * each // whole for each in minutes]
    left = sorted(range(len(found)), key=lambda place: (-(given * minutes[place] % whole), place))
    for place in left[: given - sum(found)]:
        found[place] += 1
    return tuple(found)


def parts_of(windows: Iterable[Window], day: date, zone: ZoneInfo) -> frozenset[int]:
    """The parts of `day` by the wall clock of `zone` that the windows (UTC) touch."""
    lying = [(place, part) for place, hours in enumerate(DAY_PARTS.values()) for part in windows_on(day, (hours,), zone)]
    return frozenset(place for window in windows for place, part in lying if window.opens < part.closes and part.opens < window.closes)
