"""Does contacting work? For each programme with a hold-out: the contacted against those who were drawn not to be.

Each customer counts once, by the first time the programme fell due for them in the period, in the arm of the draw, reached or not
(intention to treat). Both arms are watched for the same number of days from the day it fell due; customers whose days are not over are
left out. Those whom a rule kept from being contacted from the first morning on (no consent, opted out...) are in neither arm: the draw
comes after.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    DateField,
    DecimalField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.fields import CharField
from django.db.models.functions import Concat

from huifang.analytics.uplift import Arm, Return, Uplift, returned_for, uplift
from huifang.app.access import SEE_INDICATORS, behind_for, occurrences_for, require
from huifang.app.queries.costs import cost_of, prices
from huifang.app.queries.playbooks import in_force
from huifang.app.records.models import Agreement, Attempt, Decision, Event, Occurrence, Staff
from huifang.domain.words import Words
from huifang.playbooks.goals import ProgrammeGoal, goal_of
from huifang.playbooks.schema import Playbook, Programme

WINDOWS = (30, 60, 90)
"""Days for which customers are watched; one is chosen."""
USUAL = 60
_FREE = ("planned", "bundled", "deferred", "expired")


@dataclass(frozen=True, slots=True)
class Effect:
    """One programme's: who was in which arm, what came of it, what it cost. `contacts` were made in the period."""

    playbook: str
    programme: str
    title: Words
    goal: ProgrammeGoal
    goal_title: Words
    hold_out: float
    contacted: Arm
    held_out: Arm
    uplift: Uplift
    contacts: int
    priced: bool
    outcome: Return


@dataclass(frozen=True, slots=True)
class Watch:
    """From `first` to `last` something fell due, for a branch or all; each customer is watched for `days` days."""

    first: date
    last: date
    branch: int | None
    days: int


def effects(staff: Staff, watch: Watch, today: date) -> list[Effect]:
    """Every programme in force that keeps a hold-out, or has kept one in the period. Two queries for each."""
    require(staff, SEE_INDICATORS)
    found = occurrences_for(staff).filter(due__range=(watch.first, watch.last), decision="held-out")
    kept = set(found.order_by().values_list("playbook", "programme").distinct())
    return [
        _effect(staff, book.playbook, key, programme, watch, today)
        for book in in_force()
        for key, programme in book.playbook.programmes.items()
        if programme.hold_out or (book.playbook.playbook, key) in kept
    ]


def without_hold_out() -> list[tuple[str, Words]]:
    """Programmes in force that keep none, by playbook: their effect cannot be told."""
    return [(one.playbook.playbook, rule.title) for one in in_force() for rule in one.playbook.programmes.values() if not rule.hold_out]


def arms(staff: Staff, playbook: str, programme: str, goal: ProgrammeGoal, watch: Watch, today: date) -> tuple[Arm, Arm]:
    """The contacted and the held out. One query."""
    seen: set[int] = set()
    sums = {"treated": [0, 0, 0.0, 0.0], "held": [0, 0, 0.0, 0.0]}
    for customer, arm, returned, spent in _watched(staff, playbook, programme, goal, watch, today):
        if customer in seen:
            continue
        seen.add(customer)
        into = sums[arm]
        into[0] += 1
        into[1] += returned
        into[2] += spent
        into[3] += spent * spent
    treated, held = (Arm(int(one[0]), int(one[1]), one[2], one[3]) for one in sums.values())
    return treated, held


def _effect(staff: Staff, playbook: Playbook, key: str, programme: Programme, watch: Watch, today: date) -> Effect:
    goal = goal_of(programme, playbook)
    contacted, held_out = arms(staff, playbook.playbook, key, goal, watch, today)
    compared = uplift(contacted, held_out)
    known = prices(playbook)
    number, cost = cost_of(_contacts(staff, key, watch), known)
    return Effect(
        playbook.playbook, key, programme.title, goal, _goal_title(goal, playbook), programme.hold_out, contacted, held_out, compared,
        number, bool(known), returned_for(compared, contacted, cost),
    )  # fmt: skip


def _goal_title(goal: ProgrammeGoal, playbook: Playbook) -> Words:
    kinds = {"event": playbook.events, "agreement": playbook.agreements}.get(goal.what, {})
    kind = kinds.get(goal.kind)  # type: ignore[attr-defined]  # both map a kind to something with a title
    return kind.title if kind else Words("再次消费", "Another purchase")


def _watched(
    staff: Staff, playbook: str, programme: str, goal: ProgrammeGoal, watch: Watch, today: date
) -> Iterator[tuple[int, str, bool, float]]:
    """Customer, arm, whether they came back within the days, what they spent; in the order in which it fell due."""
    last = min(watch.last, today - timedelta(days=watch.days + 1))
    rows = occurrences_for(staff).filter(playbook=playbook, programme=programme, due__range=(watch.first, last))
    if watch.branch is not None:
        rows = rows.filter(customer__branch=watch.branch)
    once_free = Exists(Decision.objects.filter(occurrence=OuterRef("pk"), decision__in=_FREE))
    arm = Case(
        When(decision="held-out", then=Value("held")), When(Q(decision__in=_FREE) | Q(attempts__gt=0), then=Value("treated")),
        When(once_free, then=Value("treated")), default=Value(""), output_field=CharField(),
    )  # fmt: skip
    theirs = _came_back(goal, watch.days)
    spent = Subquery(theirs.order_by().values("customer").annotate(sum=Sum("amount")).values("sum"), output_field=DecimalField())
    found = rows.annotate(arm=arm, returned=Exists(theirs), spent=spent).exclude(arm="").order_by("due", "pk")
    for customer, where, returned, amount in found.values_list("customer_id", "arm", "returned", "spent").iterator():
        yield customer, where, returned, float(amount or Decimal())


def _came_back(goal: ProgrammeGoal, days: int) -> QuerySet[Any]:
    """What the row's customer did in so many days after it fell due."""
    until = ExpressionWrapper(OuterRef("due") + Value(timedelta(days=days)), output_field=DateField())
    if goal.what == "agreement":
        return Agreement.objects.filter(customer=OuterRef("customer"), kind=goal.kind, starts__gt=OuterRef("due"), starts__lte=until)
    events = Event.objects.filter(customer=OuterRef("customer"), day__gt=OuterRef("due"), day__lte=until)
    if goal.what == "purchase":
        return events.filter(amount__gt=0)
    return events.alias(its_kind=Concat("kind", Value(""))).filter(
        its_kind=goal.kind
    )  # by the customer's index, not by that of kind and day


def _contacts(staff: Staff, programme: str, watch: Watch) -> QuerySet[Attempt]:
    """The contacts that were made in the period."""
    rows = behind_for(Attempt.objects.all(), staff, "branch").filter(programme=programme, day__range=(watch.first, watch.last))
    if watch.branch is not None:
        rows = rows.filter(branch=watch.branch)
    return rows.exclude(outcome="")


def members(staff: Staff, playbook: str, programme: str, watch: Watch, arm: str) -> QuerySet[Occurrence]:
    """The occurrences of one arm in the period, for opening the numbers."""
    require(staff, SEE_INDICATORS)
    rows = occurrences_for(staff).filter(playbook=playbook, programme=programme, due__range=(watch.first, watch.last))
    rows = rows.filter(customer__branch=watch.branch) if watch.branch is not None else rows
    return rows.filter(decision="held-out") if arm == "held" else rows.filter(Q(decision__in=_FREE) | Q(attempts__gt=0))
