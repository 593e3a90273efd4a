"""A small firm in plain rows, and the stages from occurrences on run over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huifang.engine.keeping import keep_rows
from huifang.engine.planner import PlanResult, decide
from huifang.engine.stages import OCCURRENCES, Inputs, PlanContext, inputs
from huifang.engine.tables import INPUTS
from huifang.playbooks.schema import Playbook

MONDAY = date(2026, 3, 2)
ARROW = {
    "string": pa.string(), "boolean": pa.bool_(), "int64": pa.int64(), "float64": pa.float64(), "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}  # fmt: skip
FACTS = {
    "customer_id": "int64", "kind": "string", "status": "string", "branch_id": "string", "owner_id": "string", "time_zone": "string",
    "open_cases": "int64", "shop__visits": "float64", "shop__back": "boolean",
}  # fmt: skip
Rows = Sequence[Mapping[str, Any]]


def kind_of(name: str, kind: str) -> str:
    return kind if kind != "key" else "int64" if name in ("customer_id", "event_id") else "string"


def arrow(kinds: Mapping[str, str], rows: Rows) -> pa.Table:
    return pa.table({name: pa.array([row.get(name) for row in rows], type=ARROW[kind]) for name, kind in kinds.items()})


def table_of(connection: Any, name: str, kinds: Mapping[str, str], rows: Rows) -> ir.Table:
    return keep_rows(connection, name, kinds, [[row.get(column) for column in kinds] for row in rows])


def calendar(name: str = "CN", start: date = MONDAY, days: range = range(-70, 430)) -> list[dict[str, Any]]:
    every = (start + timedelta(days=ahead) for ahead in days)
    return [{"calendar": name, "day": day, "working": day.weekday() < 5, "final": True} for day in every]


def playbook(programmes: Mapping[str, Any], name: str = "shop", **more: Any) -> Playbook:
    filled = {
        key: {
            "title": key,
            "purpose": "service",
            "when": {"on": "request", "wait": "0 d"},
            "within": "1 d",
            "through": ["phone"],
            **given,
        }
        for key, given in programmes.items()
    }
    return Playbook.model_validate({"format": "huifang/1", "playbook": name, "title": name, "about": name, "programmes": filled, **more})


def occurrence(programme: str, customer: int, **more: Any) -> dict[str, Any]:
    """An occurrence due on Monday and kept for ten days, unless told otherwise."""
    given = {
        "playbook": "shop", "programme": programme, "customer_id": customer, "cause": "1", "cause_day": MONDAY - timedelta(days=1),
        "due": MONDAY, "deadline": MONDAY, "expires": MONDAY + timedelta(days=10), "attempts": 0, "promised": False, "late_known": False,
    }  # fmt: skip
    return {**given, **more}


def fact(customer: int, **more: Any) -> dict[str, Any]:
    return {"customer_id": customer, "kind": "person", "status": "active", "open_cases": 0, **more}


def phone(*customers: int) -> list[dict[str, Any]]:
    return [{"customer_id": customer, "channel": "phone", "usable": True} for customer in customers]


def run(
    books: Sequence[Playbook], occurrences: Rows, facts: Rows, day: date = MONDAY, threads: int = 1, **tables: Rows
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], PlanResult]:
    """Decisions and follow-ups as rows. `tables` are inputs by name; the calendar CN is there unless given."""
    connection = ibis.duckdb.connect(threads=threads)
    try:
        result = decide(*arranged(connection, books, occurrences, facts, day, tables))
        order = ["playbook", "programme", "customer_id", "cause"]
        decisions = connection.to_pyarrow(result.decisions.order_by(order)).to_pylist()
        followups = connection.to_pyarrow(result.followups.order_by("followup")).to_pylist()
        return decisions, followups, result
    finally:
        connection.disconnect()


def arranged(
    connection: Any, books: Sequence[Playbook], occurrences: Rows, facts: Rows, day: date, tables: Mapping[str, Rows]
) -> tuple[PlanContext, Inputs, ir.Table, ir.Table]:
    given = {"calendar_days": calendar(start=day), **tables}
    loaded: dict[str, ir.Table] = {}
    for table in INPUTS:
        kinds = {column.name: kind_of(column.name, column.type) for column in table.columns}
        loaded[table.name] = table_of(connection, table.name, kinds, given.get(table.name, []))
    kinds = {name: kind_of(name, kind) for name, kind in OCCURRENCES.items()}
    due = table_of(connection, "due", kinds, occurrences)
    known = table_of(connection, "facts", FACTS, facts)
    return PlanContext(day, None, tuple(books), connection), inputs(loaded), known, due
