"""What is dealt to people, and what becomes of it; plain values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from huifang.engine.presence import Key, Presence
from huifang.engine.room import Parts


@dataclass(frozen=True, slots=True)
class Work:
    """One contact to be dealt: the person preferred (at work and able), the desk, the skills it needs, whether it was promised."""

    preferred: Key | None
    desk: str
    needs: frozenset[str]
    promised: bool
    hard: bool = False
    """A hard one (`hard_cases`): they are shared evenly."""
    parts: Parts = frozenset()
    """Parts of the day in which it can be made (`domain.shifts.PARTS`); empty: any."""


Dealt = tuple[bool, Key | None]
"""Whether a contact is made, and by whom (None: a promise that nobody at all can be given)."""
Deal = Callable[[Presence, Sequence[Work]], Sequence[Dealt]]
"""A way of dealing: what becomes of each contact, in the order of rank in which they are given."""
