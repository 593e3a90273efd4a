"""Asked for by an answer or a closed case. The cause is the request."""

from __future__ import annotations

from collections.abc import Iterator

import ibis.expr.types as ir

from huifang.engine.schedule import bases
from huifang.engine.triggers.ground import Ground, Slot, born, slots_of
from huifang.playbooks.schema import OnAnswer


def slots(ground: Ground) -> Iterator[Slot]:
    """A slot for each day of the request."""
    for active, trigger in ground.each(OnAnswer):
        for name, calendar, found in ground.looks(active):
            for base, window in bases(trigger.wait, 1, found, calendar):
                yield Slot(active, "request", name, window, base)


def births(ground: Ground, table: ir.Table) -> ir.Table:
    """Every request for a programme that was made on a slot's day."""
    asked = ground.inputs.requests.select("request_id", "customer_id", asked_for="programme", on_day="day")
    slot = slots_of(table, "request")
    rows = asked.join(slot, [asked.asked_for == slot.programme, asked.on_day == slot.base])
    return born(ground, rows, customer_id=rows.customer_id, cause=rows.request_id.cast("string"), cause_day=rows.on_day)
