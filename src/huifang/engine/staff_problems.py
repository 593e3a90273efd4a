"""Shifts that cannot be read, and fewer places than none, are told before anything is planned with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import ibis.expr.types as ir

from huifang.domain import shifts
from huifang.domain.errors import Invalid, Place, Problem
from huifang.domain.words import Words
from huifang.engine.keeping import fetch
from huifang.engine.tables import STAFF


def staff_problems(tables: Mapping[str, ir.Table]) -> list[Problem]:
    """What is wrong in the table of staff. One query for shifts and one for capacities, where there are such columns."""
    if STAFF.name not in tables:
        return []
    given = tables[STAFF.name]
    return [*_unreadable(given), *_negative(given)]


def _unreadable(given: ir.Table) -> Iterator[Problem]:
    if "hours" in given.columns:
        said = given.filter(given.hours.notnull()).select(text=given.hours.cast("string")).distinct()
        for text in sorted(text for (text,) in fetch(given.get_backend(), said)):
            yield from _problems(text)


def _negative(given: ir.Table) -> Iterator[Problem]:
    if "capacity" in given.columns and given.capacity.type().is_numeric():
        rows = fetch(given.get_backend(), given.filter(given.capacity < 0).select(given.staff_id.cast("string"), "capacity"))
        for who, capacity in sorted(rows):
            yield Problem(
                "staff.capacity",
                Words(f"员工“{who}”的每日回访量是 {capacity}。", f"The capacity of “{who}” is {capacity}."),
                Words("请写 0 或更大的整数；0 表示不分配。", "Write 0 or more; 0 is somebody who gets nothing."),
                Place(STAFF.name, key="capacity"),
            )


def _problems(text: str) -> Iterator[Problem]:
    try:
        shifts.parse(text)
    except Invalid as wrong:
        yield from (replace(problem, place=Place(STAFF.name, key="hours")) for problem in wrong.problems)
