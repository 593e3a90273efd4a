"""Every occurrence by itself: may this customer be contacted for this today? One wide query over the occurrences.

`considered` brings together what the rules need (the programme's terms, the customer's facts, ways to reach and consent, today's opening
and window, contacts that caps count) and applies the rules of each stage in order of strength. What no rule stops goes on to bundling.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir

from huifang.engine import conditions, frequency, scheduling, suppression
from huifang.engine.frequency import Cap
from huifang.engine.keeping import keep
from huifang.engine.rules import figures, settle
from huifang.engine.scheduling import CalendarDays
from huifang.engine.stages import Inputs, PlanContext, fact_column
from huifang.engine.terms import Line, Terms, column_of, terms_table
from huifang.engine.triggers.adaptive import adaptives
from huifang.playbooks.expressions import names, parse

_CARRIED = (
    "playbook", "programme", "customer_id", "cause", "event_id", "cause_day", "due", "deadline", "expires", "attempts", "next_on",
    "last_staff_id", "handler_id", "promise_opens_at", "promise_closes_at", "promise_staff_id", "promise_day",
)  # fmt: skip
"""Columns of an occurrence that its rules and later stages read."""
_TERMS = ("line", "purpose", "hold_out", "share", "bundle", "tries", "owner", "hours", "days", "needs")
_FACTS = ("status", "branch_id", "owner_id", "open_cases")
_KEPT = (
    "line", "playbook", "programme", "customer_id", "cause", "event_id", "cause_day", "purpose", "due", "deadline",
    "expires", "promised", "appointed", "last_staff_id", "handler_id", "promise_staff_id", "scheduled_staff_id", "owner_id",
    "branch_id", "owner", "needs", "bundle", "strength", "calendar", "days", "zone", "hours", "opens_at", "closes_at",
    "channel", "value", "attempts", "rule", "until", "detail", "day_final",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ground:
    """What a plan's stages share: the programmes' terms, all caps, calendars as Python values, openings as a table, counted contacts."""

    terms: Terms
    caps: tuple[Cap, ...]
    calendars: CalendarDays
    opening: ir.Table
    recents: ir.Table


def ground(context: PlanContext, inputs: Inputs, terms: Terms, occurrences: ir.Table) -> Ground:
    """The shared ground; two queries: the calendars, and the contacts that count."""
    calendars = scheduling.calendar_days(context, inputs.calendar_days)
    caps = frequency.caps(context.playbooks)
    people = occurrences.select("customer_id").distinct()
    recents = keep(context.connection, "recents", frequency.recent(context, caps, inputs.contacts, people, calendars))
    return Ground(terms, caps, calendars, scheduling.openings(context, terms, calendars), recents)


def considered(context: PlanContext, inputs: Inputs, facts: ir.Table, occurrences: ir.Table, ground: Ground) -> ir.Table:
    """The occurrences with `rule`, `until`, `detail` where a rule has decided already, and all that the later stages need.

    Three queries: what is due with its terms and facts, the zones in it, and the table that is kept.
    """
    table = keep(context.connection, "due", _with_terms(context, inputs, facts, occurrences, ground.terms))
    window = scheduling.windows(context, ground.terms, table)
    table = scheduling.scheduled(_with_reach(inputs, table, ground, window, context), context)
    table = suppression.reachable(table, ground.terms)
    findings = [
        *suppression.findings(table, context),
        *scheduling.findings(table, context),
        *frequency.findings(table, ground.caps),
    ]
    table = settle(table, findings)
    table = _with_worth(inputs, table, context)
    table = table.mutate(opens_at=frequency.opening(table, ground.caps))
    channels = [f"can_{column_of(channel)}" for channel in ground.terms.channels]
    used = [f"used_{number}" for number in range(len(ground.caps))]
    used += [f"frees_at_{number}" for number, cap in enumerate(ground.caps) if cap.hours is not None]
    return keep(context.connection, "considered", table.select(*_KEPT, *channels, *used))


def _with_terms(context: PlanContext, inputs: Inputs, facts: ir.Table, occurrences: ir.Table, terms: Terms) -> ir.Table:
    """Occurrences with their programme's terms, their customer's facts, zone and calendar, `still`, `value` and `strength`."""
    table = occurrences.inner_join(terms_table(context.connection, terms), ["playbook", "programme"])
    facts = facts.select(whose="customer_id", **{name: name for name in _fact_columns(facts, terms)})
    table = table.left_join(facts, [("customer_id", "whose")])
    branches = inputs.branches.select(place="branch_id", branch_calendar="calendar")
    table = table.left_join(branches, [("branch_id", "place")])
    table = _with_schedule(inputs, table)
    any_branch = branches.count().as_scalar() > 0
    promised = table.promised.fill_null(False)
    through = [f"through_{column_of(channel)}" for channel in terms.channels]
    return table.select(
        *_CARRIED, *_TERMS, *_FACTS, *through, "scheduled_day", "scheduled_staff_id",
        promised=promised,
        strength=ibis.ifelse(promised, 0, table.weight),
        calendar=table.branch_calendar.fill_null(table.country),
        zone=table.time_zone.fill_null(table.zone_default),
        branch_unknown=any_branch & table.branch_id.notnull() & table.place.isnull(),
        still=_by_line(table, terms, lambda line: line.rule.still, context, ibis.literal(value=True)).fill_null(False),
        value=_by_line(table, terms, lambda line: line.rule.value, context, table.amount).cast("float64"),
    )  # fmt: skip


def _with_schedule(inputs: Inputs, table: ir.Table) -> ir.Table:
    """With `scheduled_day` and `scheduled_staff_id` of the approved schedule; of several rows of an occurrence the latest day counts."""
    key = ["playbook", "programme", "customer_id", "cause"]
    named = inputs.schedule.semi_join(table, key)
    order = ibis.window(group_by=key, order_by=[named.day.desc(), named.staff_id])
    last = named.mutate(_place=ibis.row_number().over(order)).filter(ibis._["_place"] == 0)
    last = last.select(
        **{f"of_{name}": last[name] for name in key}, scheduled_day=last.day, scheduled_staff_id=last.staff_id,
    )  # fmt: skip
    return table.left_join(last, [(name, f"of_{name}") for name in key])


def _with_worth(inputs: Inputs, table: ir.Table, context: PlanContext) -> ir.Table:
    """For occurrences of adaptive programmes that no rule stops, the contact policy's figures as `detail`, and its index as the value."""
    mine = list(adaptives(context.playbooks))
    if not mine:
        return table
    policy = inputs.contact_policy.semi_join(table, "customer_id")
    policy = policy.select(of_whom="customer_id", worth="index", lift="expected_effect")
    joined = table.left_join(policy, [("customer_id", "of_whom")])
    adaptive = reduce(or_, [(joined.playbook == name) & (joined.programme == key) for name, key in mine])
    known = adaptive & joined.worth.notnull()
    told = ibis.ifelse(joined.lift.isnull(), figures(index=joined.worth), figures(index=joined.worth, expected_effect=joined.lift))
    return joined.mutate(
        value=ibis.ifelse(known & joined.value.isnull(), joined.worth, joined.value),
        detail=ibis.ifelse(known & joined.rule.isnull(), told, joined.detail),
    )


