"""When exactly so long has passed since the last event of a kind. The cause is that event's day: once per lapse."""

from __future__ import annotations

from collections.abc import Iterator

import ibis.expr.types as ir

from huifang.engine.joins import matched
from huifang.engine.schedule import bases
from huifang.engine.triggers.ground import Ground, Slot, born, slots_of
from huifang.playbooks.schema import Lapse


def slots(ground: Ground) -> Iterator[Slot]:
    """A slot for each day of the last event; 6 months after 31 August is the last of February."""
    for active, trigger in ground.each(Lapse):
        for name, calendar, found in ground.looks(active):
            for base, window in bases(trigger.exactly, 1, found, calendar):
                yield Slot(active, "lapse", name, window, base, trigger.lapse)


def births(ground: Ground, table: ir.Table) -> ir.Table:
    """Every customer with an event on a slot's day; of several on that day, the one with the highest id.

    Who had a later one has not lapsed: that is told by the facts of everybody who is born here (`lapsed` names the kind).
    """
    slot, near = slots_of(table, "lapse"), ground.near
    slot = slot.select("playbook", "programme", "subject", "calendar", "base", "due", "deadline", "expires")
    joined = matched(near, (slot, {"kind": "subject", "day": "base"}))
    keys = ["playbook", "programme", "calendar", "customer_id", "kind", "day", "due", "deadline", "expires"]
    rows = joined.group_by(keys).aggregate(
        event_id=joined.event_id.max(),
        staff_id=joined.staff_id.argmax(joined.event_id, where=joined.staff_id.notnull()),
        amount=joined.amount.argmax(joined.event_id, where=joined.amount.notnull()),
    )
    return born(
        ground, rows, customer_id=rows.customer_id, cause=rows.day.cast("string"), event_id=rows.event_id,
        cause_day=rows.day, handler_id=rows.staff_id, amount=rows.amount, lapsed=rows.kind,
    )  # fmt: skip
