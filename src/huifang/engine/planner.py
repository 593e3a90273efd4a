"""The plan of a day: every occurrence gets exactly one decision with the rule that made it; the planned ones become follow-ups.

    inputs → facts → occurrences → considered one by one → bundled → room under the caps → ranked → dealt to people → decisions, follow-ups

The same inputs give the same plan, whatever the order of rows or the number of threads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import ibis
import ibis.expr.types as ir

from huifang.domain.contact import DecisionKind
from huifang.engine import occurrences as occurring
from huifang.engine import scheduling
from huifang.engine.assignment import assign
from huifang.engine.bundling import bundled, contacts_of
from huifang.engine.considering import Ground, considered, ground
from huifang.engine.frequency_today import without_room
from huifang.engine.presence import presence
from huifang.engine.ranking import order, ranked
from huifang.engine.stages import Inputs, PlanContext, fetch, keep
from huifang.engine.tables import DECISIONS, FOLLOWUPS
from huifang.engine.terms import terms


@dataclass(frozen=True, slots=True)
class PlanResult:
    """The plan: tables as in `engine.tables`, and how many decisions each rule made. `counts` add up to the number of occurrences."""

    decisions: ir.Table
    followups: ir.Table
    counts: Mapping[str, int]


def plan(context: PlanContext, inputs: Inputs) -> PlanResult:
    """The plan of `context.day`: facts, occurrences, then `decide`. The tables of the result live in `context.connection`."""
    facts = occurring.facts(inputs, context)
    return decide(context, inputs, facts, occurring.occurrences(inputs, facts, context))


def decide(context: PlanContext, inputs: Inputs, facts: ir.Table, occurrences: ir.Table) -> PlanResult:
    """Decisions and follow-ups for `occurrences` (`stages.OCCURRENCES`); some fifteen queries, two more for each contact a customer has.

    Raises CalendarError, TableError never: what is not known is decided so, with its rule.
    """
    shared = ground(context, inputs, terms(context.playbooks), occurrences)
    table = considered(context, inputs, facts, occurrences, shared)
    members = keep(context.connection, "members", bundled(table.filter(table.rule.isnull()), shared.terms, shared.caps))
    contacts = contacts_of(members)
    refused = without_room(context, shared.caps, contacts, shared.recents, shared.calendars)
    roomy = keep(context.connection, "contacts", ranked(contacts.anti_join(refused, ["customer_id", "contact"]), context.day))
    assigned = assign(context, shared.terms, roomy, presence(context, inputs))
    followups = keep(context.connection, "followups", _followups(context, assigned.made))
    refusals = _refusals(context, refused, assigned.refused)
    outcome = keep(context.connection, "decisions", _decisions(table, members, followups, refusals, shared))
    numbers = _counts(context, occurrences, outcome, followups)
    return PlanResult(outcome, followups.select(*FOLLOWUPS.names), numbers)


def _followups(context: PlanContext, made: ir.Table) -> ir.Table:
    """The contacts that are made, numbered in the order of work, with their place in each person's (or channel's) list."""
    keys = order(made)
    own = ibis.window(group_by=[made.staff_id, ibis.ifelse(made.staff_id.isnull(), made.channel, "")], order_by=keys)
    return made.mutate(
        followup=ibis.row_number().over(ibis.window(order_by=keys)) + 1,
        position=ibis.row_number().over(own) + 1,
        day=ibis.literal(context.day),
    ).select(*FOLLOWUPS.names, "contact")


def _refusals(context: PlanContext, without_room: ir.Table, without_people: ir.Table) -> ir.Table:
    """Contacts that are not made today, one row each with rule, until and detail."""
    tomorrow = ibis.literal(context.day + timedelta(days=1))
    crowded = without_people.mutate(rule=ibis.literal("deferred.no-capacity"), until=tomorrow, detail=ibis.null("string"))
    return without_room.union(crowded.select(*without_room.columns))


def _decisions(table: ir.Table, members: ir.Table, followups: ir.Table, refusals: ir.Table, shared: Ground) -> ir.Table:
    """One row per occurrence. A day that is deferred to is moved to an allowed one; behind the last day it expires instead."""
    stopped = table.filter(table.rule.notnull()).mutate(followup=ibis.null("int64"))
    made = followups.select("customer_id", "contact", "followup")
    refused = refusals.rename(refused_rule="rule", refused_until="until", refused_detail="detail")
    open_ = members.left_join(made, ["customer_id", "contact"]).drop("customer_id_right", "contact_right")
    open_ = open_.left_join(refused, ["customer_id", "contact"]).drop("customer_id_right", "contact_right")
    planned = ibis.ifelse(open_.promised, "planned.promise", "planned.first")
    rule = ibis.cases(
        (open_.followup.isnull(), open_.refused_rule),
        (open_.place == open_.contact, planned),
        else_="bundled.same-person",
    )
    went = open_.mutate(rule=rule, until=open_.refused_until, detail=open_.refused_detail)
    together = stopped.union(went.select(*stopped.columns))
    return _finished(scheduling.moved(together, shared.opening))


def _finished(table: ir.Table) -> ir.Table:
    """The columns of `DECISIONS`: deferred becomes expired where the day lies behind the last one; provisional days are marked."""
    late = table.rule.startswith("deferred.") & ~table.promised & (table.until > table.expires)
    rule = ibis.ifelse(late.fill_null(False), ibis.literal("expired.") + table.rule.substr(len("deferred.")), table.rule)
    day_used = table.rule.startswith("planned.") | table.rule.startswith("bundled.") | (table.rule == "deferred.not-working-day")
    provisional = (day_used & ~table.day_final.fill_null(True)) | ~table.until_final.fill_null(True)
    note = ibis.ifelse(provisional, '"provisional": true', ibis.null("string"))
    inside = ibis.ifelse(table.detail.notnull() & note.notnull(), table.detail + ", " + note, ibis.coalesce(table.detail, note))
    kinds = [(rule.startswith(f"{kind.value}."), kind.value) for kind in DecisionKind]
    return table.mutate(
        rule=rule,
        decision=ibis.cases(*kinds, else_=ibis.null("string")),
        until=ibis.ifelse(rule.startswith("deferred."), table.until, ibis.null("date")),
        detail=ibis.literal("{") + inside + ibis.literal("}"),
    ).select(*DECISIONS.names)


def _counts(context: PlanContext, occurrences: ir.Table, decisions: ir.Table, followups: ir.Table) -> dict[str, int]:
    """Decisions by rule; nothing may vanish and nothing appear: occurrences = decisions, planned = follow-ups."""
    numbers = dict(fetch(context.connection, decisions.group_by("rule").aggregate(number=decisions.count()).order_by("rule")))
    planned = sum(number for rule, number in numbers.items() if rule.startswith("planned."))
    expected = tuple(fetch(context.connection, table.aggregate(number=table.count()))[0][0] for table in (occurrences, followups))
    if (sum(numbers.values()), planned) != expected:
        raise AssertionError(f"occurrences and follow-ups {expected}, decided and planned {(sum(numbers.values()), planned)}")
    return numbers
