"""Which contacts the people's places can hold together, found one after another by alternating paths."""

from __future__ import annotations

from collections import Counter, defaultdict, deque

from huifang.engine.presence import Key, Person, Presence
from huifang.engine.room import Parts, usable
from huifang.engine.work import Work

Pool = tuple[str, frozenset[str], Parts]
"""Desk, skills and parts of the day: contacts of one pool can be done by the same people at the same times."""
Slot = tuple[Key, int]
"""A person's places of one part of the day; `WHOLE` where no shift is known."""
WHOLE = -1


class Places:
    """`room` are the places of each slot, widened where a promise finds none; `able` by pool the slots that can hold it."""

    def __init__(self, presence: Presence) -> None:
        self.presence = presence
        self.room = {
            (key, part): max(places, 0)
            for key, person in presence.people.items()
            for part, places in (enumerate(person.parts) if person.parts else ((WHOLE, person.capacity),))
        }
        self.able: dict[Pool, list[Slot]] = {}
        self._held: dict[Slot, Counter[Pool]] = defaultdict(Counter)
        self._full: set[Pool] = set()

    def take(self, work: Work) -> bool:
        """Whether the contact is made beside all that were taken before it."""
        pool = pool_of(work)
        if pool not in self.able:
            people = self.presence.pool(work.desk, work.needs)
            self.able[pool] = [slot for person in people for slot in _slots(person, work.parts)]
        if pool not in self._full and self._fits(pool):
            return True
        self._full.add(pool)
        if work.promised:
            self._widen(work, pool)
        return work.promised

    def _widen(self, work: Work, pool: Pool) -> None:
        """A place more for a promise: of whoever is preferred, else of whoever has least; outside their shift where it must be."""
        people = self.presence.pool(work.desk, work.needs)
        wanted = [person for person in people if work.preferred in (None, person.staff_id)] or people
        slots = [slot for slot in self.able[pool] if slot[0] in {person.staff_id for person in wanted}]
        slots = slots or [slot for person in wanted for slot in _slots(person, frozenset()) or [(person.staff_id, _of(person))]]
        if slots:
            least = min(slots, key=lambda slot: (self.room[slot], str(slot[0]), slot[1]))
            self.room[least] += 1
            self._held[least][pool] += 1
            if least not in self.able[pool]:
                self.able[pool].append(least)

    def _fits(self, pool: Pool) -> bool:
        """Finds a place, moving earlier contacts to others who can do them; takes it."""
        reached: dict[Slot, tuple[Pool, Slot | None]] = dict.fromkeys(self.able[pool], (pool, None))
        waiting = deque(reached)
        while waiting:
            slot = waiting.popleft()
            if self._held[slot].total() < self.room[slot]:
                self._shift(slot, reached)
                return True
            for other in [held for held, number in self._held[slot].items() if number]:
                for further in self.able[other]:
                    if further not in reached:
                        reached[further] = (other, slot)
                        waiting.append(further)
        return False

    def _shift(self, slot: Slot, reached: dict[Slot, tuple[Pool, Slot | None]]) -> None:
        step: Slot | None = slot
        while step is not None:
            pool, before = reached[step]
            self._held[step][pool] += 1
            if before is not None:
                self._held[before][pool] -= 1
            step = before


def pool_of(work: Work) -> Pool:
    """The pool of a contact."""
    return work.desk, work.needs, work.parts


def _slots(person: Person, parts: Parts) -> list[Slot]:
    """Where a contact of these parts can find a place of the person's."""
    mine = usable(person, parts)
    return [] if mine is None else [(person.staff_id, part) for part in sorted(mine)] or [(person.staff_id, WHOLE)]


def _of(person: Person) -> int:
    """A slot of somebody who has no places at all."""
    return 0 if person.parts else WHOLE
