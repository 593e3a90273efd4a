"""Named registers: the forms a playbook states, filled for a period."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from huifang.app.access import SEE_REGISTERS, require
from huifang.app.queries.register_book import Book
from huifang.app.queries.register_cases import Cases
from huifang.app.queries.register_cells import Cells
from huifang.app.queries.register_contacts import Contacts
from huifang.app.queries.register_line import Period
from huifang.app.queries.register_more import More
from huifang.app.queries.register_pages import Figure, Filled, Rows, Walk
from huifang.app.queries.register_planned import Planned
from huifang.app.records.models import Branch, Staff
from huifang.playbooks.schema import Playbook, Register


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its value's name, its title in the asked language, its share of the width."""

    value: str
    title: str
    width: float


@dataclass(frozen=True, slots=True)
class Count:
    """One figure of the summary line."""

    title: str
    value: int


@dataclass(frozen=True, slots=True)
class Sign:
    """A signature line: who signs, or what is said in its place."""

    who: str
    instead: str = ""


class FilledRows(Protocol):
    """Rows with their number."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Filled]: ...


@dataclass(frozen=True, slots=True)
class Sheet:
    """A register filled for a period, ready to be shown, printed or exported."""

    key: str
    playbook: str
    title: str
    period: Period
    branch: str
    columns: tuple[Column, ...]
    rows: FilledRows
    """Of a whole register they are read as they are asked for."""
    signatures: tuple[str, ...]
    """Lines to sign: of a table at its end, of cards on each."""
    note: str
    layout: str
    summary: tuple[Count, ...]
    visit_signatures: tuple[str, ...] = ()
    """Further lines of those rows that were a visit."""

    def signs(self, row: Filled) -> tuple[Sign, ...]:
        """The signature lines of one row's card."""
        visits = (Sign(who, row.unsigned) for who in self.visit_signatures)
        return (*visits, *(Sign(who) for who in self.signatures))


@dataclass(frozen=True, slots=True)
class SheetPage:
    """A register with the rows of one page: how many stand before them, the place of the next page (empty on the last), how many there are
    in all; None: more than were counted, then the sheet has no summary either.
    """

    sheet: Sheet
    before: int
    after: str
    total: int | None


def period_of(register: Register, day: date) -> Period:
    """The day, week (Monday to Sunday), month or quarter that `day` lies in."""
    match register.period:
        case "day":
            return Period(day, day)
        case "week":
            monday = day - timedelta(days=day.weekday())
            return Period(monday, monday + timedelta(days=6))
        case "month":
            return Period(day.replace(day=1), _month_end(day))
        case _:
            first = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
            return Period(first, _month_end(first.replace(month=first.month + 2)))


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def coming(register: Register, today: date) -> date:
    """The day a register opens on: today, and of a plan the first day after the period of today."""
    return period_of(register, today).last + timedelta(days=1) if register.rows == "planned" else today


def sheet(staff: Staff, playbook: Playbook, key: str, period: Period, language: str, branch: Branch | None = None) -> Sheet:
    """Register `key` of a playbook for a period, with all that the person may see."""
    rows = _rows(staff, playbook, key, period, language, branch)
    return _sheet(playbook, key, period, language, branch, rows, rows.figures)


def sheet_page(
    staff: Staff,
    playbook: Playbook,
    key: str,
    period: Period,
    language: str,
    branch: Branch | None,
    *,
    after: str,
    size: int,
    most: int | None,
) -> SheetPage:
    """The page of a register behind a place. At most `most` rows are counted; None counts them all."""
    rows = _rows(staff, playbook, key, period, language, branch)
    part = rows.part(after, size)
    counted = most is None or rows.walk.some(most + 1) <= most
    filled = _sheet(playbook, key, period, language, branch, part.rows, rows.figures if counted else ())
    return SheetPage(filled, part.before, part.after, len(rows) if counted else None)


def row_count(staff: Staff, playbook: Playbook, key: str, period: Period, branch: Branch | None) -> int:
    """How many rows a register has. All of them are looked at, in the database."""
    return len(_rows(staff, playbook, key, period, "", branch))


def _rows(staff: Staff, playbook: Playbook, key: str, period: Period, language: str, branch: Branch | None) -> Rows:
    require(staff, SEE_REGISTERS)
    register, number = playbook.registers[key], branch.pk if branch else None
    walk: Walk
    match register.rows:
        case "customers":
            walk = Book(staff, playbook, register, period, number)
        case "cases":
            walk = Cases(staff, playbook, period, number)
        case "planned":
            walk = Planned(staff, playbook, register, period, number)
        case _:
            walk = Contacts(staff, playbook, register, period, number)
    cells = Cells(playbook, language, [column.value for column in register.columns])
    return Rows(walk, More(staff, playbook, register, period.last), cells, register)


def _sheet(
    playbook: Playbook, key: str, period: Period, language: str, branch: Branch | None, rows: FilledRows, figures: tuple[Figure, ...]
) -> Sheet:
    register = playbook.registers[key]
    return Sheet(
        key=key,
        playbook=playbook.playbook,
        title=register.title.say(language),
        period=period,
        branch=branch.name if branch else "",
        columns=tuple(Column(column.value, column.title.say(language), column.width) for column in register.columns),
        rows=rows,
        signatures=tuple(title.say(language) for title in register.signatures),
        note=register.note.say(language) if register.note else "",
        layout=register.layout,
        summary=tuple(Count(title.say(language), value) for title, value in figures),
        visit_signatures=tuple(title.say(language) for title in register.visit_signatures),
    )
