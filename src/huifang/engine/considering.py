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

from huifang.engine import conditions, frequency, resting, scheduling, suppression
from huifang.engine.findings import figures, settle
from huifang.engine.frequency import Cap
from huifang.engine.joins import among, beside, matched
from huifang.engine.keeping import keep
from huifang.engine.scheduling import CalendarDays
from huifang.engine.stages import Inputs, PlanContext, fact_column
from huifang.engine.terms import Line, Terms, column_of, terms_table
from huifang.engine.triggers.adaptive import adaptives
from huifang.engine.triggers.ground import Days
from huifang.playbooks.expressions import names, parse

_CARRIED = (
    "playbook", "programme", "customer_id", "cause", "event_id", "cause_day", "due", "deadline", "expires", "attempts", "next_on",
    "last_staff_id", "handler_id", "promise_opens_at", "promise_closes_at", "promise_staff_id", "promise_day",
)  # fmt: skip
"""Columns of an occurrence that its rules and later stages read."""
_KEY = ["playbook", "programme", "customer_id", "cause"]
_TERMS = ("line", "purpose", "hold_out", "share", "bundle", "tries", "owner", "hours", "days", "needs", "sensitive")
_FACTS = ("status", "branch_id", "owner_id", "open_cases")
_KEPT = (
    "line", "playbook", "programme", "customer_id", "cause", "event_id", "cause_day", "purpose", "due", "deadline",
    "expires", "promised", "appointed", "last_staff_id", "handler_id", "promise_staff_id", "scheduled_staff_id", "owner_id",
    "branch_id", "owner", "needs", "bundle", "strength", "calendar", "days", "zone", "hours", "closes_at",
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


def ground(context: PlanContext, inputs: Inputs, terms: Terms, occurrences: ir.Table, days: Days) -> Ground:
    """The shared ground; one query: the contacts that count. `days` are those of all calendars."""
    calendars = scheduling.calendar_days(context.day, days)
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
    table = _with_reach(inputs, table, ground, window, context)
    table = table.mutate(**scheduling.scheduled(table, context), **suppression.reached(table, ground.terms))
    table = suppression.reachable(table, ground.terms)
    findings = [
        *suppression.findings(table, context),
        *scheduling.findings(table, context),
        *resting.findings(table, context, inputs, ground.terms, ground.caps),
        *frequency.findings(table, ground.caps),
    ]
    table = settle(table, findings)
    table = _with_worth(inputs, table, context)
    channels = [f"can_{column_of(channel)}" for channel in ground.terms.channels]
    used = [f"used_{number}" for number in range(len(ground.caps))]
    used += [f"frees_at_{number}" for number, cap in enumerate(ground.caps) if cap.hours is not None]
    opens_at = frequency.opening(table, ground.caps)
    return keep(context.connection, "considered", table.select(*_KEPT, *channels, *used, opens_at=opens_at))


def _with_terms(context: PlanContext, inputs: Inputs, facts: ir.Table, occurrences: ir.Table, terms: Terms) -> ir.Table:
    """Occurrences with their programme's terms, their customer's facts, zone and calendar, `still`, `value` and `strength`."""
    table = matched(occurrences, (terms_table(context.connection, terms), ["playbook", "programme"]))
    branches = inputs.branches.select("branch_id", branch_calendar="calendar", branch_known=ibis.literal(value=True))
    table = beside(
        table,
        (facts.select("customer_id", *_fact_columns(facts, terms)), "customer_id"),
        (branches, "branch_id"),
        (_schedule(inputs, occurrences), _KEY),
    )
    any_branch = branches.count().as_scalar() > 0
    promised = table.promised.fill_null(False)
    through = [f"through_{column_of(channel)}" for channel in terms.channels]
    return table.select(
        *_CARRIED, *_TERMS, *_FACTS, *through, "scheduled_day", "scheduled_staff_id",
        promised=promised,
        strength=ibis.ifelse(promised, 0, table.weight),
        calendar=table.branch_calendar.fill_null(table.country),
        zone=table.time_zone.fill_null(table.zone_default),
        branch_unknown=any_branch & table.branch_id.notnull() & table.branch_known.isnull(),
        still=_by_line(table, terms, lambda line: line.rule.still, context, ibis.literal(value=True)).fill_null(False),
        value=_by_line(table, terms, lambda line: line.rule.value, context, table.amount).cast("float64"),
    )  # fmt: skip


def _schedule(inputs: Inputs, occurrences: ir.Table) -> ir.Table:
    """`scheduled_day` and `scheduled_staff_id` of the approved schedule; of several rows of an occurrence the latest day counts."""
    named = among(inputs.schedule, occurrences, _KEY)
    order = ibis.window(group_by=_KEY, order_by=[named.day.desc(), named.staff_id])
    last = named.select(*_KEY, scheduled_day="day", scheduled_staff_id="staff_id", _place=ibis.row_number().over(order))
    return last.filter(last["_place"] == 0).drop("_place")


def _with_worth(inputs: Inputs, table: ir.Table, context: PlanContext) -> ir.Table:
    """For occurrences of adaptive programmes that no rule stops, the contact policy's figures as `detail`, and its index as the value."""
    mine = list(adaptives(context.playbooks))
    if not mine:
        return table
    policy = inputs.contact_policy.select("customer_id", worth="index", lift="expected_effect")
    joined = beside(table, (policy, "customer_id"))
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
    return beside(
        table,
        (today, ["calendar", "days"]),
        (first, ["calendar", "days", "due"]),
        (window, ["zone", "hours"]),
        (suppression.ways(among(inputs.contact_points, table, "customer_id"), ground.terms.channels), "customer_id"),
        (suppression.consent(among(inputs.consents, table, "customer_id"), ground.terms), "customer_id"),
        (frequency.usage(ground.caps, ground.recents), "customer_id"),
        *resting.rests(context, inputs, ground.terms, ground.caps, table, ground.calendars),
    )
