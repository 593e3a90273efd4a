"""Named registers: the forms a playbook states, filled for a period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from huifang.app.access import SEE_REGISTERS, require
from huifang.app.queries.register_book import Book
from huifang.app.queries.register_cells import Cell, Cells
from huifang.app.queries.register_line import Line, Period
from huifang.app.queries.register_rows import lines
from huifang.app.records.models import Branch, Staff
from huifang.domain.contact import Channel
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


@dataclass(frozen=True, slots=True)
class Sheet:
    """A register filled for a period, ready to be shown, printed or exported."""

    key: str
    playbook: str
    title: str
    period: Period
    branch: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Cell, ...]]
    """A book of customers reads them as they are asked for."""
    signatures: tuple[str, ...]
    """Lines to sign: of a table at its end, of cards on each."""
    note: str
    layout: str
    summary: tuple[Count, ...]
    visit_signatures: tuple[str, ...] = ()
    """Further lines of those rows that were a visit."""
    unsigned: Mapping[int, str] = field(default_factory=dict)
    """Place of a row (from 0) that was no visit → what stands there in place of those lines."""

    def signs(self, place: int) -> tuple[Sign, ...]:
        """The signature lines of one row's card."""
        visits = (Sign(who, self.unsigned.get(place, "")) for who in self.visit_signatures)
        return (*visits, *(Sign(who) for who in self.signatures))


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
    """Fill register `key` of a playbook for a period, with what the person may see."""
    require(staff, SEE_REGISTERS)
    register = playbook.registers[key]
    cells = Cells(playbook, language, [column.value for column in register.columns])
    rows: Sequence[tuple[Cell, ...]]
    summary: tuple[Count, ...]
    unsigned: dict[int, str] = {}
    if register.rows == "customers":
        rows = Book(staff, playbook, register, period, branch.pk if branch else None, cells)
        summary = (Count(_said(language, "客户", "Customers"), len(rows)),)
    else:
        found = lines(staff, playbook, register, period, branch.pk if branch else None)
        rows = tuple(cells.row(register, line, number) for number, line in enumerate(found, 1))
        summary = _summary(register, found, language)
        if register.visit_signatures:
            unsigned = {place: said for place, line in enumerate(found) if (said := _no_visit(cells, line, language))}
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
        summary=summary,
        visit_signatures=tuple(title.say(language) for title in register.visit_signatures),
        unsigned=unsigned,
    )


def _no_visit(cells: Cells, line: Line, language: str) -> str:
    """How a contact that was no visit was made and by whom; empty for a visit and for what is still to be done."""
    if not line.attempts or line.last_attempt["channel"] == Channel.VISIT:
        return ""
    agent = line.last_attempt["staff__name"] or ""
    return _said(language, f"{cells.channel(line)}，无需签名（{agent}）", f"{cells.channel(line)}, no signature needed ({agent})")


def _said(language: str, zh: str, en: str) -> str:
    return zh if language.lower().startswith("zh") else en


def _summary(register: Register, found: list[Line], language: str) -> tuple[Count, ...]:
    def count(zh: str, en: str, value: int) -> Count:
        return Count(_said(language, zh, en), value)

    if register.rows == "cases":
        closed = sum(line.cases[0]["state"] == "closed" for line in found)
        return (count("工单", "Cases", len(found)), count("已关闭", "Closed", closed))
    if register.rows == "planned":
        promised = sum(isinstance(line.planned, datetime) for line in found)
        nobody = sum(not line.staff for line in found)
        return count("计划", "Planned", len(found)), count("已约定时间", "Promised", promised), count("待派人", "Nobody's yet", nobody)
    done = [line for line in found if line.attempts]
    figures = [count("应访", "Due", len(found))] if register.rows == "due" else []
    return (
        *figures,
        count("已联络", "Contacted", len(done)),
        count("接通", "Reached", sum(any(attempt["reached"] for attempt in line.attempts) for line in done)),
        count("满意", "Satisfied", sum(line.record.get("satisfied") is True for line in done)),
        count("不满意", "Dissatisfied", sum(line.record.get("satisfied") is False for line in done)),
    )
