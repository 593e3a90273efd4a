"""Small tables as plain values, read before anything is computed: later there would be everything before them to wait for."""

from __future__ import annotations

from dataclasses import dataclass

from huifang.engine.presence import Presence, presence
from huifang.engine.stages import Inputs, PlanContext
from huifang.engine.triggers.ground import Days, read_days


@dataclass(frozen=True, slots=True)
class AtHand:
    """Every day of every calendar with the calendar's name, and who is at work."""

    days: Days
    presence: Presence


def at_hand(context: PlanContext, inputs: Inputs) -> AtHand:
    """Three queries, four where a shift is known."""
    return AtHand(read_days(context, inputs), presence(context, inputs))
