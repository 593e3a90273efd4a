"""The supervisor's day: who is where, who was dissatisfied, what was not done and by which rule, what was promised.

Constant number of queries, whatever the number of people and follow-ups.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from huifang.app.access import cases_for, customers_for, followups_for, occurrences_for, records_for
from huifang.app.business_time import business_moment
from huifang.app.queries.dealt_words import dealt_words
from huifang.app.queries.decision_words import decision_words
from huifang.app.queries.settled import AGAIN, DONE, with_settled
from huifang.app.records.models import Attempt, Branch, Decision, FollowUp, PlanRun, Promise, Record, Staff
from huifang.domain.contact import DecisionKind
from huifang.domain.outcomes import OUTCOMES
from huifang.domain.promised_contact import PromiseState, promise_state
from huifang.domain.words import Words
from huifang.engine.rules import RULES

NOT_DONE = (DecisionKind.DEFERRED, DecisionKind.EXPIRED, DecisionKind.SUPPRESSED, DecisionKind.HELD_OUT)
MOST = 50
"""Dissatisfied customers and promises shown at once; the number beside them counts all."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What stands for one person or for all. `tried`: contacted at all; `again`: not reached, and tried again on a later day; `overdue`:
    past their deadline or today's window, and still to do; `hard`: for the plan.
    """

    due: int = 0
    done: int = 0
    tried: int = 0
    reached: int = 0
    dissatisfied: int = 0
    overdue: int = 0
    hard: int = 0
    again: int = 0

    @property
    def left(self) -> int:
        """Still to do."""
        return self.due - self.done - self.again


@dataclass(frozen=True, slots=True)
class Person:
    """One line of the table; `id` 0 is nobody's."""

    id: int
    name: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Unhappy:
    """A dissatisfied customer, in the customer's own words."""

    record_id: int
    customer_id: int
    name: str
    words: str
    at: datetime
    by: str
    score: float | None
    case: str
    case_state: str


@dataclass(frozen=True, slots=True)
class NotDone:
    """So many occurrences that one rule kept from being contacted."""

    decision: str
    decision_title: str
    rule: str
    words: str
    count: int


@dataclass(frozen=True, slots=True)
class Promised:
    """A callback that was promised for the day."""

    customer_id: int
    name: str
    opens_at: datetime
    closes_at: datetime
    staff: str
    state: PromiseState

    @property
    def words(self) -> str:
        """What is said of it."""
        return str(PROMISE_WORDS[self.state][0])

    @property
    def tone(self) -> str:
        """How it is coloured."""
        return PROMISE_WORDS[self.state][1]


PROMISE_WORDS = {
    PromiseState.OPEN: (_("Open"), "accent"), PromiseState.MISSED: (_("Missed"), "bad"), PromiseState.KEPT: (_("Kept"), "good"),
    PromiseState.TRIED: (_("Tried, not reached"), "warn"), PromiseState.GONE: (_("No longer due"), ""),
}  # fmt: skip
"""Words and tone of each state."""


@dataclass(frozen=True, slots=True)
class Overview:
    """The whole page. `run`: state of the day's last planning, or nothing."""

    day: date
    run: str
    all: Figures
    people: tuple[Person, ...]
    unhappy: tuple[Unhappy, ...]
    unhappy_in_all: int
    """How many there are: the newest `MOST` of them stand in `unhappy`."""
    not_done: tuple[NotDone, ...]
    promises: tuple[Promised, ...]
    promises_in_all: int
    outcomes: tuple[tuple[str, float], ...]
    hours: tuple[tuple[str, float], ...]
    dealt: str
    """How the morning dealt the contacts to people, in words; nothing where it dealt none."""
    placeless: int
    """How many occurrences wait because nobody at work has a place: everybody's capacity is 0, or everybody is away."""


def overview(staff: Staff, day: date, branch: Branch | None, now: datetime, language: str) -> Overview:
    """The day of the branches in a person's scope, or of one of them. Eight queries, one more for each list that is longer than `MOST`."""
    people = _people(staff, day, branch, now)
    unhappy, promised = _unhappy(staff, day, branch), _promises(staff, day, branch, now)
    state, counts = PlanRun.objects.filter(day=day).order_by("-id").values_list("state", "counts").first() or ("", {})
    return Overview(
        day=day,
        run=state,
        dealt=dealt_words(counts.get("dealt") or {}),
        placeless=0 if counts.get("places") != 0 else sum(number for rule, number in counts.items() if rule.endswith(".no-capacity")),
        all=_total(people),
        people=people,
        unhappy=unhappy,
        unhappy_in_all=len(unhappy) if len(unhappy) < MOST else unhappy_records(staff, day, branch).count(),
        not_done=_not_done(staff, day, branch, language),
        promises=promised,
        promises_in_all=len(promised) if len(promised) < MOST else promises(staff, day, branch).count(),
        **_attempts(staff, day, branch, language),
    )


