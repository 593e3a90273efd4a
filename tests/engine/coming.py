"""A small firm whose coming days are simulated: tables from rows, one connection for each question."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from huifang.engine.stages import Inputs, PlanContext, inputs
from huifang.engine.tables import INPUTS
from huifang.playbooks.schema import Playbook
from huifang.stores.embedded import connect
from tests.engine.planning import MONDAY, arrow, calendar, kind_of, phone, playbook

EVENTS = {"job.settled": {"title": {"zh": "结算", "en": "settlement"}}}


def after(wait: str = "1 d", **more: Any) -> Playbook:
    """A playbook that calls so long after each settlement."""
    return playbook({"after": {"when": {"after": "job.settled", "wait": wait}, "within": "10 d", **more}}, events=EVENTS)


def settled(customer: Any, day: int, event: Any = None) -> dict[str, Any]:
    """A settlement so many days after Monday."""
    return {"event_id": event or customer, "customer_id": customer, "kind": "job.settled", "day": MONDAY + timedelta(days=day)}


@contextmanager
def firm(*books: Playbook, text_ids: bool = False, temp: bool = True, **rows: Any) -> Iterator[tuple[PlanContext, Inputs]]:
    """Three customers with a phone, Li with room for ten, a calendar of weekdays; `rows` by table in place of these."""
    people = ["a", "b", "c"] if text_ids else [1, 2, 3]
    given = {
        "customers": [{"customer_id": each} for each in people], "contact_points": phone(*people),
        "calendar_days": calendar(days=range(-70, 1200)), "staff": [{"staff_id": "li", "capacity": 10, "active": True}], **rows,
    }  # fmt: skip
    connection = connect(threads=1)
    try:
        tables = {}
        for table in INPUTS:
            kinds = {column.name: kind_of(column.name, column.type) for column in table.columns}
            if text_ids:
                kinds = {name: "string" if name in ("customer_id", "event_id") else kind for name, kind in kinds.items()}
            tables[table.name] = connection.create_table(table.name, arrow(kinds, given.get(table.name, [])), temp=temp)
        yield PlanContext(MONDAY, MONDAY - timedelta(days=1), books, connection), inputs(tables)
    finally:
        connection.disconnect()
