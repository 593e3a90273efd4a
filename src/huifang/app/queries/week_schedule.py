"""A week's schedule as a board: people by days, load against places, and the contacts of a cell. Five queries, however long it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from huifang.app.access import branches_for, week_schedules_for
from huifang.app.calendars import working_calendar
from huifang.app.queries.playbooks import in_force
from huifang.app.records.models import Absence, Branch, Staff, WeekSchedule
from huifang.domain.contact import CHANNEL_WORDS, Channel
from huifang.domain.week_schedule import DAYS, days_of, week_of

State = WeekSchedule.State
SHOWN = 3
"""Contacts that a cell shows by name; the others are behind its number."""
_COLUMNS = (
    "id", "customer_id", "customer__name", "playbook", "programme", "because", "channel", "promised", "bundled", "due", "expires", "day",
    "staff_id", "proposed_day", "proposed_staff_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact on the board; `moved`: not where it was proposed."""

    id: int
    customer_id: int
    name: str
    programme: str
    reason: str
    channel: str
    promised: bool
    more: int
    due: date
    expires: date
    moved: bool
    day: date
    staff_id: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A person's day: contacts against places; `away` where the person is absent."""

    staff_id: int
    day: date
    contacts: tuple[Contact, ...]
    capacity: int
    away: bool
    open_to: bool
    """Contacts may be moved there."""

    @property
    def load(self) -> int:
        """How many contacts."""
        return len(self.contacts)

    @property
    def over(self) -> bool:
        """More contacts than places."""
        return self.load > self.capacity

    @property
    def shown(self) -> tuple[Contact, ...]:
        """The first of them."""
        return self.contacts[:SHOWN]

    @property
    def more(self) -> int:
        """How many are not shown."""
        return max(0, self.load - SHOWN)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person's week; id 0 is nobody."""

    id: int
    name: str
    cells: tuple[Cell, ...]

    @property
    def load(self) -> int:
        """Contacts in the week."""
        return sum(cell.load for cell in self.cells)

    @property
    def capacity(self) -> int:
        """Places in the week."""
        return sum(cell.capacity for cell in self.cells)


@dataclass(frozen=True, slots=True)
class DayHead:
    """One day of the week: everybody's contacts and places, and what nobody had room for."""

    day: date
    working: bool
    load: int
    capacity: int
    waiting: int

    @property
    def over(self) -> bool:
        """More contacts than places."""
        return self.load > self.capacity


@dataclass(frozen=True, slots=True)
class Board:
    """The whole week."""

    days: tuple[DayHead, ...]
    rows: tuple[PersonRow, ...]

    @property
    def load(self) -> int:
        """All contacts."""
        return sum(day.load for day in self.days)

    @property
    def crowded(self) -> tuple[Cell, ...]:
        """Cells with more contacts than places."""
        return tuple(cell for row in self.rows for cell in row.cells if cell.over)

    def cell(self, staff_id: int, day: date) -> Cell | None:
        """One person's day."""
        return next((cell for row in self.rows for cell in row.cells if (cell.staff_id, cell.day) == (staff_id, day)), None)

    @property
    def people(self) -> tuple[PersonRow, ...]:
        """Rows of people, without nobody's."""
        return tuple(row for row in self.rows if row.id)


def schedule_of(staff: Staff, branch: Branch, first: date) -> WeekSchedule | None:
    """A branch's schedule of a week, where one was asked for. One query."""
    rows = week_schedules_for(staff).filter(branch=branch, first_day=first)
    return rows.select_related("branch", "asked_by", "submitted_by", "decided_by").first()


