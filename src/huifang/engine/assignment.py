"""Who does it: the person who promised, else whom the approved schedule names, who had it last, whom the programme names, the least loaded
colleague of the branch.

The order of rank decides who gets one of a branch's places; nobody is passed over for a lower rank that the same people could do
(`dealing`). Only as many contacts as a branch has places are brought to Python, for each set of skills, however long the list is.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from huifang.engine.dealing import in_turn
from huifang.engine.hard_cases import with_hard
from huifang.engine.joins import beside
from huifang.engine.keeping import fetch_later
from huifang.engine.lookups import lookup
from huifang.engine.presence import EVERYWHERE, Presence
from huifang.engine.ranking import order
from huifang.engine.stages import Inputs, PlanContext
from huifang.engine.terms import BY_PERSON, Terms
from huifang.engine.times_of_day import TimesOfDay
from huifang.engine.work import Deal, Work

_CHOICES = ("promise_staff_id", "scheduled_staff_id", "last_staff_id", "named")
"""Columns with the person asked for, in order of strength."""
_TIME = ("zone", "hours", "appointed", "opens_at", "closes_at")
"""Columns that say when a contact can be made."""
_READ = ("customer_id", "contact", "programme", "attempts", "branch_id", "needs", "promised", "score", "draw", *_TIME)
"""Columns that are read of a contact that is dealt."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """`made`: the contacts that are made, with `staff_id`, `hard` and `moved` (the rule, where a colleague makes it because the part of
    the day is full); `refused`: `customer_id`, `contact` and `rule` of those nobody has room for.
    """

    made: ir.Table
    refused: ir.Table


def assign(context: PlanContext, inputs: Inputs, all_terms: Terms, contacts: ir.Table, at_work: Presence, deal: Deal = in_turn) -> Assigned:
    """Deals out the contacts that need a person; the others are made without one. Without any staff everything is made.

    `contacts` has `score`, `draw`, `channel`, `owner` (the programme's rule), `promise_staff_id`, `scheduled_staff_id`, `last_staff_id`,
    `handler_id`, `owner_id`, `branch_id`, `needs`, `promised`, `attempts`, `zone`, `hours`, `appointed`, `opens_at`, `closes_at`. Two
    queries: the candidates, and what was dealt written back.
    """
    if not at_work.staffed:
        nobody, false = ibis.null(contacts.owner_id.type()), ibis.literal(value=False)
        return Assigned(
            contacts.mutate(staff_id=nobody, hard=false, moved=ibis.null("string")),
            contacts.filter(false).select("customer_id", "contact", rule=ibis.literal("deferred.no-capacity")),
        )
    personal = contacts.channel.isin([channel.value for channel in sorted(BY_PERSON)])
    candidates = with_hard(context, inputs, _candidates(context, all_terms, contacts.filter(personal), at_work))
    dealt = _dealt(context, all_terms, candidates, at_work, deal)
    given = beside(contacts, (dealt, ["customer_id", "contact"]))
    by_person = given.channel.isin([channel.value for channel in sorted(BY_PERSON)])
    unmade = by_person & ~given.dealt.fill_null(False)
    made = given.filter(~unmade).mutate(hard=given.hard.fill_null(False), moved=given.rule)
    refused = given.filter(unmade).select("customer_id", "contact", rule=given.rule.fill_null("deferred.no-capacity"))
    return Assigned(made.drop("dealt", "rule"), refused)


def _candidates(context: PlanContext, all_terms: Terms, contacts: ir.Table, presence: Presence) -> ir.Table:
    """Contacts that can get a place, with `preferred` and `desk`: of each desk and set of skills, and of each time of day where a shift is
    known, as many as the desk has places.
    """
    wanted = _with_preferred(context, all_terms, contacts, presence)
    desks = {person.desk for person in presence.people.values()} | {EVERYWHERE}
    places = {desk: sum(person.capacity for person in presence.pool(desk, frozenset())) for desk in sorted(desks)}
    table = lookup(context.connection, "places", {"desk": "string", "places": "int64"}, list(places.items()))
    everywhere = sum(person.capacity for person in presence.people.values() if person.desk == EVERYWHERE)
    joined = beside(wanted, (table, "desk"))
    alike = [joined.desk, joined.needs, *(joined[name] for name in (_TIME if presence.shifts else ()))]
    turn = ibis.row_number().over(ibis.window(group_by=alike, order_by=order(joined)))
    numbered = joined.mutate(turn=turn)
    return numbered.filter(numbered.promised | (numbered.turn < numbered.places.fill_null(everywhere)))


def _with_preferred(context: PlanContext, all_terms: Terms, contacts: ir.Table, presence: Presence) -> ir.Table:
    named = ibis.cases(
        (contacts.owner == "customer owner", contacts.owner_id),
        (contacts.owner == "event staff", contacts.handler_id),
        else_=ibis.null(contacts.owner_id.type()),
    )
    instead = _instead(context, all_terms, contacts, presence)
    choices = [
        (instead.rename({f"choice_{place}": "preferred", f"desk_{place}": "preferred_desk"}), {column: "staff_id", "needs": "needs"})
        for place, column in enumerate(_CHOICES)
    ]
    asked = beside(contacts.select(*_READ, *(name for name in _CHOICES if name != "named"), named=named), *choices)
    own_desk = asked.branch_id.cast("string").fill_null(EVERYWHERE)
    return asked.select(
        *_READ,
        preferred=ibis.coalesce(*(asked[f"choice_{place}"] for place in range(len(_CHOICES)))),
        desk=ibis.coalesce(*(asked[f"desk_{place}"] for place in range(len(_CHOICES))), own_desk),
    )


def _instead(context: PlanContext, all_terms: Terms, contacts: ir.Table, presence: Presence) -> ir.Table:
    """`staff_id`, `needs` → `preferred`, `preferred_desk`: who does it when that person is asked; null desk for people of no branch."""
    known = [*presence.people, *(away for away in presence.stands_in if away not in presence.people)]
    rows = [
        (staff_id, number, person.staff_id, person.desk or None)
        for staff_id in known
        for number, needs in enumerate(all_terms.skills)
        if (person := presence.instead(staff_id, needs)) is not None
    ]
    key = "string" if contacts.owner_id.type().is_string() else "int64"
    kinds = {"staff_id": key, "needs": "int64", "preferred": key, "preferred_desk": "string"}
    return lookup(context.connection, "instead", kinds, rows)


def _dealt(context: PlanContext, all_terms: Terms, candidates: ir.Table, presence: Presence, deal: Deal) -> ir.Table:
    """`customer_id`, `contact`, `staff_id`, `dealt`, `hard` and `rule` (why it was moved or refused, where a part of the day is full)."""
    columns = ["customer_id", "contact", "preferred", "desk", "needs", "promised", "hard", *_TIME]
    waiting = fetch_later(context.connection, candidates.order_by(order(candidates)).select(*columns))
    kinds = {
        "customer_id": "string" if candidates.customer_id.type().is_string() else "int64",
        "contact": "int64",
        "staff_id": "string" if candidates.preferred.type().is_string() else "int64",
    }
    when = TimesOfDay(context.day, all_terms, presence)

    def given() -> list[tuple[object, ...]]:
        rows = waiting()
        works = [
            Work(preferred, desk, all_terms.skills[needs], promised, hard, when.parts(desk, *time))
            for _customer, _contact, preferred, desk, needs, promised, hard, *time in rows
        ]
        dealt = deal(presence, works)
        rules = when.rules(works, dealt)
        return [(*row[:2], staff, made, work.hard, rule) for row, work, (made, staff), rule in zip(rows, works, dealt, rules, strict=True)]

    return lookup(context.connection, "dealt", {**kinds, "dealt": "boolean", "hard": "boolean", "rule": "string"}, given)