def figures(staff: Staff, day: date, branch: Branch | None, now: datetime) -> Figures:
    """The day's figures over all people. One query."""
    return _total(_people(staff, day, branch, now))


def end_of(day: date) -> datetime:
    """The moment at which the business's day is over, UTC."""
    return business_moment(day + timedelta(days=1), time())


def followups(staff: Staff, day: date, branch: Branch | None) -> QuerySet[FollowUp]:
    """The day's follow-ups with what the figures count: `tried`, `was_reached`, `unhappy`, `settled`."""
    rows = followups_for(staff).filter(day=day).exclude(state=FollowUp.State.WITHDRAWN)
    attempts = Attempt.objects.filter(followup=OuterRef("pk"), day=day).exclude(outcome="")
    rows = rows.annotate(
        tried=Exists(attempts),
        was_reached=Exists(attempts.filter(reached=True)),
        unhappy=Exists(Record.objects.filter(followup=OuterRef("pk"), satisfied=False)),
    )
    return with_settled(rows.filter(branch=branch) if branch else rows)


def late(day: date, now: datetime) -> Q:
    """Still to do, and its deadline or today's last window has passed."""
    return ~Q(state=FollowUp.State.DONE) & (Q(deadline__lt=day) | Q(closes_at__lte=now))


def _people(staff: Staff, day: date, branch: Branch | None, now: datetime) -> tuple[Person, ...]:
    rows = (
        followups(staff, day, branch)
        .order_by("staff__code")
        .values("staff_id", "staff__name", "staff__code")
        .annotate(
            due=Count("id"),
            done=Count("id", filter=DONE),
            again=Count("id", filter=AGAIN),
            attempted=Count("id", filter=Q(tried=True)),
            reached=Count("id", filter=Q(was_reached=True)),
            dissatisfied=Count("id", filter=Q(unhappy=True)),
            overdue=Count("id", filter=late(day, now)),
            hard_ones=Count("id", filter=Q(hard=True)),
        )
    )
    found = [
        Person(
            row["staff_id"] or 0,
            row["staff__name"] or "",
            Figures(
                row["due"],
                row["done"],
                row["attempted"],
                row["reached"],
                row["dissatisfied"],
                row["overdue"],
                row["hard_ones"],
                row["again"],
            ),
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda person: person.id == 0))


def _total(people: tuple[Person, ...]) -> Figures:
    return Figures(
        *(
            sum(getattr(person.figures, name) for person in people)
            for name in ("due", "done", "tried", "reached", "dissatisfied", "overdue", "hard", "again")
        )
    )


def unhappy_records(staff: Staff, day: date, branch: Branch | None) -> QuerySet[Record]:
    """Records of the day whose customer was not satisfied."""
    rows = records_for(staff).filter(day=day, satisfied=False)
    return rows.filter(branch=branch) if branch else rows


def _unhappy(staff: Staff, day: date, branch: Branch | None) -> tuple[Unhappy, ...]:
    rows = list(
        unhappy_records(staff, day, branch)
        .order_by("-saved_at")
        .values("id", "customer_id", "customer__name", "words", "saved_at", "staff__name", "min_score")[:MOST]
    )
    cases: dict[int | None, Mapping[str, Any]] = {
        row["record_id"]: row
        for row in cases_for(staff).filter(record__in=[row["id"] for row in rows]).values("record_id", "number", "state")
    }
    return tuple(
        Unhappy(
            row["id"],
            row["customer_id"],
            row["customer__name"],
            row["words"],
            row["saved_at"],
            row["staff__name"] or "",
            row["min_score"],
            case.get("number", ""),
            case.get("state", ""),
        )
        for row in rows
        for case in (cases.get(row["id"], {}),)
    )


def decisions(staff: Staff, day: date, branch: Branch | None) -> QuerySet[Decision]:
    """What the day's plan decided about occurrences of the scope."""
    occurrences = occurrences_for(staff)
    if branch:
        occurrences = occurrences.filter(customer__branch=branch)
    return Decision.objects.filter(day=day, occurrence__in=occurrences.values("pk"))


