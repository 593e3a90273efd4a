"""The plan of a day: every occurrence gets exactly one decision with the rule that made it; the planned ones become follow-ups.

    inputs → facts → occurrences → considered one by one → bundled → room under the caps → ranked → dealt to people → decisions, follow-ups

The same inputs give the same plan, whatever the order of rows or the number of threads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import ibis
import ibis.expr.types as ir

from huifang.domain.contact import DecisionKind
from huifang.engine import occurrences as occurring
from huifang.engine import scheduling
from huifang.engine.assignment import assign
from huifang.engine.at_hand import AtHand, at_hand
from huifang.engine.budgets import without_money
from huifang.engine.bundling import bundled, contacts_of
from huifang.engine.considering import Ground, considered, ground
from huifang.engine.dealing import in_turn
from huifang.engine.frequency_today import without_room
from huifang.engine.joins import beside, not_among
from huifang.engine.keeping import ahead, fetch, in_its_turn, keep
from huifang.engine.narrowing import narrowing
from huifang.engine.ranking import order, ranked, urgency
from huifang.engine.stages import Inputs, PlanContext
from huifang.engine.tables import DECISIONS, FOLLOWUPS
from huifang.engine.terms import terms
from huifang.engine.work import Deal


@dataclass(frozen=True, slots=True)
class PlanResult:
    """The plan: tables as in `engine.tables`, and how many decisions each rule made. `counts` add up to the number of occurrences."""

    decisions: ir.Table
    followups: ir.Table
    counts: Mapping[str, int]


def plan(context: PlanContext, inputs: Inputs, deal: Deal = in_turn, meanwhile: Callable[[], object] | None = None) -> PlanResult:
    """The plan of `context.day`: facts, occurrences, then `decide`. The tables of the result live in `context.connection`.

    `deal` gives the contacts to people; `analytics.assignment.optimal` does it best, and needs a library. `meanwhile` is called
    when all large tables have been read: from there on the statements leave all cores but one idle.
    """
    with narrowing(context.connection) as narrow, ahead():
        small = at_hand(context, inputs)
        occurrences, facts = occurring.occurrences(inputs, context, small.days)
        narrow(occurrences)
        if meanwhile is not None:
            in_its_turn(context.connection, meanwhile)
        return decide(context, inputs, facts, occurrences, deal, small)


def decide(
    context: PlanContext, inputs: Inputs, facts: ir.Table, occurrences: ir.Table, deal: Deal = in_turn, small: AtHand | None = None
) -> PlanResult:
    """Decisions and follow-ups for `occurrences` (`stages.OCCURRENCES`); some fifteen queries, two more for each contact a customer has.

    Raises CalendarError, TableError never: what is not known is decided so, with its rule.
    """
    small = small or at_hand(context, inputs)
    shared = ground(context, inputs, terms(context.playbooks), occurrences, small.days)
    table = considered(context, inputs, facts, occurrences, shared)
    going = table.filter(table.rule.isnull()).mutate(urgency=urgency(table, context.day)).drop(*_SETTLED)
    members = keep(context.connection, "members", bundled(going, shared.terms, shared.caps))
    contacts = contacts_of(members)
    refused = without_room(context, shared.caps, contacts, shared.recents, shared.calendars)
    roomy = keep(context.connection, "contacts", ranked(not_among(contacts, (refused, _CONTACT)), context.day))
    penniless = without_money(context, inputs, roomy)
    if penniless is not None:
        roomy = keep(context.connection, "payable", not_among(roomy, (penniless, _CONTACT)))
        refused = refused.union(penniless, distinct=False)
    assigned = assign(context, inputs, shared.terms, roomy, small.presence, deal)
    followups = keep(context.connection, "followups", _followups(context, assigned.made))
    refusals = _refusals(context, refused, assigned.refused)
    outcome = keep(context.connection, "decisions", _decisions(table, members, followups, refusals, shared))
    numbers = _counts(context, occurrences, outcome, followups)
    return PlanResult(outcome, followups.select(*FOLLOWUPS.names), numbers)


def _followups(context: PlanContext, made: ir.Table) -> ir.Table:
    """The contacts that are made, numbered in the order of work, with their place in each person's (or channel's) list."""
    keys = order(made)
    own = ibis.window(group_by=[made.staff_id, ibis.ifelse(made.staff_id.isnull(), made.channel, "")], order_by=keys)
    added = {
        "followup": ibis.row_number().over(ibis.window(order_by=keys)) + 1,
        "position": ibis.row_number().over(own) + 1,
        "day": ibis.literal(context.day),
    }
    return made.select("contact", "moved", **{name: added[name] if name in added else made[name] for name in FOLLOWUPS.names})


def _refusals(context: PlanContext, without_room: ir.Table, without_people: ir.Table) -> ir.Table:
    """Contacts that are not made today, one row each with rule, until and detail."""
    tomorrow = ibis.literal(context.day + timedelta(days=1))
    crowded = without_people.mutate(until=tomorrow, detail=ibis.null("string"))
    return without_room.union(crowded.select(*without_room.columns))


def _decisions(table: ir.Table, members: ir.Table, followups: ir.Table, refusals: ir.Table, shared: Ground) -> ir.Table:
    """One row per occurrence. A day that is deferred to is moved to an allowed one; behind the last day it expires instead."""
    columns = [name for name in DECISIONS.names if name not in _DECIDED]
    joined = beside(
        table.select(*columns, "line", "promised", "calendar", "days", "day_final", "rule", "until", "detail"),
        (members.select("line", "customer_id", "cause", "place", "contact"), ["line", "customer_id", "cause"]),
        (followups.select(*_CONTACT, "followup", "moved"), _CONTACT),
        (refusals.select(*_CONTACT, rule_2="rule", until_2="until", detail_2="detail"), _CONTACT),
    )
    lead = ibis.ifelse(joined.promised, ibis.literal("planned.promise"), joined.moved.fill_null("planned.first"))
    planned = ibis.ifelse(joined.place == joined.contact, lead, "bundled.same-person")
    decided = joined.select(
        *columns, "followup", "promised", "calendar", "days", "day_final",
        rule=ibis.coalesce(joined.rule, joined.rule_2, planned), until=ibis.coalesce(joined.until, joined.until_2),
        detail=ibis.coalesce(joined.detail_2, joined.detail),
    )  # fmt: skip
    return _finished(beside(decided, (scheduling.following(shared.opening), ["calendar", "days", "until"])))


_CONTACT = ["customer_id", "contact"]
_DECIDED = ("rule", "until", "detail", "decision", "followup")
_SETTLED = ("rule", "until", "detail", "day_final", "cause_day", "event_id", "due", "expires", "days", "calendar")
"""Columns that what goes on to bundling needs no more."""


def _finished(table: ir.Table) -> ir.Table:
    """The columns of `DECISIONS`: deferred becomes expired where the day lies behind the last one; provisional days are marked."""
    until = ibis.ifelse(table.rule == "deferred.promised-later", table.until, table.next_day.fill_null(table.until))
    late = table.rule.startswith("deferred.") & ~table.promised & (until > table.expires)
    rule = ibis.ifelse(late.fill_null(False), ibis.literal("expired.") + table.rule.substr(len("deferred.")), table.rule)
    next_day = ibis.literal('"next": "') + until.cast("string") + '"'
    behind = ibis.ifelse(late.fill_null(False), next_day, ibis.null("string"))
    decided = table.mutate(rule=rule, until=until, detail=_beside(table.detail, behind))
    rule, deferred = decided.rule, decided.rule.startswith("deferred.")
    day_used = rule.startswith("planned.") | rule.startswith("bundled.") | (rule == "deferred.not-working-day")
    provisional = (day_used & ~decided.day_final.fill_null(True)) | (deferred & ~decided.until_final.fill_null(True))
    note = ibis.ifelse(provisional, '"provisional": true', ibis.null("string"))
    kinds = [(rule.startswith(f"{kind.value}."), kind.value) for kind in DecisionKind]
    last = {
        "decision": ibis.cases(*kinds, else_=ibis.null("string")),
        "until": ibis.ifelse(deferred, decided.until, ibis.null("date")),
        "detail": ibis.literal("{") + _beside(decided.detail, note) + ibis.literal("}"),
    }
    return decided.select(**{name: last[name] if name in last else decided[name] for name in DECISIONS.names})


def _beside(detail: ir.StringValue, more: ir.StringValue) -> ir.StringValue:
    return ibis.coalesce(detail + ", " + more, detail, more)


def _counts(context: PlanContext, occurrences: ir.Table, decisions: ir.Table, followups: ir.Table) -> dict[str, int]:
    """Decisions by rule; nothing may vanish and nothing appear: occurrences = decisions, planned = follow-ups. One query."""
    by_rule = decisions.group_by("rule").aggregate(number=decisions.count())
    totals = [table.aggregate(rule=ibis.literal(name), number=table.count()) for name, table in ((_BORN, occurrences), (_MADE, followups))]
    found = dict(fetch(context.connection, by_rule.union(*totals, distinct=False)))
    expected = (found.pop(_BORN), found.pop(_MADE))
    numbers = dict(sorted(found.items()))
    planned = sum(number for rule, number in numbers.items() if rule.startswith("planned."))
    if (sum(numbers.values()), planned) != expected:
        raise AssertionError(f"occurrences and follow-ups {expected}, decided and planned {(sum(numbers.values()), planned)}")
    return numbers


_BORN, _MADE = "occurrences", "followups"
