"""The contact policy of the whole business: what the last night has learned, the pace of each class, and whom the day's plan chose how."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q

from huifang.app.access import occurrences_for
from huifang.app.records.models import PolicyLearning, Staff
from huifang.domain.contact_classes import class_title

WAYS = ("worth", "drawn", "waited")
"""How a programme that chooses by worth came to somebody: `engine.triggers.adaptive`."""


@dataclass(frozen=True, slots=True)
class Line:
    """A class: customers, expected effect in points of a hundred (None: by the rule), contacts, complaints about them, upper end, pace."""

    title: str
    customers: int
    effect: float | None
    contacts: int
    complaints: int
    upper: float
    slowed: float
    paused: bool


@dataclass(frozen=True, slots=True)
class Pace:
    """The last learning with its classes, those that are slowed down first; `chosen` by worth, by draw, by waiting on the day."""

    day: date
    state: str
    by_rule: bool
    contacts: int
    lines: tuple[Line, ...]
    chosen: dict[str, int]


def pace(staff: Staff, day: date, language: str) -> Pace | None:
    """The pace on `day`; None before anything has been learned. Two queries."""
    learning = PolicyLearning.objects.filter(day__lte=day).first()
    if learning is None:
        return None
    ways = {way: Count("pk", filter=Q(cause=f"{day.isoformat()}:{way}")) for way in WAYS}
    chosen = occurrences_for(staff).filter(cause_day=day).aggregate(**ways)
    lines = sorted((_line(each, language) for each in learning.classes), key=lambda line: (-line.slowed, -line.customers))
    by_rule = learning.state != PolicyLearning.State.LEARNED
    return Pace(learning.day, learning.get_state_display(), by_rule, learning.contacts, tuple(lines), chosen)


def _line(kept: dict[str, Any], language: str) -> Line:
    effect = None if kept["effect"] is None else 100 * kept["effect"]
    return Line(
        class_title(kept["name"]).say(language), kept["customers"], effect, kept["contacts"], kept["complaints"], 100 * kept["upper"],
        kept["slowed"], kept["paused"],
    )  # fmt: skip
