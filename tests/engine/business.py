"""A small business as plain values: tables by rows, playbooks by what matters in a test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from huifang.engine.keeping import fetch, keep_rows
from huifang.engine.occurrences import facts, occurrences
from huifang.engine.stages import OCCURRENCES, Inputs, PlanContext, inputs
from huifang.engine.tables import INPUTS
from huifang.playbooks.schema import Playbook
from huifang.stores.embedded import connect

CONNECTION = connect(threads=1)
CONTRACTS = {table.name: table for table in INPUTS}
Row = Mapping[str, Any]


def playbook(name: str = "shop", **parts: Any) -> Playbook:
    """A playbook with the given parts; each programme gets what every programme must have."""
    asked = {"asked": {"when": {"on": "request", "wait": "0 days"}}}
    needed = {"title": "t", "purpose": "service", "within": "1 day", "through": ["phone"]}
    programmes = {key: {**needed, **rule} for key, rule in parts.pop("programmes", asked).items()}
    return Playbook.model_validate({"format": "huifang/1", "playbook": name, "title": "t", "about": "t", **parts, "programmes": programmes})


def given(tables: Mapping[str, Iterable[Row]], extra: Mapping[str, str] = {}) -> Inputs:
    """The input tables from rows; whole-number ids; `extra` types the attributes."""
    made = {}
    for name, rows in {"customers": [], "events": [], **tables}.items():
        kinds = {column.name: "int64" if column.type == "key" else column.type for column in CONTRACTS[name].columns}
        kinds |= extra if name in {"customers", "events", "agreements"} else {}
        made[name] = keep_rows(CONNECTION, name, kinds, [[row.get(column) for column in kinds] for row in rows])
    return inputs(made)


def context(day: date, *playbooks: Playbook, since: date | None = None) -> PlanContext:
    return PlanContext(day, since, playbooks, CONNECTION)


def due(rows: Inputs, ctx: PlanContext) -> list[dict[str, Any]]:
    """The occurrences as dictionaries, in order."""
    table, _ = occurrences(rows, ctx)
    found = [dict(zip(OCCURRENCES, row, strict=True)) for row in fetch(CONNECTION, table)]
    return sorted(found, key=lambda row: (row["playbook"], row["programme"], row["customer_id"], row["cause"]))


def facts_of(rows: Inputs, ctx: PlanContext) -> dict[int, dict[str, Any]]:
    """The facts by customer."""
    table = facts(rows, ctx)
    return {row[0]: dict(zip(table.columns, row, strict=True)) for row in fetch(CONNECTION, table)}


def calendar(first: date, last: date, off: Iterable[date] = (), name: str = "CN", **marked: Mapping[date, Any]) -> list[dict[str, Any]]:
    """A calendar of weekdays without the days off; `marked` gives further columns by day."""
    holidays = set(off)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [
        {
            "calendar": name, "day": day, "working": day.weekday() < 5 and day not in holidays, "final": True,
            **{column: values.get(day) for column, values in marked.items()},
        }
        for day in days
    ]  # fmt: skip
