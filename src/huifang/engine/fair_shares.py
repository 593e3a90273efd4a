"""Hard contacts handed round: the same dealing, with those who got contacts of the same kind sharing the hard ones among them evenly.

Nothing else changes: as many contacts are made, the same person keeps whom they know, and everybody's load is what it was, in every part
of the day. Two contacts are of the same kind where the same people can do them at the same times.

Worked example: Li and Wang have two contacts each, both of Li's hard. Afterwards each has one hard contact and one other.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from heapq import heapify, heappop, heapreplace

from huifang.engine.presence import Key
from huifang.engine.work import Dealt, Work


def unevenness(works: Sequence[Work], dealt: Sequence[Dealt]) -> int:
    """The sum over people of the square of their hard contacts: least where they are shared evenly."""
    return sum(number**2 for number in _hard(works, dealt).values())


def _hard(works: Sequence[Work], dealt: Sequence[Dealt]) -> Counter[Key | None]:
    return Counter(staff for work, (_, staff) in zip(works, dealt, strict=True) if work.hard and staff is not None)


def shared_evenly(works: Sequence[Work], dealt: Sequence[Dealt]) -> Sequence[Dealt]:
    """The dealing with the hard contacts handed round, given in order of rank: each to whoever has the fewest so far."""
    kinds: dict[object, list[int]] = defaultdict(list)
    kept: Counter[Key | None] = Counter()
    for number, (work, (_, staff)) in enumerate(zip(works, dealt, strict=True)):
        if staff is not None and staff != work.preferred and not work.promised:
            kinds[work.desk, work.needs, work.parts].append(number)
        elif staff is not None and work.hard:
            kept[staff] += 1
    given = list(dealt)
    for numbers in kinds.values():
        _hand_round(works, numbers, given, kept)
    return given


def _hand_round(works: Sequence[Work], numbers: list[int], given: list[Dealt], has: Counter[Key | None]) -> None:
    """The contacts of one kind; the people they were dealt to keep as many each. `has` counts the hard ones on."""
    slots = [given[number][1] for number in numbers]
    left, first = Counter(slots), {staff: place for place, staff in reversed(list(enumerate(slots)))}
    queue = [(has[staff], place, staff) for staff, place in first.items()]
    heapify(queue)
    for number in (number for number in numbers if works[number].hard):
        _, place, staff = queue[0]
        given[number] = (True, staff)
        has[staff] += 1
        left[staff] -= 1
        if left[staff]:
            heapreplace(queue, (has[staff], place, staff))
        else:
            heappop(queue)
    remaining = iter(_in_order(slots, left))
    for number in (number for number in numbers if not works[number].hard):
        given[number] = (True, next(remaining))


def _in_order(slots: Sequence[Key | None], left: Counter[Key | None]) -> list[Key | None]:
    """The slots that are still free, in their order, so that nobody has only the urgent ones."""
    taken: Counter[Key | None] = Counter()
    whole = Counter(slots)
    found = []
    for staff in slots:
        taken[staff] += 1
        if taken[staff] > whole[staff] - left[staff]:
            found.append(staff)
    return found
