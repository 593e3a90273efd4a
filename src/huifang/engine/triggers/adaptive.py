"""When a contact is worth most now, by the learned table `contact_policy`, within the programme's bounds. The cause is the day and the way.

Three ways, in this order; none leads to a customer with an open occurrence of the programme, to one whose last contact (of any programme)
or whose last finished occurrence of this one is nearer than `no sooner than` times `slowed`, to a class that is paused, nor, unless the
purpose is service, to a customer whose emotional account is below 0:

    waited   `no later than` has passed since that day, or since the first day in the register; not counted toward the share
    worth    the largest indices above 0; as many as the day has places
    drawn    of the others in the table, by md5 of ``playbook|programme|day|customer_id``: the share `explore` of the places

The day's places are the share `adaptive` of the programme's customers. A part of a place is made whole on as many days as it says, by md5
of ``playbook|programme|day|places``, so that a share of a small business is kept over the days.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from hashlib import md5 as digest

import ibis
import ibis.expr.types as ir

from huifang.domain.contact import Purpose
from huifang.domain.spans import shift
from huifang.engine import conditions
from huifang.engine.keeping import fetch, keep
from huifang.engine.lookups import md5
from huifang.engine.schedule import Active
from huifang.engine.triggers.ground import Ground, Slot, born, chosen, fact_of, slots_of
from huifang.playbooks.expressions import parse
from huifang.playbooks.schema import Adaptive, Playbook

WAITED, WORTH, DRAWN = "waited", "worth", "drawn"


def adaptives(playbooks: Iterable[Playbook]) -> Iterator[tuple[str, str]]:
    """Playbook and key of every adaptive programme."""
    for playbook in playbooks:
        for key, programme in playbook.programmes.items():
            if isinstance(programme.when, Adaptive):
                yield playbook.playbook, key


def slots(ground: Ground) -> Iterator[Slot]:
    """A slot for the day itself."""
    for active, _ in ground.each(Adaptive):
        for name, _, found in ground.looks(active):
            yield Slot(active, "adaptive", name, found[ground.context.day], ground.context.day)


def births(ground: Ground, table: ir.Table) -> Iterator[ir.Table]:
    """The customers whom each programme chooses for the day. Two queries each."""
    for active, trigger in ground.each(Adaptive):
        slot = slots_of(table, "adaptive")
        picked = _picked(ground, active, trigger).cross_join(slot.filter(chosen(slot, active)))
        cause = ibis.literal(f"{ground.context.day.isoformat()}:") + picked.way
        yield born(ground, picked, customer_id=picked.customer_id, cause=cause, cause_day=ibis.literal(ground.context.day))


def places(share: float, customers: int, key: str) -> int:
    """The whole places of a share; the part that is left over is one more place where the draw of `key` falls into it.

    >>> places(0.05, 200, "shop|care|2026-03-02"), places(0, 200, "")
    (10, 0)
    """
    whole, part = divmod(share * customers, 1)
    return int(whole) + (int(digest(key.encode(), usedforsecurity=False).hexdigest()[:8], 16) / 16**8 < round(part, 9))


def _picked(ground: Ground, active: Active, trigger: Adaptive) -> ir.Table:
    """`customer_id`, `way`."""
    day, key = ground.context.day, f"{active.name}|{active.key}|{ground.context.day.isoformat()}|"
    people = keep(ground.context.connection, "adaptive", _people(ground, active, trigger))
    ((number,),) = fetch(ground.context.connection, people.aggregate(number=people.count()))
    room = places(trigger.adaptive, number, f"{key}places")
    drawn = places(trigger.explore, room, f"{key}explore")
    fit = people.filter(people.fit)
    waited = _waited(fit, trigger, day)
    others = fit.filter(~waited, fit.index.notnull())
    draw = md5(ibis.literal(key) + others.customer_id.cast("string"))
    ranked = others.mutate(draw=draw, order=ibis.row_number().over(order_by=[others.index.desc(), draw, others.customer_id]))
    worth = (ranked.index > 0) & (ranked.order < room - drawn)
    rest = ranked.filter(~worth)
    rest = rest.mutate(turn=ibis.row_number().over(order_by=[rest.draw, rest.customer_id]))
    ways = [
        fit.filter(waited).select("customer_id", way=ibis.literal(WAITED)),
        ranked.filter(worth).select("customer_id", way=ibis.literal(WORTH)),
        rest.filter(rest.turn < drawn).select("customer_id", way=ibis.literal(DRAWN)),
    ]
    return ways[0].union(*ways[1:], distinct=False)


def _waited(fit: ir.Table, trigger: Adaptive, day: date) -> ir.BooleanValue:
    if trigger.no_later_than is None:
        return ibis.literal(value=False)
    return (ibis.coalesce(fit.last, fit.start) <= shift(day, trigger.no_later_than, -1)).fill_null(False)


def _people(ground: Ground, active: Active, trigger: Adaptive) -> ir.Table:
    """The programme's customers: `customer_id`, `index`, `start`, `last` (contact or finished occurrence), `fit` (may be chosen today)."""
    inputs, day = ground.inputs, ground.context.day
    people = _customers(ground, active)
    counted = inputs.contacts.filter(inputs.contacts.counted, inputs.contacts.day <= day)
    last = counted.group_by(whom=counted.customer_id).aggregate(contacted=counted.day.max())
    known = inputs.known.filter(inputs.known.playbook == active.name, inputs.known.programme == active.key)
    known = known.group_by(whose=known.customer_id).aggregate(finished=known.due.max(where=~known.open), is_open=known.open.any())
    policy = inputs.contact_policy.select("index", "slowed", "paused", "balance", of="customer_id")
    rows = people.left_join(last, people.customer_id == last.whom)
    rows = rows.left_join(known, rows.customer_id == known.whose)
    rows = rows.left_join(policy, rows.customer_id == policy.of)
    latest = ibis.greatest(rows.contacted, rows.finished)
    shortest = (day - shift(day, trigger.no_sooner_than, -1)).days
    rested = ibis.literal(day).delta(latest, unit="day") >= (shortest * rows.slowed.fill_null(1.0)).ceil()
    fit = ~rows.is_open.fill_null(False) & rested.fill_null(True) & ~rows.paused.fill_null(False)
    if active.programme.purpose is not Purpose.SERVICE:
        fit = fit & (rows.balance.fill_null(0) >= 0)
    return rows.select("customer_id", "index", start=rows.first_seen, last=latest, fit=fit)


def _customers(ground: Ground, active: Active) -> ir.Table:
    """`customer_id`, `first_seen` of the active customers that the programme is for."""
    customers = ground.inputs.customers
    customers = customers.filter(
        customers.kind.fill_null("person").isin(active.playbook.subjects), customers.status.fill_null("active") == "active"
    )
    if active.programme.for_ is not None:
        facts = ground.facts_on(ground.context.day)
        holds = conditions.holds(parse(active.programme.for_), lambda name: fact_of(facts, active, name), ground.context.day)
        customers = customers.semi_join(facts.filter(holds), "customer_id")
    return customers.select("customer_id", "first_seen")
