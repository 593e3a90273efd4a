"""When exactly so long has passed since the last event of a kind. The cause is that event's day: once per lapse."""

from __future__ import annotations

from collections.abc import Iterator

import ibis.expr.types as ir

from huifang.engine.schedule import bases
from huifang.engine.triggers.ground import Ground, Slot, born, last_event_column, slots_of
from huifang.playbooks.schema import Lapse


def slots(ground: Ground) -> Iterator[Slot]:
    """A slot for each day of the last event; 6 months after 31 August is the last of February."""
    for active, trigger in ground.each(Lapse):
        for name, calendar, found in ground.looks(active):
            for base, window in bases(trigger.exactly, 1, found, calendar):
                yield Slot(active, "lapse", name, window, base, trigger.lapse)


def births(ground: Ground, table: ir.Table) -> ir.Table:
    """Every customer whose last event of the kind was on a slot's day; of several on that day, the one with the highest id."""
    slot, facts = slots_of(table, "lapse"), ground.facts
    kinds = sorted({trigger.lapse for _, trigger in ground.each(Lapse)})
    found = [_due(ground, slot.filter(slot.subject == kind), facts[last_event_column(kind)], kind) for kind in kinds]
    rows = found[0].union(*found[1:], distinct=False) if len(found) > 1 else found[0]
    return born(
        ground, rows, customer_id=rows.customer_id, cause=rows.base.cast("string"), event_id=rows.event_id,
        cause_day=rows.base, handler_id=rows.staff_id, amount=rows.amount,
    )  # fmt: skip


def _due(ground: Ground, slot: ir.Table, last: ir.Value, kind: str) -> ir.Table:
    lapsed = ground.facts.select("customer_id", last=last)
    rows = lapsed.join(slot, lapsed["last"] == slot.base)
    events = ground.inputs.events.filter(ground.inputs.events.kind == kind)
    events = events.select(whose=events.customer_id, on_day=events.day, event_id=events.event_id,
                           staff_id=events.staff_id, amount=events.amount)  # fmt: skip
    joined = rows.join(events, [rows.customer_id == events.whose, rows.base == events.on_day])
    keys = ["playbook", "programme", "calendar", "customer_id", "base", "due", "deadline", "expires"]
    return joined.group_by(keys).aggregate(
        event_id=joined.event_id.max(),
        staff_id=joined.staff_id.argmax(joined.event_id),
        amount=joined.amount.argmax(joined.event_id),
    )
