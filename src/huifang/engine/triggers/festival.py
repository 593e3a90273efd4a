"""At a festival, or so long before or after it. The cause is the festival's day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import ibis.expr.types as ir

from huifang.domain.spans import Span, Unit
from huifang.engine.schedule import bases
from huifang.engine.triggers.ground import Ground, Slot, born, slots_of
from huifang.playbooks.schema import Festival

_AT_ONCE = Span(0, Unit.DAY)


def slots(ground: Ground) -> Iterator[Slot]:
    """A slot for each day of the festival in the playbook's country; of a festival of several days, the first."""
    for active, trigger in ground.each(Festival):
        span, sign = (trigger.before, -1) if trigger.before else (trigger.after or _AT_ONCE, 1)
        country = active.playbook.calendar.country
        days = {day.day for key, day in ground.days if key == country and trigger.festival in day.festivals}
        for name, calendar, found in ground.looks(active):
            for base, window in bases(span, sign, found, calendar):
                if base in days and base - timedelta(days=1) not in days:
                    yield Slot(active, "festival", name, window, base)


def births(ground: Ground, table: ir.Table) -> ir.Table:
    """Every customer, once for each slot."""
    rows = ground.inputs.customers.select("customer_id").cross_join(slots_of(table, "festival"))
    return born(ground, rows, customer_id=rows.customer_id, cause=rows.base.cast("string"), cause_day=rows.base)
