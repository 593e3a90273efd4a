"""What today's plan itself adds to the caps: a customer's contacts take the remaining room in their order of strength.

Rounds: every customer's first contact, then every second one, and so on; each sees what the ones before it have taken. Customers with one
contact need no round, for past contacts were looked at before.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import ibis
import ibis.expr.types as ir

from huifang.engine.findings import settle
from huifang.engine.frequency import Cap, deciding, free_again
from huifang.engine.joins import beside, matched
from huifang.engine.keeping import fetch_later, keep, keep_later
from huifang.engine.scheduling import CalendarDays
from huifang.engine.stages import PlanContext

_UNDECIDED = {"rule": ibis.null("string"), "until": ibis.null("date"), "detail": ibis.null("string")}


def without_room(context: PlanContext, all_caps: Sequence[Cap], contacts: ir.Table, recents: ir.Table, calendars: CalendarDays) -> ir.Table:
    """The contacts that find no room: `customer_id`, `contact`, `rule`, `until`, `detail`.

    `contacts` has one row per contact with the columns of `bundling.contacts_of` and of `frequency.usage`. One query to number them, then
    one for each round; the number of rounds is the largest number of contacts that one customer could get today.
    """
    usages = [f"used_{number}" for number in range(len(all_caps))]
    theirs = contacts.select("customer_id", "contact", "purpose", "channel", "promised", *usages)
    counted = theirs.mutate(of=theirs.count().over(ibis.window(group_by=theirs.customer_id)))
    crowded = counted.filter(counted.of > 1).drop("of")
    order = ibis.window(group_by=crowded.customer_id, order_by=crowded.contact)
    several = keep(context.connection, "several", crowded.mutate(turn=ibis.row_number().over(order) + 1))
    last = fetch_later(context.connection, several.aggregate(last=several.turn.max()))
    kinds = {"customer_id": several.customer_id.type(), "contact": several.contact.type()}
    return keep_later(
        context.connection,
        "refused",
        {**kinds, **{name: value.type() for name, value in _UNDECIDED.items()}},
        lambda: _refused(context, all_caps, several, last()[0][0], recents, calendars),
    )


def _refused(
    context: PlanContext, all_caps: Sequence[Cap], several: ir.Table, last: int | None, recents: ir.Table, calendars: CalendarDays
) -> ir.Table:
    """The refused of all rounds; `last` is the number of rounds."""
    if last is None or not all_caps:
        return several.filter(ibis.literal(value=False)).select("customer_id", "contact", **_UNDECIDED)
    taken = _round(context, all_caps, several.filter(several.turn == 1), None, recents, calendars)
    refused = taken
    for turn in range(2, last + 1):
        taken = _round(context, all_caps, several.filter(several.turn == turn), taken, recents, calendars)
        refused = refused.union(taken)
    return refused.filter(refused.rule.notnull()).select("customer_id", "contact", "rule", "until", "detail")


def _round(
    context: PlanContext,
    all_caps: Sequence[Cap],
    turn: ir.Table,
    before: ir.Table | None,
    recents: ir.Table,
    calendars: CalendarDays,
) -> ir.Table:
    """One contact of each customer, decided: adds `rule`, `until`, `detail`, and `taken_<cap>` with its own share where it is made."""
    counts = [f"taken_{number}" for number in range(len(all_caps))]
    if before is None:
        table = turn.mutate(**{name: ibis.literal(0, "int64") for name in counts})
    else:
        table = matched(turn, (before.select("customer_id", *counts), "customer_id"))
    for number, cap in enumerate(all_caps):
        table = _with_room(table, number, cap, recents, free_again(cap, context.day, calendars))
    blocked = [
        (
            number,
            cap.applies(table.purpose, table.channel) & ~table.promised & _no_room(table, number, cap),
            table[f"room_{number}"],
        )
        for number, cap in enumerate(all_caps)
    ]
    decided = settle(table, deciding(table, all_caps, blocked, [table[name] for name in counts]))
    made = decided.rule.isnull()
    shares = {
        name: decided[name] + (made & cap.applies(decided.purpose, decided.channel)).cast("int64")
        for name, cap in zip(counts, all_caps, strict=True)
    }
    kept = decided.mutate(**shares).select("customer_id", "contact", "rule", "until", "detail", *counts)
    return keep(context.connection, "round", kept)


def _used(table: ir.Table, number: int) -> ir.IntegerValue:
    return table[f"used_{number}"].fill_null(0) + table[f"taken_{number}"]


def _no_room(table: ir.Table, number: int, cap: Cap) -> ir.BooleanValue:
    """Past contacts under a cap in hours have been looked at by the clock already: here only what today adds to them closes it."""
    over = _used(table, number) >= cap.at_most
    return over if cap.hours is None else over & (table[f"taken_{number}"] > 0)


def _with_room(table: ir.Table, number: int, cap: Cap, recents: ir.Table, after_today: date) -> ir.Table:
    """Adds `room_<cap>`: the day on which today's and past contacts leave room under the cap again."""
    needed = table.mutate(nth=cap.at_most - table[f"taken_{number}"])
    past = recents.filter(recents.cap == number).select("customer_id", "nth", **{f"room_{number}": "frees"})
    joined = beside(needed, (past, ["customer_id", "nth"])).drop("nth")
    return joined.mutate(**{f"room_{number}": joined[f"room_{number}"].fill_null(after_today)})
