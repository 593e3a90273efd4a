"""Named registers: the forms a playbook states, filled for a period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from huifang.app.access import SEE_REGISTERS, require
from huifang.app.queries.register_cells import Cell, Cells
from huifang.app.queries.register_rows import Line, Period, lines
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
class Sheet:
    """A register filled for a period, ready to be shown, printed or exported."""

    key: str
    playbook: str
    title: str
    period: Period
    branch: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    signatures: tuple[str, ...]
    note: str
    layout: str
    summary: tuple[Count, ...]


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


def sheet(staff: Staff, playbook: Playbook, key: str, period: Period, language: str, branch: Branch | None = None) -> Sheet:
    """Fill register `key` of a playbook for a period, with what the person may see."""
    require(staff, SEE_REGISTERS)
    register = playbook.registers[key]
    found = lines(staff, playbook, register, period, branch.pk if branch else None)
    cells = Cells(playbook, language, [column.value for column in register.columns])
    return Sheet(
        key=key,
        playbook=playbook.playbook,
        title=register.title.say(language),
        period=period,
        branch=branch.name if branch else "",
        columns=tuple(Column(column.value, column.title.say(language), column.width) for column in register.columns),
        rows=tuple(tuple(cells.cell(column.value, line, number) for column in register.columns) for number, line in enumerate(found, 1)),
        signatures=tuple(title.say(language) for title in register.signatures),
        note=register.note.say(language) if register.note else "",
        layout=register.layout,
        summary=_summary(register, found, language),
    )


def _summary(register: Register, found: list[Line], language: str) -> tuple[Count, ...]:
    chinese = language.lower().startswith("zh")

    def count(zh: str, en: str, value: int) -> Count:
        return Count(zh if chinese else en, value)

    if register.rows == "cases":
        closed = sum(line.cases[0]["state"] == "closed" for line in found)
        return (count("工单", "Cases", len(found)), count("已关闭", "Closed", closed))
    done = [line for line in found if line.attempts]
    due = {"due": ("应访", "Due"), "customers": ("客户", "Customers")}.get(register.rows)
    figures = [count(*due, len(found))] if due else []
    return (
        *figures,
        count("已联络", "Contacted", len(done)),
        count("接通", "Reached", sum(any(attempt["reached"] for attempt in line.attempts) for line in done)),
        count("满意", "Satisfied", sum(line.record.get("satisfied") is True for line in done)),
        count("不满意", "Dissatisfied", sum(line.record.get("satisfied") is False for line in done)),
    )
