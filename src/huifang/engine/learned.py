"""Learned numbers as facts: the latest of each name up to the day."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir

from huifang.domain.errors import Place, Problem
from huifang.domain.words import Words
from huifang.engine.keeping import fetch
from huifang.engine.tables import LEARNED as TABLE
from huifang.playbooks.known_names import LEARNED
from huifang.playbooks.nearest import suggestion


def latest(learned: ir.Table, name: str) -> ir.Value:
    """The aggregate that gives a customer's latest number of a name."""
    return learned.value.argmax(learned.as_of, where=(learned.name == name) & learned.value.notnull())


def unknown_names(tables: Mapping[str, ir.Table]) -> list[Problem]:
    """Names in the table that no condition can use, told with the nearest that it can. One query, where there is such a table."""
    if TABLE.name not in tables:
        return []
    given = tables[TABLE.name]
    names = given.filter(given.name.notin(list(LEARNED)) | given.name.isnull()).select("name").distinct().order_by("name").limit(5)
    return [
        Problem(
            "learned.unknown",
            Words(f"没有名为“{name or ''}”的学习数值。", f"There is no learned number “{name or ''}”."),
            suggestion(name or "", LEARNED),
            Place(TABLE.name, key="name"),
        )
        for (name,) in fetch(given.get_backend(), names)
    ]