def _not_done(staff: Staff, day: date, branch: Branch | None, language: str) -> tuple[NotDone, ...]:
    rows = decisions(staff, day, branch).filter(decision__in=NOT_DONE).order_by()
    counted = rows.values("decision", "rule").annotate(count=Count("occurrence", distinct=True))
    found = [
        NotDone(
            row["decision"], decision_words(row["decision"]).say(language), row["rule"], general_words(row["rule"], language), row["count"]
        )
        for row in counted
    ]
    order = {kind.value: place for place, kind in enumerate(NOT_DONE)}
    return tuple(sorted(found, key=lambda one: (order[one.decision], -one.count, one.rule)))


_IN_GENERAL = {
    "promised-later": Words("已与客户另约时间", "A later time is promised"),
    "due-later": Words("应访日未到", "Not due yet"),
    "scheduled-later": Words("排期表安排在以后", "The schedule has it on a later day"),
    "retry-later": Words("上次未联络成功，稍后再试", "To be tried again later"),
    "budget": Words("本月预算已用完", "This month's budget is used up"),
    "gap": Words("距上次联络太近", "Too soon after the last contact"),
    "cap": Words("联络已达上限", "Contact cap reached"),
    "account-overdrawn": Words("客户的好感已透支，现在只做服务联络", "The customer's goodwill is used up: only service contacts for now"),
    "class-slowed": Words("这类客户已放慢联络", "This class is contacted less often"),
    "zone-unknown": Words("时区无法识别", "The time zone is unknown"),
    "calendar-unknown": Words("日历没有当天的数据", "The calendar does not have this day"),
    "window": Words("已过最后日期", "Its last day has passed"),
    "attempts": Words("尝试次数已用尽", "All attempts have been made"),
}
"""Rules whose words tell the figures of one case, said without them."""


def general_words(rule: str, language: str) -> str:
    """A rule's words without the figures of one case: ``联络已达上限``."""
    if rule not in RULES:
        return rule
    name = rule.partition(".")[2]
    if name in _IN_GENERAL:
        return _IN_GENERAL[name].say(language)
    text = re.sub(r"\s*[（(][^（(）)]*\{[^）)]*[）)]", "", RULES[rule].words.say(language))
    return re.split(r"；|; ", text)[0]


def promises(staff: Staff, day: date, branch: Branch | None) -> QuerySet[Promise]:
    """Promises for the day to customers of the scope, with `tried` and `reached` on that day."""
    made = Attempt.objects.filter(customer=OuterRef("customer"), day=day).exclude(outcome="")
    rows = Promise.objects.filter(day=day, customer__in=customers_for(staff).values("pk"))
    rows = rows.annotate(tried=Exists(made), reached=Exists(made.filter(reached=True)))
    return rows.filter(customer__branch=branch) if branch else rows


def state_of(row: Mapping[str, Any], now: datetime) -> PromiseState:
    """The state of a promise as `promises` reads it."""
    return promise_state(is_open=row["open"], closes_at=row["closes_at"], reached=row["reached"], tried=row["tried"], now=now)


def _promises(staff: Staff, day: date, branch: Branch | None, now: datetime) -> tuple[Promised, ...]:
    rows = promises(staff, day, branch).order_by("opens_at")
    columns = ("customer_id", "customer__name", "opens_at", "closes_at", "staff__name", "open", "tried", "reached")
    return tuple(
        Promised(
            row["customer_id"],
            row["customer__name"],
            row["opens_at"],
            row["closes_at"],
            row["staff__name"] or "",
            state_of(row, now),
        )
        for row in rows.values(*columns)[:MOST]
    )


def _attempts(staff: Staff, day: date, branch: Branch | None, language: str) -> dict[str, Any]:
    """How attempts ended, and in which hours they were made."""
    rows = Attempt.objects.filter(day=day, customer__in=customers_for(staff).values("pk")).exclude(outcome="")
    made = list((rows.filter(branch=branch) if branch else rows).values_list("at", "outcome"))
    ended = Counter(outcome for _at, outcome in made).most_common(6)
    hours = Counter(timezone.localtime(at).hour for at, _outcome in made)
    span = range(min(hours, default=9), max(hours, default=8) + 1)
    return {
        "outcomes": tuple((OUTCOMES[code].words.say(language) if code in OUTCOMES else code, float(count)) for code, count in ended),
        "hours": tuple((f"{hour}:00", float(hours[hour])) for hour in span),
    }
