"""Who is at work on the day, who stands in for whom, and who can do what. Staff are few: this is worked out in Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import md5

import ibis.expr.types as ir

from huifang.domain import shifts
from huifang.domain.windows import Hours
from huifang.engine.keeping import fetch
from huifang.engine.stages import Inputs, PlanContext

Key = int | str
EVERYWHERE = ""
"""The desk of customers without a branch."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at work: `desk` is the branch as text (empty: helps every branch), `draw` orders equals."""

    staff_id: Key
    desk: str
    capacity: int
    skills: frozenset[str]
    draw: str
    parts: tuple[int, ...] = ()
    """Places by part of the day (`domain.shifts.PARTS`), `capacity` together; empty: no shift is known, any part will do."""


@dataclass(frozen=True, slots=True)
class Presence:
    """`people` by id in a fixed order; `stands_in`: for each member of staff who is away, who takes over; `staffed`: any staff known;
    `zones`: the time zone of desks, where it is known.
    """

    people: Mapping[Key, Person]
    stands_in: Mapping[Key, Key]
    staffed: bool
    zones: Mapping[str, str] = field(default_factory=dict)

    @property
    def shifts(self) -> bool:
        """Whether anybody's shift is known."""
        return any(person.parts for person in self.people.values())

    def instead(self, staff_id: Key, needs: frozenset[str]) -> Person | None:
        """The person, or who stands in, or who stands in for that one; None where nobody is at work or has the skills."""
        asked: set[Key] = set()
        current: Key | None = staff_id
        while current is not None and current not in asked:
            person = self.people.get(current)
            if person is not None:
                return person if needs <= person.skills else None
            asked.add(current)
            current = self.stands_in.get(current)
        return None

    def pool(self, desk: str, needs: frozenset[str]) -> list[Person]:
        """Who can do a desk's work: its own people and those without a branch; everybody for customers without one."""
        able = [person for person in self.people.values() if needs <= person.skills]
        own = [person for person in able if person.desk in (desk, EVERYWHERE)]
        return able if desk == EVERYWHERE and not own else own


def presence(context: PlanContext, inputs: Inputs) -> Presence:
    """Who is at work on the day. Two queries of as many rows as there are staff, one of the branches where a shift is known."""
    staff = _rows(context, inputs.staff, "staff_id", "branch_id", "capacity", "active", "skills", "hours")
    away_today = inputs.absences.filter(lambda t: (t.first_day <= context.day) & (t.last_day >= context.day))
    found = at_work(staff, _rows(context, away_today, "staff_id", "substitute_id"), context.day.isoformat())
    if not found.shifts:
        return found
    branches = _rows(context, inputs.branches, "branch_id", "time_zone")
    return replace(found, zones={str(row["branch_id"]): str(row["time_zone"]) for row in branches if row["time_zone"] is not None})


def _rows(context: PlanContext, table: ir.Table, *columns: str) -> list[dict[str, object]]:
    return [dict(zip(columns, row, strict=True)) for row in fetch(context.connection, table.select(*columns))]


def at_work(staff: Sequence[Mapping[str, object]], absences: Sequence[Mapping[str, object]], day: str) -> Presence:
    """Presence from rows of `staff` and of today's `absences`; with several absences of one person the first substitute by id counts."""
    away = {row["staff_id"] for row in absences}
    people = [_person(row, day) for row in staff if row["active"] and row["staff_id"] not in away]
    substitutes = sorted(
        (row for row in absences if row["substitute_id"] is not None),
        key=lambda row: str(row["substitute_id"]),
        reverse=True,
    )
    return Presence(
        people={person.staff_id: person for person in sorted(people, key=lambda person: (person.draw, str(person.staff_id)))},
        stands_in={_key(row["staff_id"]): _key(row["substitute_id"]) for row in substitutes},
        staffed=bool(staff),
    )


def _person(row: Mapping[str, object], day: str) -> Person:
    skills = frozenset(name.strip() for name in str(row["skills"] or "").split(",") if name.strip())
    desk = EVERYWHERE if row["branch_id"] is None else str(row["branch_id"])
    draw = md5(f"{day}|{row['staff_id']}".encode(), usedforsecurity=False).hexdigest()
    capacity = row["capacity"] if isinstance(row["capacity"], int) else 0
    return Person(_key(row["staff_id"]), desk, capacity, skills, draw, shifts.places(capacity, _shift(row.get("hours"))))


def _shift(said: object) -> tuple[Hours, ...]:
    return shifts.parse(said if isinstance(said, str) else None)


def _key(value: object) -> Key:
    return value if isinstance(value, int) else str(value)