def _by_line(table: ir.Table, terms: Terms, text: Callable[[Line], str | None], context: PlanContext, default: ir.Value) -> ir.Value:
    """A condition of each programme over its customers' facts; `default` for programmes without one."""
    cases = [
        (table.line == line.line, conditions.value(parse(said), _resolve(table, line.playbook), context.day))
        for line in terms.lines
        if (said := text(line)) is not None
    ]
    return ibis.cases(*cases, else_=default) if cases else default


def _resolve(table: ir.Table, playbook: str) -> Callable[[str], ir.Value]:
    return lambda name: table[_column(table, playbook, name)]


def _column(table: ir.Table, playbook: str, name: str) -> str:
    own = fact_column(playbook, name)
    return own if own in table.columns else name


def _fact_columns(facts: ir.Table, terms: Terms) -> list[str]:
    """The columns of facts that the stages and the programmes' conditions name."""
    said = [(line.playbook, text) for line in terms.lines for text in (line.rule.still, line.rule.value) if text is not None]
    named = {_column(facts, playbook, name) for playbook, text in said for name in names(parse(text))}
    return sorted((named | set(_FACTS) | {"time_zone"}) - {"amount"})


def _with_reach(inputs: Inputs, table: ir.Table, ground: Ground, window: ir.Table, context: PlanContext) -> ir.Table:
    """Joins today's opening and window, what reaches the customer, what consent says, and what caps have counted."""
    today, first = scheduling.today_and_first(ground.opening, context)
    hours = window.rename(in_zone="zone", in_hours="hours")
    of_customer = [
        suppression.ways(inputs.contact_points.semi_join(table, "customer_id"), ground.terms.channels).rename(reached="customer_id"),
        suppression.consent(inputs.consents.semi_join(table, "customer_id"), ground.terms).rename(asked="customer_id"),
        frequency.usage(ground.caps, ground.recents).rename(counted="customer_id"),
    ]
    joined = table.left_join(today, [("calendar", "calendar_0"), ("days", "days_0")])
    joined = joined.left_join(first, [("calendar", "calendar_1"), ("days", "days_1"), ("due", "due_1")])
    joined = joined.left_join(hours, [("zone", "in_zone"), ("hours", "in_hours")])
    for more, key in zip(of_customer, ("reached", "asked", "counted"), strict=True):
        joined = joined.left_join(more, [("customer_id", key)])
    return joined
