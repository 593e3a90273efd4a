"""When exactly so long has passed since the last event of a kind. The cause is that event's day: once per lapse."""

from __future__ import annotations

from collections.abc import Iterator

import ibis.expr.types as ir

from huifang.engine.schedule import bases
from huifang.engine.triggers.ground import Ground, Slot, born, looked_for, slots_of
from huifang.playbooks.schema import Lapse


def slots(ground: Ground) -> Iterator[Slot]:
    """A slot for each day of the last event; 6 months after 31 August is the last of February."""
    for active, trigger in ground.each(Lapse):
        for name, calendar, found in ground.looks(active):
            for base, window in bases(trigger.exactly, 1, found, calendar):
                yield Slot(active, "lapse", name, window, base, trigger.lapse)


def births(ground: Ground, table: ir.Table) -> ir.Table:
    """Every customer whose last event of the kind was on a slot's day; of several on that day, the one with the highest id.

    Only events from the earliest of these days on are read: who had none since then has lapsed before.
    """
    found = list(slots(ground))
    slot, today = slots_of(table, "lapse"), ground.context.day
    first, _ = looked_for(found)
    events = ground.inputs.events
    kinds = sorted({each.subject for each in found})
    events = events.filter(events.kind.isin(kinds), events.day.between(first, today)).select(
        "customer_id", "kind", "day", "event_id", "staff_id", "amount"
    )
    last = events.group_by(whose=events.customer_id, of=events.kind).aggregate(last_day=events.day.max())
    rows = last.join(slot, [last.last_day == slot.base, last.of == slot.subject])
    joined = rows.join(events, [rows.whose == events.customer_id, rows.of == events.kind, rows.base == events.day])
    keys = ["playbook", "programme", "calendar", "customer_id", "base", "due", "deadline", "expires"]
    rows = joined.group_by(keys).aggregate(
        event_id=joined.event_id.max(),
        staff_id=joined.staff_id.argmax(joined.event_id),
        amount=joined.amount.argmax(joined.event_id),
    )
    return born(
        ground, rows, customer_id=rows.customer_id, cause=rows.base.cast("string"), event_id=rows.event_id,
        cause_day=rows.base, handler_id=rows.staff_id, amount=rows.amount,
    )  # fmt: skip
