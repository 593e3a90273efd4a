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
from huifang.engine.scheduling import covering
from huifang.engine.terms import Terms, column_of

_LEAD = ("channel", "zone", "hours", "appointed", "opens_at", "closes_at")


def bundled(table: ir.Table, all_terms: Terms, all_caps: Sequence[Cap]) -> ir.Table:
    """Adds `place` (order of strength within the customer) and `contact` (place of the lead of the contact it belongs to).

    `table` holds the occurrences that may be contacted today. Window functions over each customer's rows, no query of its own.
    """
    strength = [table.strength, table.deadline, table.line, table.cause]
    placed = table.mutate(place=ibis.row_number().over(ibis.window(group_by=table.customer_id, order_by=strength)) + 1)
    leads = ibis.window(group_by=[placed.customer_id, placed.bundle], order_by=placed.place)
    led = placed.mutate(**{f"lead_{name}": placed[name].first(include_null=True).over(leads) for name in _LEAD})
    joins = led.bundle & _fits_channel(led, all_terms, all_caps) & _fits_time(led, all_terms)
    kind = ibis.ifelse(joins.fill_null(False), "lead", ibis.ifelse(led.bundle, "rest", "alone"))
    grouped = led.mutate(
        kind=kind,
        with_channel=ibis.ifelse(kind == "rest", led.channel, ""),
        with_zone=ibis.ifelse(kind == "rest", led.zone, ""),
        with_hours=ibis.ifelse(kind == "rest", led.hours, -1),
        with_opens=ibis.ifelse((kind == "rest") & led.appointed, led.opens_at, ibis.null("timestamp")),
        with_closes=ibis.ifelse((kind == "rest") & led.appointed, led.closes_at, ibis.null("timestamp")),
        with_place=ibis.ifelse(kind == "alone", led.place, 0),
    )
    same = ["customer_id", "kind", "with_channel", "with_zone", "with_hours", "with_opens", "with_closes", "with_place"]
    contact = grouped.place.min().over(ibis.window(group_by=[grouped[name] for name in same]))
    extra = [*same[1:], *(f"lead_{name}" for name in _LEAD)]
    return grouped.mutate(contact=contact).drop(*extra)


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
    group = ibis.window(group_by=[table.customer_id, table.contact])
    summed = table.mutate(
        deadline=table.deadline.min().over(group),
        urgency=table.urgency.max().over(group),
        value=table.value.max().over(group),
        occurrences=table.count().over(group),
    )
    return summed.filter(summed.place == summed.contact)
