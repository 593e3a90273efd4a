"""Who is left in peace today: an overdrawn account, a class that rests, a class with longer gaps (`domain.contact_rest`).

Read from the table `contact_policy`, only where it was given and a programme is in force for which it may hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from huifang.domain.contact import Purpose
from huifang.domain.contact_guard import MOST
from huifang.engine.findings import Finding, figures
from huifang.engine.frequency import Cap, free_again
from huifang.engine.joins import Key, among, beside
from huifang.engine.lookups import lookup
from huifang.engine.scheduling import CalendarDays
from huifang.engine.stages import Inputs, PlanContext
from huifang.engine.terms import Terms


def rests(
    context: PlanContext, inputs: Inputs, terms: Terms, caps: Sequence[Cap], people: ir.Table, calendars: CalendarDays
) -> list[tuple[ir.Table, Key]]:
    """To be joined to the occurrences of `people`: `balance`, `paused`, and by gap (its number among the caps) `wait_<gap>`, the days it
    lasts, with `rested_<gap>`, the day from which it no longer holds. Nothing where no account is kept. One pass over the last contacts.
    """
    if not _unasked(inputs, terms):
        return []
    day, gaps = context.day, _gaps(caps)
    policy = among(inputs.contact_policy, people, "customer_id")
    slowed = ibis.least(policy.slowed.fill_null(1.0), MOST)
    table = policy.select("customer_id", "balance", "paused", slowed=slowed)
    if not gaps:
        return [(table.drop("slowed"), "customer_id")]
    lengths = {number: (free_again(cap, day, calendars) - day).days for number, cap in gaps}
    slow = table.filter(table.slowed > 1)
    contacts = inputs.contacts.select("customer_id", "purpose", "counted", day=inputs.contacts.local_day.fill_null(inputs.contacts.day))
    first = day - timedelta(days=int(MOST) * max(lengths.values()))
    made = among(contacts.filter(contacts.counted & contacts.day.between(first, day)), slow, "customer_id")
    last = {f"last_{number}": made.day.max(where=made.purpose.isin(list(cap.purposes))) for number, cap in gaps}
    table = beside(table, (made.group_by("customer_id").aggregate(**last), "customer_id"))
    waits = {f"wait_{number}": (table.slowed * lengths[number]).ceil().cast("int64") for number, _ in gaps}
    table = table.mutate(**waits)
    since = {number: ibis.literal(day).delta(table[f"last_{number}"], unit="day") for number, _ in gaps}
    left = {
        f"left_{number}": ibis.ifelse(table.slowed > 1, table[f"wait_{number}"] - ago, ibis.null("int64")).cast("int64")
        for number, ago in since.items()
    }
    table = table.mutate(**left)
    ahead = _ahead(context, day, int(MOST) * max(lengths.values()))
    until = [(ahead.select("left", **{f"rested_{number}": "day"}), {f"left_{number}": "left"}) for number, _ in gaps]
    table = beside(table, *until)
    kept = [name for number, _ in gaps for name in (f"wait_{number}", f"rested_{number}")]
    return [(table.select("customer_id", "balance", "paused", *kept), "customer_id")]


def _ahead(context: PlanContext, day: date, most: int) -> ir.Table:
    """The day that lies so many days ahead, from 1 on."""
    rows = [(number, day + timedelta(days=number)) for number in range(1, most + 1)]
    return lookup(context.connection, "days_ahead", {"left": "int64", "day": "date"}, rows)


def findings(table: ir.Table, context: PlanContext, inputs: Inputs, terms: Terms, caps: Sequence[Cap]) -> list[Finding]:
    """The rules of this stage; of several lengthened gaps the first that still counts answers. `table` has what `rests` gives."""
    lines = _unasked(inputs, terms)
    if not lines:
        return []
    tomorrow = ibis.literal(context.day + timedelta(days=1))
    held = table.line.isin(lines) & ~table.promised
    found = [
        Finding("deferred.account-overdrawn", held & (table.balance < 0).fill_null(False), tomorrow, figures(balance=table.balance)),
        Finding("deferred.class-rests", held & table.paused.fill_null(False), tomorrow),
    ]
    for number, cap in _gaps(caps):
        slowed = held & table[f"rested_{number}"].notnull() & table.purpose.isin(list(cap.purposes))
        told = figures(per=str(cap.per), days=table[f"wait_{number}"])
        found.append(Finding("deferred.class-slowed", slowed, table[f"rested_{number}"], told))
    return found


def _unasked(inputs: Inputs, terms: Terms) -> list[int]:
    """The lines of programmes for which accounts and classes hold, where there are any."""
    return [line.line for line in terms.lines if line.rule.unasked] if inputs.policy_given else []


def _gaps(caps: Sequence[Cap]) -> list[tuple[int, Cap]]:
    """The gaps that a customer who is left in peace could come under, with their numbers."""
    rests = {Purpose.RELATIONSHIP.value, Purpose.MARKETING.value}
    return [(number, cap) for number, cap in enumerate(caps) if cap.rule == "gap" and rests & set(cap.purposes)]
