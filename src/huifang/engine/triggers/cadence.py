"""Every so often, counted from a beginning and from the last contact. The cause is the due day.

Without a contact of the programme the series begins so long (`wait`, or one period) after the first event of `since` or the first day in
the register. From then on it goes on from the last contact that reached the customer, or from the due day of the programme's last finished
occurrence where that is later. A day of the series that passed unused is followed by the next one, a period later. While an occurrence
of the programme is open no other is born. `times` counts the contacts that reached the customer.
"""

from __future__ import annotations

from collections.abc import Iterator

import ibis
import ibis.expr.types as ir

from huifang.engine.keeping import fetch
from huifang.engine.schedule import Active, series
from huifang.engine.triggers.ground import Ground, Slot, born, slots_of
from huifang.playbooks.schema import Cadence

_START, _GOES_ON = "start", "goes on"


def slots(ground: Ground) -> Iterator[Slot]:
    """A slot for each day that there is, of the beginning or of the last contact, whose series has a due day in a window."""
    found = list(ground.each(Cadence))
    if not found:
        return
    days = [day for (day,) in fetch(ground.context.connection, _anchors(ground, found))]
    for active, trigger in found:
        for name, calendar, windows in ground.looks(active):
            for base in days:
                for way, first in ((_START, trigger.wait or trigger.every), (_GOES_ON, trigger.every)):
                    due = series(base, first, trigger.every, ground.context.day, calendar)
                    if due is not None and due in windows:
                        yield Slot(active, "cadence", name, windows[due], base, way)


def _anchors(ground: Ground, found: list[tuple[Active, Cadence]]) -> ir.Table:
    """Every day up to today from which somebody's series is counted, once."""
    kinds = sorted({trigger.since or "" for _, trigger in found})
    days = [_starts(ground, kind or None).select("start") for kind in kinds]
    days += [_last_contacts(ground).select(start="last_day"), _last_known(ground).select(start="finished")]
    every = days[0].union(*days[1:], distinct=False)
    return every.filter(every.start <= ground.context.day).distinct().order_by("start")


def _starts(ground: Ground, since: str | None) -> ir.Table:
    """`customer_id`, `start`: the day of the first event of a kind, or the first day in the register."""
    events, customers = ground.inputs.events, ground.inputs.customers
    events = events.filter(events.day <= ground.context.day)
    if since is not None:
        return _first_days(events.filter(events.kind == since)).semi_join(customers, "customer_id")
    stated = customers.filter(customers.first_seen.notnull()).select("customer_id", start="first_seen")
    others = customers.filter(customers.first_seen.isnull()).select("customer_id")
    return stated.union(_first_days(events.semi_join(others, "customer_id")), distinct=False)


def _first_days(events: ir.Table) -> ir.Table:
    return events.group_by("customer_id").aggregate(start=events.day.min())


def births(ground: Ground, table: ir.Table) -> Iterator[ir.Table]:
    """Every customer whose series has a day in a slot's window."""
    contacts, known = _last_contacts(ground), _last_known(ground)
    for active, trigger in ground.each(Cadence):
        yield _births(ground, active, trigger, slots_of(table, "cadence"), contacts, known)


def _births(ground: Ground, active: Active, trigger: Cadence, slot: ir.Table, contacts: ir.Table, known: ir.Table) -> ir.Table:
    slot = slot.filter(slot.playbook == active.name, slot.programme == active.key)
    mine = contacts.filter(contacts.programme == active.key).select(whom="customer_id", contacted="last_day", made="made")
    seen = known.filter(known.playbook == active.name, known.programme == active.key)
    seen = seen.select(whose="customer_id", finished="finished", is_open="is_open")
    starts = _starts(ground, trigger.since).rename(started="customer_id")
    people = ground.inputs.customers.select("customer_id")
    people = people.left_join(starts, people.customer_id == starts.started)
    people = people.left_join(mine, people.customer_id == mine.whom)
    people = people.left_join(seen, people.customer_id == seen.whose)
    people = people.filter(~people.is_open.fill_null(False))
    if trigger.times is not None:
        people = people.filter(people.made.fill_null(0) < trigger.times)
    last = ibis.greatest(people.contacted, people.finished)
    people = people.select("customer_id", anchor=ibis.coalesce(last, people.start), way=ibis.ifelse(last.isnull(), _START, _GOES_ON))
    rows = people.join(slot, [people.anchor == slot.base, people.way == slot.subject])
    return born(ground, rows, customer_id=rows.customer_id, cause=rows.due.cast("string"), cause_day=rows.due)


def _last_contacts(ground: Ground) -> ir.Table:
    contacts = ground.inputs.contacts
    reached = contacts.filter(contacts.reached, contacts.day <= ground.context.day)
    return reached.group_by(["customer_id", "programme"]).aggregate(last_day=reached.day.max(), made=reached.count().cast("int64"))


def _last_known(ground: Ground) -> ir.Table:
    known = ground.inputs.known
    return known.group_by(["playbook", "programme", "customer_id"]).aggregate(
        finished=known.due.max(where=~known.open), is_open=known.open.any()
    )
