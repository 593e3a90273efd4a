"""In which parts of the day a contact can be made, by the clock of the people who make it; and what to say where such a part is full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from huifang.domain.shifts import PARTS, parts_of
from huifang.domain.windows import Hours, Window, find_zone, windows_on
from huifang.engine.presence import Key, Presence
from huifang.engine.room import Parts
from huifang.engine.terms import Terms
from huifang.engine.work import Dealt, Work


class TimesOfDay:
    """The parts of one day. Nothing is worked out, and all parts are empty (any), where no shift is known."""

    def __init__(self, day: date, all_terms: Terms, presence: Presence) -> None:
        self._day, self._terms, self._presence = day, all_terms, presence
        self._known: dict[tuple[object, ...], Parts] = {}

    @cached_property
    def _shifts(self) -> bool:
        return self._presence.shifts

    def parts(self, desk: str, zone: str, hours: int, appointed: bool, opens: datetime, closes: datetime) -> Parts:
        """The parts of the day in which a window lies, by the desk's clock (else the customer's); moments are UTC without a zone."""
        if not self._shifts:
            return frozenset()
        key = (self._presence.zones.get(desk, zone), zone, hours, appointed, opens, closes)
        if key not in self._known:
            here = find_zone(str(key[0])) or ZoneInfo("UTC")
            self._known[key] = parts_of(self._windows(zone, hours, appointed, opens, closes), self._day, here)
        return self._known[key]

    def _windows(self, zone: str, hours: int, appointed: bool, opens: datetime, closes: datetime) -> Iterator[Window]:
        first, last = opens.replace(tzinfo=UTC), closes.replace(tzinfo=UTC)
        local = find_zone(zone)
        if appointed or local is None:
            yield Window(first, last)
            return
        for window in windows_on(self._day, [Hours.parse(text) for text in self._terms.hours[hours]], local):
            if window.opens < last and first < window.closes:
                yield Window(max(window.opens, first), min(window.closes, last))

    def rules(self, works: Sequence[Work], dealt: Sequence[Dealt]) -> list[str | None]:
        """For each contact that can be made in one part only: why it waits, or a colleague makes it, where that part alone is full."""
        has = Counter(staff for _, staff in dealt if staff is not None)
        return [self._rule(work, given, has) for work, given in zip(works, dealt, strict=True)]

    def _rule(self, work: Work, given: Dealt, has: Counter[Key]) -> str | None:
        made, staff = given
        if len(work.parts) != 1:
            return None
        (part,) = work.parts
        if made:
            moved = work.preferred is not None and staff != work.preferred and self._has_room(work.preferred, has)
            return f"planned.moved-{PARTS[part].value}" if moved else None
        free = any(self._has_room(person.staff_id, has) for person in self._presence.pool(work.desk, work.needs))
        return f"deferred.full-{PARTS[part].value}" if free else None

    def _has_room(self, person: Key, has: Counter[Key]) -> bool:
        return has[person] < self._presence.people[person].capacity
