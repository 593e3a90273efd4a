"""Every so often, counted from a beginning and from the last contact. The cause is the due day.

Without a contact of the programme the series begins so long (`wait`, or one period) after the first event of `since` or the first day in
the register. From then on it goes on from the last contact that reached the customer, or from the due day of the programme's last finished
occurrence where that is later. A day of the series that passed unused is followed by the next one, a period later. While an occurrence
of the programme is open no other is born. `times` counts the contacts that reached the customer.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from huifang.engine.schedule import Active, series
from huifang.engine.stages import fetch
from huifang.engine.triggers.ground import Ground, Slot, born, first_event_column, slots_of
from huifang.playbooks.schema import Cadence

_START, _GOES_ON = "start", "goes on"


def slots(ground: Ground) -> Iterator[Slot]:
    """A slot for each day, of the beginning or of the last contact, whose series has a due day in a window."""
    found = list(ground.each(Cadence))
    if not found:
        return
    ((earliest,),) = fetch(ground.context.connection, _anchors(ground, found))
    for active, trigger in found:
        for name, calendar, windows in ground.looks(active):
            base: date = earliest or ground.context.day
            while base <= ground.context.day:
                for way, first in ((_START, trigger.wait or trigger.every), (_GOES_ON, trigger.every)):
                    due = series(base, first, trigger.every, ground.context.day, calendar)
                    if due is not None and due in windows:
                        yield Slot(active, "cadence", name, windows[due], base, way)
                base += timedelta(days=1)


def _anchors(ground: Ground, found: list[tuple[Active, Cadence]]) -> ir.Table:
    columns = [ground.facts[name] for name in sorted({_start_column(trigger) for _, trigger in found})]
    starts = ground.facts.aggregate(**{f"day{number}": column.min() for number, column in enumerate(columns)})
    days = [starts[name] for name in starts.columns]
    return starts.select(earliest=ibis.least(*days) if len(days) > 1 else days[0])


def _start_column(trigger: Cadence) -> str:
    return first_event_column(trigger.since) if trigger.since else "first_seen"


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
    people = ground.facts.select("customer_id", start=_start_column(trigger))
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
