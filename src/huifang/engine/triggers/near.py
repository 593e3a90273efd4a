"""The events on the days that programmes look for: found in one pass over all events, for every trigger that starts from an event's day."""

from __future__ import annotations

from collections.abc import Iterable

import ibis.expr.types as ir

from huifang.engine.joins import among
from huifang.engine.keeping import keep
from huifang.engine.triggers.ground import Ground, Slot, looked_for
from huifang.playbooks.expressions import names, parse
from huifang.playbooks.schema import AfterEvent

_TRIGGERS = ("after", "lapse")
_COLUMNS = ("event_id", "customer_id", "kind", "at", "day", "amount", "staff_id")


def near(ground: Ground, table: ir.Table, slots: Iterable[Slot]) -> ir.Table | None:
    """The events of a slot's kind on its base day (`event_columns`), kept; None where no slot starts from an event's day."""
    found = [slot for slot in slots if slot.trigger in _TRIGGERS]
    if not found:
        return None
    first, last = looked_for(found)
    days = table.filter(table.trigger.isin(_TRIGGERS)).select(of="subject", on="base").distinct()
    events = event_columns(ground)
    events = events.filter(events.day.between(first, last))
    return keep(ground.context.connection, "near", among(events, days, {"kind": "of", "day": "on"}))


def event_columns(ground: Ground) -> ir.Table:
    """All events with what triggers read of them; attributes that a `where` names are called ``event__<name>``."""
    events = ground.inputs.events
    return events.select(*_COLUMNS, **{name: events[name.removeprefix("event__")] for name in attributes(ground)})


def attributes(ground: Ground) -> list[str]:
    """The columns of attributes that any `where` names."""
    named = {name for _, trigger in ground.each(AfterEvent) for name in wanted(trigger)}
    return [f"event__{name}" for name in sorted(named) if name in ground.inputs.events.columns]


def wanted(trigger: AfterEvent) -> frozenset[str]:
    """What a trigger's `where` names."""
    return names(parse(trigger.where)) if trigger.where else frozenset()
