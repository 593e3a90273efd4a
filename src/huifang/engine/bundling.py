"""What is due together for one customer becomes one contact.

The lead is the strongest occurrence that may be bundled (promise, then purpose, then deadline). Another joins where it may be bundled, its
own channels, consent and caps allow the lead's channel, its hours hold all of the lead's, and no promised time is lost. What cannot join
the lead is bundled among itself by channel, hours, zone and promised time.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir

from huifang.engine.frequency import Cap, full
from huifang.engine.joins import among, matched, not_among
from huifang.engine.scheduling import covering
from huifang.engine.terms import Terms, column_of

_LEAD = ("channel", "zone", "hours", "appointed", "opens_at", "closes_at")


def bundled(table: ir.Table, all_terms: Terms, all_caps: Sequence[Cap]) -> ir.Table:
    """Adds `place` (order of strength within the customer) and `contact` (place of the lead of the contact it belongs to).

    `table` holds the occurrences that may be contacted today. Only customers with several are looked at closely. No query of its own.
    """
    counted = table.group_by("customer_id").aggregate(occurrences=table.count())
    several = counted.filter(counted.occurrences > 1)
    single = not_among(table, (several, "customer_id")).mutate(place=ibis.literal(1, "int64"), contact=ibis.literal(1, "int64"))
    together = _together(among(table, several, "customer_id"), all_terms, all_caps)
    return single.union(together.select(*single.columns), distinct=False)


def _together(table: ir.Table, all_terms: Terms, all_caps: Sequence[Cap]) -> ir.Table:
    """`bundled` of customers with several occurrences, by window functions over each customer's rows."""
    strength = [table.strength, table.deadline, table.line, table.cause]
    placed = table.mutate(place=ibis.row_number().over(ibis.window(group_by=table.customer_id, order_by=strength)) + 1)
    leads = ibis.window(group_by=[placed.customer_id, placed.bundle], order_by=placed.place)
    led = placed.mutate(**{f"lead_{name}": placed[name].first(include_null=True).over(leads) for name in _LEAD})
    joins = led.bundle & _fits_channel(led, all_terms, all_caps) & _fits_time(led, all_terms)
    led = led.mutate(kind=ibis.ifelse(joins.fill_null(False), "lead", ibis.ifelse(led.bundle, "rest", "alone")))
    rest = led.kind == "rest"
    same = [
        led.customer_id,
        led.kind,
        ibis.ifelse(rest, led.channel, ""),
        ibis.ifelse(rest, led.zone, ""),
        ibis.ifelse(rest, led.hours, -1),
        ibis.ifelse(rest & led.appointed, led.opens_at, ibis.null("timestamp")),
        ibis.ifelse(rest & led.appointed, led.closes_at, ibis.null("timestamp")),
        ibis.ifelse(led.kind == "alone", led.place, 0),
    ]
    return led.mutate(contact=led.place.min().over(ibis.window(group_by=same)))


def _fits_channel(table: ir.Table, all_terms: Terms, all_caps: Sequence[Cap]) -> ir.BooleanValue:
    """The lead's channel is one of the row's own that reach, with consent, and past contacts leave room on it."""
    can = [(table.lead_channel == channel.value) & table[f"can_{column_of(channel)}"] for channel in all_terms.channels]
    return reduce(or_, can) & ~reduce(or_, full(table, all_caps, table.lead_channel), ibis.literal(value=False))


def _fits_time(table: ir.Table, all_terms: Terms) -> ir.BooleanValue:
    """The contact happens in the lead's time: the row's hours hold it, and a promised time is the lead's own."""
    same_time = (table.opens_at == table.lead_opens_at) & (table.closes_at == table.lead_closes_at)
    inside = (table.opens_at <= table.lead_opens_at) & (table.closes_at >= table.lead_closes_at)
    hours = (table.zone == table.lead_zone) & covering(all_terms, table.hours, table.lead_hours)
    return ibis.cases((table.appointed, same_time), (table.lead_appointed, inside), else_=hours)


def contacts_of(table: ir.Table) -> ir.Table:
    """One row per contact: the lead's columns with the members' earliest `deadline`, highest `urgency` and `value`, and their number."""
    group = ["customer_id", "contact"]
    summed = table.group_by(group).aggregate(
        deadline=table.deadline.min(), urgency=table.urgency.max(), value=table.value.max(), occurrences=table.count()
    )
    leads = table.filter(table.place == table.contact).drop("deadline", "urgency", "value")
    return matched(leads, (summed, group))
