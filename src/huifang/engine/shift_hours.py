"""Shifts that cannot be read are told before anything is planned with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import ibis.expr.types as ir

from huifang.domain import shifts
from huifang.domain.errors import Invalid, Place, Problem
from huifang.engine.keeping import fetch
from huifang.engine.tables import STAFF


def unreadable_shifts(tables: Mapping[str, ir.Table]) -> list[Problem]:
    """Shifts in the table of staff that cannot be read. One query, where there is such a column."""
    if STAFF.name not in tables or "hours" not in tables[STAFF.name].columns:
        return []
    given = tables[STAFF.name]
    said = given.filter(given.hours.notnull()).select(text=given.hours.cast("string")).distinct()
    return [problem for text in sorted(text for (text,) in fetch(given.get_backend(), said)) for problem in _problems(text)]


def _problems(text: str) -> Iterator[Problem]:
    try:
        shifts.parse(text)
    except Invalid as wrong:
        yield from (replace(problem, place=Place(STAFF.name, key="hours")) for problem in wrong.problems)
