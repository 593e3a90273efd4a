"""When a condition over the customer's facts begins to hold. The cause is the day on which a plan first sees it hold.

A plan keeps no facts from one day to the next; it works out from the tables of today what the facts were. With a wait, "the day" and "the
last plan's day" below are so long ago. The condition begins to hold where it holds on the day, no occurrence of the programme is
open, and either none was ever known or the condition did not hold on the last plan's day. What holds at the very first plan begins there.
Attributes, and numbers handed over with the customers, count with their present values on every day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import ibis
import ibis.expr.types as ir

from huifang.domain.calendars import WorkingCalendar
from huifang.domain.spans import Span, Unit
from huifang.engine import conditions
from huifang.engine.schedule import ONE_DAY, Active, moved
from huifang.engine.triggers.ground import Ground, Slot, born, chosen, fact_of, slots_of
from huifang.playbooks.expressions import Node, parse
from huifang.playbooks.schema import Becomes

_AT_ONCE = Span(0, Unit.DAY)


def slots(ground: Ground) -> Iterator[Slot]:
    """A slot for the day itself: the beginnings between two plans are seen by the later one."""
    for active, _ in ground.each(Becomes):
        for name, _, found in ground.looks(active):
            yield Slot(active, "becomes", name, found[ground.context.day], ground.context.day)


def births(ground: Ground, table: ir.Table) -> Iterator[ir.Table]:
    """Everyone for whom a condition begins to hold."""
    for active, trigger in ground.each(Becomes):
        wait = trigger.wait or _AT_ONCE
        for name, calendar, _ in ground.looks(active):
            day = _so_long_before(ground.context.day, wait, calendar)
            since = ground.context.since
            before = None if since is None else _so_long_before(since, wait, calendar)
            slot = slots_of(table, "becomes")
            slot = slot.filter(chosen(slot, active))
            slot = slot if name is None else slot.filter(slot.calendar == name)
            yield _births(ground, active, parse(trigger.becomes), slot, day, before)


def _so_long_before(day: date, wait: Span, calendar: WorkingCalendar | None) -> date:
    """The last day from which the wait leads to `day` or a day before it."""
    earlier = moved(day, wait, -1, calendar)
    while moved(earlier + ONE_DAY, wait, 1, calendar) <= day:
        earlier += ONE_DAY
    while moved(earlier, wait, 1, calendar) > day:
        earlier -= ONE_DAY
    return earlier


def _holding(ground: Ground, active: Active, tree: Node, day: date) -> ir.Table:
    facts = ground.facts_on(day)
    return facts.filter(conditions.holds(tree, lambda name: fact_of(facts, active, name), day)).select("customer_id")


def _births(ground: Ground, active: Active, tree: Node, slot: ir.Table, day: date, before: date | None) -> ir.Table:
    known = ground.inputs.known
    mine = known.filter(known.playbook == active.name, known.programme == active.key)
    now = _holding(ground, active, tree, day).anti_join(mine.filter(mine.open), "customer_id")
    stale = mine if before is None else _holding(ground, active, tree, before).semi_join(mine, "customer_id")
    now = now.anti_join(stale, "customer_id")
    rows = now.cross_join(slot)
    cause_day = ibis.literal(day)
    return born(ground, rows, customer_id=rows.customer_id, cause=cause_day.cast("string"), cause_day=cause_day)
