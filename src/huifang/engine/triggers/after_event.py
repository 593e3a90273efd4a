"""So long after each event of a kind. The cause is the event.

A wait in days is counted from the event's day. A wait in hours or minutes is counted from its moment, and it is due on the day that the
clock then shows where the customer lives; an event without a moment is due after the full days of the wait.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import ibis
import ibis.expr.types as ir

from huifang.domain.spans import Span, Unit
from huifang.domain.windows import find_zone
from huifang.engine.joins import among, beside, matched
from huifang.engine.keeping import fetch
from huifang.engine.schedule import ONE_DAY, Active, Window, bases
from huifang.engine.triggers.ground import Ground, Slot, born, chosen, only, slots_of
from huifang.engine.triggers.near import attributes, event_columns, wanted
from huifang.playbooks.schema import AfterEvent

_ANY, _WITHOUT_MOMENT = 1, 0
_LENGTH = {Unit.HOUR: timedelta(hours=1), Unit.MINUTE: timedelta(minutes=1)}


def slots(ground: Ground) -> Iterator[Slot]:
    """A slot for each day of the event; for waits in hours also one for each stretch of moments in each zone."""
    zones = _zones(ground)
    for active, trigger in ground.each(AfterEvent):
        wait = trigger.wait
        timed = wait.unit in _LENGTH
        for name, calendar, found in ground.looks(active):
            for base, window in bases(wait, 1, found, calendar):
                yield Slot(active, "after", name, window, base, trigger.after, _WITHOUT_MOMENT if timed else _ANY)
            for window in found.values() if timed else ():
                for zone in sorted({*zones, active.playbook.time_zone}):
                    opens, closes = _moments(window, wait, zone)
                    slot = Slot(active, "moment", name, window, window.due, trigger.after)
                    yield replace(slot, zone=zone, opens=opens, closes=closes)


def births(ground: Ground, table: ir.Table) -> ir.Table:
    """Every event that falls due in a slot and meets its programme's `where`."""
    slot, near = slots_of(table, "after"), ground.near
    rows = matched(near, (slot, {"kind": "subject", "day": "base"}))
    rows = rows.filter((rows.number == _ANY) | rows.at.isnull())
    found = list(ground.each(AfterEvent))
    if any(trigger.wait.unit in _LENGTH for _, trigger in found):
        rows = rows.select(*_KEPT, *attributes(ground)).union(_timed(ground, table), distinct=False)
    if any("nth" in wanted(trigger) for _, trigger in found):
        rows = _numbered(rows, ground.inputs.events)
    rules = [(active, trigger.where) for active, trigger in found]
    kinds = {(active.name, active.key): trigger.after for active, trigger in found}
    rows = only(rows, rules, lambda active, name: _value(rows, active, kinds[active.name, active.key], name), ground.context.day)
    return born(
        ground, rows, customer_id=rows.customer_id, cause=rows.event_id.cast("string"), event_id=rows.event_id,
        cause_day=rows.day, handler_id=rows.staff_id, amount=rows.amount,
    )  # fmt: skip


_KEPT = ("event_id", "customer_id", "kind", "at", "day", "amount", "staff_id", "playbook", "programme", "calendar", "due",
         "deadline", "expires")  # fmt: skip


def _value(rows: ir.Table, active: Active, kind: str, name: str) -> ir.Value:
    if name == "nth":
        return rows.nth
    if f"event__{name}" in rows.columns:
        return rows[f"event__{name}"]
    kinds = {"text": "string", "number": "float64", "date": "date", "boolean": "boolean"}
    return ibis.null(kinds[active.playbook.events[kind].attributes[name].type])


def _numbered(rows: ir.Table, events: ir.Table) -> ir.Table:
    """With `nth`: 1 for the customer's first event of the kind, by day, moment and id."""
    same = among(events, rows, ["customer_id", "kind"])
    order = [same.day, same["at"], same.event_id]
    window = ibis.window(group_by=[same.customer_id, same.kind], order_by=order)
    counted = same.select("event_id", nth=ibis.row_number().over(window) + 1)
    return matched(rows, (counted, "event_id"))


def _zones(ground: Ground) -> list[str]:
    if not any(trigger.wait.unit in _LENGTH for _, trigger in ground.each(AfterEvent)):
        return []
    found = fetch(ground.context.connection, _homes(ground).select("home_zone").distinct())
    return [zone for (zone,) in found if find_zone(zone) is not None]


def _homes(ground: Ground) -> ir.Table:
    """`home` (the customer) and `home_zone`: the customer's own zone, or the branch's."""
    customers, branches = ground.inputs.customers, ground.inputs.branches
    joined = beside(customers, (branches.select("branch_id", place_zone="time_zone"), "branch_id"))
    return joined.select(home=joined.customer_id, home_zone=ibis.coalesce(joined.time_zone, joined.place_zone))


def _moments(window: Window, wait: Span, zone: str) -> tuple[datetime, datetime]:
    """From when to when (UTC, without zone) an event must have been to fall due on the window's due day in the zone."""
    length = wait.amount * _LENGTH[wait.unit]
    opens, closes = (
        datetime.combine(day, time(), find_zone(zone)).astimezone(UTC).replace(tzinfo=None) - length
        for day in (window.due, window.due + ONE_DAY)
    )
    return opens, closes


def _timed(ground: Ground, table: ir.Table) -> ir.Table:
    slot, events = slots_of(table, "moment"), event_columns(ground)
    rows = events.join(slot, [events.kind == slot.subject, events["at"] >= slot.opens, events["at"] < slot.closes])
    homes = _homes(ground)
    rows = rows.left_join(homes, rows.customer_id == homes.home)
    known = rows.home_zone.isin(_zones(ground)) if _zones(ground) else ibis.literal(value=False)
    zone = ibis.ifelse(known.fill_null(False), rows.home_zone, _own_zone(ground, rows))
    return rows.filter(rows.zone == zone).select(*_KEPT, *attributes(ground))


def _own_zone(ground: Ground, rows: ir.Table) -> ir.Value:
    cases = [(chosen(rows, active), active.playbook.time_zone) for active, _ in ground.each(AfterEvent)]
    return ibis.cases(*cases, else_=None)