def board(schedule: WeekSchedule, today: date, language: str) -> Board:
    """The schedule's board; names of everybody who has places in the branch, and of whoever has a contact in it."""
    contacts = [
        _contact(row, _titles(language), language) for row in schedule.contacts.order_by("-promised", "position", "id").values(*_COLUMNS)
    ]
    branch, days = schedule.branch, days_of(schedule.first_day)
    calendar = working_calendar(branch.calendar, schedule.first_day, days[-1])
    working = {day: calendar.is_working(day) for day in days}
    people = _people(branch, {each.staff_id for each in contacts})
    away = _away([person.pk for person in people], days)
    by_cell: dict[tuple[int, date], list[Contact]] = {}
    for each in contacts:
        by_cell.setdefault((each.staff_id, each.day), []).append(each)

    def cell(staff_id: int, places: int, day: date) -> Cell:
        gone = (staff_id, day) in away
        there = 0 if gone or not working[day] else places
        return Cell(
            staff_id, day, tuple(by_cell.get((staff_id, day), ())), there, gone, bool(places) and working[day] and not gone and day >= today
        )

    rows = [PersonRow(person.pk, person.name, tuple(cell(person.pk, person.capacity, day) for day in days)) for person in people]
    if any(not each.staff_id for each in contacts):
        rows.append(PersonRow(0, "", tuple(cell(0, 0, day) for day in days)))
    heads = tuple(
        DayHead(day, working[day], sum(row.cells[place].load for row in rows), sum(row.cells[place].capacity for row in rows),
                schedule.waiting.get(day.isoformat(), 0))
        for place, day in enumerate(days)
    )  # fmt: skip
    return Board(heads, tuple(rows))


def _titles(language: str) -> dict[tuple[str, str], str]:
    return {(each.playbook.playbook, key): one.title.say(language) for each in in_force() for key, one in each.playbook.programmes.items()}


def _contact(row: Mapping[str, Any], titles: Mapping[tuple[str, str], str], language: str) -> Contact:
    return Contact(
        row["id"], row["customer_id"], row["customer__name"], titles.get((row["playbook"], row["programme"]), row["programme"]),
        row["because"].get("zh" if language.startswith("zh") else "en", ""), CHANNEL_WORDS[Channel(row["channel"])].say(language),
        row["promised"], len(row["bundled"]), row["due"], row["expires"],
        (row["day"], row["staff_id"]) != (row["proposed_day"], row["proposed_staff_id"]), row["day"], row["staff_id"] or 0,
    )  # fmt: skip


def _people(branch: Branch, named: Iterable[int]) -> Sequence[Staff]:
    here = Q(is_active=True, capacity__gt=0) & (Q(branch=branch) | Q(branch=None))
    return list(Staff.objects.filter(here | Q(pk__in=set(named))).order_by("branch", "code"))


def _away(people: Sequence[int], days: Sequence[date]) -> set[tuple[int, date]]:
    rows = Absence.objects.filter(staff__in=people, first_day__lte=days[-1], last_day__gte=days[0])
    return {
        (staff, day) for staff, first, last in rows.values_list("staff_id", "first_day", "last_day") for day in days if first <= day <= last
    }


@dataclass(frozen=True, slots=True)
class Weeks:
    """How the weeks of a period stand: schedules by state, as words and number, and how many that are not over have none."""

    states: tuple[tuple[str, int], ...]
    missing: int
    proposing: bool


def weeks(staff: Staff, branch: Branch | None, first: date, last: date, today: date) -> Weeks:
    """Of one branch or of all in the person's scope. Two queries."""
    mondays = [day for day in (week_of(first) + timedelta(days=DAYS * number) for number in range(60)) if day <= last]
    found = week_schedules_for(staff).filter(first_day__in=mondays)
    found = found if branch is None else found.filter(branch=branch)
    standing = Counter(found.values_list("state", flat=True))
    ahead = [day for day in mondays if day >= week_of(today)]
    branches = 1 if branch is not None else branches_for(staff).filter(active=True).count()
    usable = found.filter(first_day__in=ahead).exclude(state=State.FAILED).count()
    states = tuple((str(state.label), standing[state.value]) for state in State if standing[state.value])
    return Weeks(states, max(0, len(ahead) * branches - usable), bool(standing[State.PROPOSING.value]))
