"""How the morning deals contacts to people: the proven best where it can be had in time, else in turn; and how well that went.

`how` are plain values, kept with the plan:

    way       ``optimal``, or ``in-turn`` with `why` (``not-installed``, ``out-of-time``)
    made      contacts that were dealt, `wished` of them with somebody they prefer, `kept` given to that person
    gap       contacts that could be with the person they prefer, and are not: 0 where that is proven, else the most there can be
    apart     so many contacts the load of somebody differs from an equal share of their desk's, by places; the largest of all
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from math import ceil

from huifang.engine.dealing import in_turn
from huifang.engine.presence import Key, Presence
from huifang.engine.work import Dealt, Work

LIMIT = 20.0
"""Seconds that finding the best may take."""


class Dealer:
    """A `dealing.Deal` that remembers how it dealt. `how` is empty until there was something to deal."""

    def __init__(self, seconds: float = LIMIT) -> None:
        self.seconds = seconds
        self.how: Mapping[str, str | int] = {}

    def __call__(self, presence: Presence, works: Sequence[Work]) -> Sequence[Dealt]:
        """What becomes of each contact, given in order of rank."""
        if not works:
            return []
        dealt, way, why = self._dealt(presence, works)
        made = [(work, staff) for work, (is_made, staff) in zip(works, dealt, strict=True) if is_made]
        wished = sum(work.preferred is not None for work, _ in made)
        kept = sum(work.preferred is not None and work.preferred == staff for work, staff in made)
        self.how = {
            "way": way, "why": why, "made": len(made), "wished": wished, "kept": kept,
            "gap": 0 if way == "optimal" else wished - kept, "apart": apart(presence, [staff for _, staff in made]),
        }  # fmt: skip
        return dealt

    def _dealt(self, presence: Presence, works: Sequence[Work]) -> tuple[Sequence[Dealt], str, str]:
        if find_spec("ortools") is None:
            return in_turn(presence, works), "in-turn", "not-installed"
        from huifang.analytics.assignment import OutOfTime, best

        try:
            return best(presence, works, self.seconds).dealt, "optimal", ""
        except OutOfTime:
            return in_turn(presence, works), "in-turn", "out-of-time"


def apart(presence: Presence, given: Sequence[Key | None]) -> int:
    """How many contacts the load of somebody is from an equal share of their desk's, by places, rounded up; the largest of all."""
    load = Counter(given)
    desks: dict[str, list[Key]] = {}
    for person in presence.people.values():
        desks.setdefault(person.desk, []).append(person.staff_id)
    most = 0.0
    for people in desks.values():
        places = sum(max(presence.people[key].capacity, 0) for key in people)
        whole = sum(load[key] for key in people)
        shares = ((load[key], whole * max(presence.people[key].capacity, 0) / places) for key in people if places)
        most = max(most, *(abs(has - share) for has, share in shares), 0.0)
    return ceil(most - 1e-9)
