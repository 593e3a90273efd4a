"""Dealing contacts out to people, in order of rank, on plain values.

Each contact goes to the person it prefers while that one has room, else to the colleague with the smallest load: what somebody has and
what still waits for that person, against the person's places. A promise is given to somebody even where nobody has room. Where a shift is
known, a contact takes a place in a part of the day in which it can be made. At the end the hard contacts are handed round.

Worked example: Li and Wang have 2 places each; contacts 1, 2 and 3 prefer Li, 4 prefers nobody. 1 and 2 go to Li, 3 and 4 to Wang.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from heapq import heapify, heappop, heapreplace

from huifang.engine.fair_shares import shared_evenly
from huifang.engine.presence import Key, Person, Presence
from huifang.engine.room import Parts, fits, usable
from huifang.engine.work import Dealt, Work

Queue = list[tuple[float, str, str, Key]]


def in_turn(presence: Presence, works: Sequence[Work]) -> Sequence[Dealt]:
    """One after another, each as well as it then can be: no library needed. Best in whom it contacts first, not in who does it."""
    dealer = Dealer(presence, works)
    dealt = [dealer.deal(work) for work in works]
    return shared_evenly(works, dealt) if any(work.hard for work in works) else dealt


class Dealer:
    """Gives out places; `deal` is called with the contacts in order of rank."""

    def __init__(self, presence: Presence, works: Sequence[Work]) -> None:
        self._presence = presence
        self._has: Counter[Key] = Counter()
        self._waiting = Counter(work.preferred for work in works if work.preferred is not None)
        self._held: dict[Key, Counter[Parts]] = defaultdict(Counter)
        self._queues: dict[tuple[str, frozenset[str], Parts], Queue] = {}

    def deal(self, work: Work) -> Dealt:
        """What becomes of the next contact."""
        chosen = self._preferred(work) or self._least_loaded(work)
        if chosen is None and work.promised:
            chosen = self._in_any_case(work)
            if chosen is None:
                return True, None
        if chosen is None:
            return False, None
        self._has[chosen.staff_id] += 1
        mine = usable(chosen, work.parts)
        if mine is not None:  # a promise outside the shift takes none of its places
            self._held[chosen.staff_id][mine] += 1
        return True, chosen.staff_id

    def _preferred(self, work: Work) -> Person | None:
        if work.preferred is None:
            return None
        self._waiting[work.preferred] -= 1
        person = self._presence.people[work.preferred]
        return person if self._has_room(person, work.parts) else None

    def _has_room(self, person: Person, parts: Parts) -> bool:
        return fits(person, self._held[person.staff_id], parts)

    def _load(self, person: Person) -> float:
        return (self._has[person.staff_id] + self._waiting[person.staff_id]) / max(person.capacity, 1)

    def _least_loaded(self, work: Work) -> Person | None:
        queue = self._queue(work)
        while queue:
            load, _draw, _text, staff_id = queue[0]
            person = self._presence.people[staff_id]
            if not self._has_room(person, work.parts):
                heappop(queue)
            elif self._load(person) != load:
                heapreplace(queue, self._entry(person))
            else:
                return person
        return None

    def _queue(self, work: Work) -> Queue:
        key = (work.desk, work.needs, work.parts)
        if key not in self._queues:
            queue = [self._entry(person) for person in self._presence.pool(work.desk, work.needs)]
            heapify(queue)
            self._queues[key] = queue
        return self._queues[key]

    def _entry(self, person: Person) -> tuple[float, str, str, Key]:
        return self._load(person), person.draw, str(person.staff_id), person.staff_id

    def _in_any_case(self, work: Work) -> Person | None:
        if work.preferred is not None:
            return self._presence.people[work.preferred]
        return min(self._presence.pool(work.desk, work.needs), key=self._entry, default=None)
