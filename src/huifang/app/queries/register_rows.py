"""The rows behind a register: one for each follow-up worked, occurrence due, or case opened in a period.

Constant number of database queries, whatever the number of rows: the rows themselves, then customers, contact points, events, records,
answers, feedback and cases of all of them at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q

from huifang.app.access import cases_for, customers_for, occurrences_for
from huifang.app.business_time import business_moment
from huifang.app.queries.decision_words import rule_words
from huifang.app.queries.register_facts import facts_of_many
from huifang.app.records.models import Agreement, Answer, Attempt, Case, ContactPoint, Customer, Event, Feedback, FollowUp, Record, Staff
from huifang.domain.words import Words
from huifang.playbooks.schema import BeforeDate, Playbook, Register

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day, both included."""

    first: date
    last: date


@dataclass(slots=True)
class Line:
    """Everything a column of a register can ask of one row; what is not there is empty."""

    customer: Row
    phone: str = ""
    programme: str = ""
    channel: str = ""
    address: str = ""
    due: date | None = None
    deadline: date | None = None
    decision: str = ""
    why: Words | None = None
    """The rule that decided, in words."""
    staff: str = ""
    event: Row = field(default_factory=dict)
    event_staff: str = ""
    agreement: Row = field(default_factory=dict)
    facts: Mapping[str, object] = field(default_factory=dict)
    attempts: list[Row] = field(default_factory=list)
    record: Row = field(default_factory=dict)
    answers: dict[str, Row] = field(default_factory=dict)
    feedback: list[Row] = field(default_factory=list)
    cases: list[Row] = field(default_factory=list)

    @property
    def last_attempt(self) -> Row:
        """The attempt the row is about: the period's last."""
        return self.attempts[-1] if self.attempts else {}


def lines(staff: Staff, playbook: Playbook, register: Register, period: Period, branch: int | None = None) -> list[Line]:
    """The rows of a register in a person's scope, in the order they happened (what was not done stands last)."""
    if register.rows == "cases":
        found = _case_lines(staff, playbook, period, branch)
    else:
        found = _occurrence_lines(*_occurrences(staff, playbook, register, period, branch), playbook, period)
    if register.rows == "customers":
        found = _once(found)
    if any(column.value.startswith("fact.") for column in register.columns):
        facts = facts_of_many(playbook, {line.customer["id"]: line.customer for line in found}, period.last)
        for line in found:
            line.facts = facts[line.customer["id"]]
    return found


def _once(found: list[Line]) -> list[Line]:
    """Each customer once, by name: the line of the last attempt, else of what falls due last."""
    latest: dict[int, Line] = {}
    for line in sorted(found, key=lambda line: (bool(line.attempts), line.due or date.min)):
        latest[line.customer["id"]] = line
    return sorted(latest.values(), key=lambda line: (line.customer["name"], line.customer["id"]))


def _occurrences(
    staff: Staff, playbook: Playbook, register: Register, period: Period, branch: int | None
) -> tuple[list[Row], dict[int, set[int]]]:
    """The occurrences of a register, and for each the follow-ups that were worked for it in the period.

    An occurrence that is planned again on another day leaves the follow-up it had before; what was tried there is found by customer and
    programme.
    """
    programmes = register.programmes or tuple(playbook.programmes)
    days = (period.first, period.last)
    scope = occurrences_for(staff).filter(playbook=playbook.playbook, programme__in=programmes)
    tried = FollowUp.objects.filter(customer__in=customers_for(staff).values("pk")).filter(
        attempts__day__range=days, playbook_version__playbook=playbook.playbook, programme__in=programmes
    )
    if branch is not None:
        scope, tried = scope.filter(customer__branch=branch), tried.filter(customer__branch=branch)
    worked = list(tried.distinct().order_by("id").values("id", "customer_id", "programme", "day"))
    wanted = Q(followup__attempts__day__range=days)
    if register.rows in ("due", "customers"):
        wanted |= Q(due__range=days) | Q(followup__day__range=days)
    rows = {row["id"]: row for row in scope.filter(wanted).distinct().values(*_OCCURRENCE)}
    known = {row["followup_id"] for row in rows.values()}
    lost = [row for row in worked if row["id"] not in known]
    again = scope.filter(customer__in={row["customer_id"] for row in lost}, due__lte=period.last).order_by("-due", "-id")
    latest: dict[tuple[int, str], Row] = {}
    for row in again.values(*_OCCURRENCE):
        latest.setdefault((row["customer_id"], row["programme"]), row)
    followups = {number: {row["followup_id"]} - {None} for number, row in rows.items()}
    for row in lost:
        occurrence = latest.get((row["customer_id"], row["programme"]))
        if occurrence is not None:
            rows.setdefault(occurrence["id"], occurrence)
            followups.setdefault(occurrence["id"], {occurrence["followup_id"]} - {None}).add(row["id"])
    return [rows[number] for number in sorted(rows)], followups


_OCCURRENCE = (
    "id",
    "programme",
    "customer_id",
    "event_id",
    "cause_day",
    "due",
    "deadline",
    "expires",
    "until",
    "decision",
    "rule",
    "detail",
    "followup_id",
    "followup__channel",
    "followup__staff__name",
)


def _occurrence_lines(occurrences: list[Row], followups: Mapping[int, set[int]], playbook: Playbook, period: Period) -> list[Line]:
    customers = _customers({row["customer_id"] for row in occurrences})
    points = _points(customers)
    events = _by_id(Event.objects.filter(pk__in={row["event_id"] for row in occurrences if row["event_id"]}), *_EVENT)
    agreements = _agreements(customers, playbook, occurrences)
    worked = _Worked(set().union(*followups.values()), period)
    found = []
    for row in occurrences:
        event = events.get(row["event_id"], {})
        line = Line(
            customer=customers[row["customer_id"]],
            phone=points.get((row["customer_id"], "phone"), ""),
            address=points.get((row["customer_id"], "address"), ""),
            programme=row["programme"],
            channel=row["followup__channel"] or "",
            due=row["due"],
            deadline=row["deadline"],
            decision=row["decision"],
            why=rule_words(row),
            staff=row["followup__staff__name"] or "",
            event=event,
            event_staff=event.get("staff__name") or "",
            agreement=agreements.get(row["id"], {}),
        )
        worked.fill(line, followups[row["id"]])
        found.append(line)
    return sorted(found, key=_when)


def _agreements(customers: Mapping[int, Row], playbook: Playbook, occurrences: list[Row]) -> dict[int, Row]:
    """The agreement behind each occurrence whose programme looks ahead to an agreement's date, by occurrence."""
    kinds: dict[str, tuple[str, str]] = {}
    for key, programme in playbook.programmes.items():
        if isinstance(programme.when, BeforeDate) and programme.when.before.startswith("agreement."):
            kind, _, end = programme.when.before.removeprefix("agreement.").rpartition(".")
            kinds[key] = (kind, end)
    kept = Agreement.objects.filter(customer__in=customers, kind__in={kind for kind, _end in kinds.values()}).order_by("id")
    found: dict[tuple[int, str, str, date], Row] = {}
    rows: Iterable[Row] = kept.values("customer_id", "kind", "code", "starts", "ends", "amount", "attributes")
    for row in rows:
        for end in ("starts", "ends"):
            if row[end]:
                found[row["customer_id"], row["kind"], end, row[end]] = row
    wanted = [row for row in occurrences if row["programme"] in kinds]
    return {row["id"]: found.get((row["customer_id"], *kinds[row["programme"]], row["cause_day"]), {}) for row in wanted}


def _when(line: Line) -> tuple[bool, datetime | date | None, int]:
    done = bool(line.attempts)
    return (not done, line.last_attempt.get("at") if done else line.due, line.customer["id"])


class _Worked:
    """Attempts, records, answers, feedback and cases of many follow-ups, each read once."""

    def __init__(self, followups: set[int], period: Period) -> None:
        tried = Attempt.objects.filter(followup__in=followups, day__range=(period.first, period.last)).exclude(outcome="")
        self.attempts = _grouped(tried.order_by("at", "id").values(*_ATTEMPT), "followup_id")
        records = list(Record.objects.filter(attempt__in=tried.values("pk")).order_by("id").values(*_RECORD))
        self.records = {row["attempt_id"]: row for row in records}
        of_records = [row["id"] for row in records]
        self.answers = _grouped(
            Answer.objects.filter(record__in=of_records).values("record_id", "question", "value", "text", "score"), "record_id"
        )
        told = Feedback.objects.filter(record__in=of_records, state__in=("decided", "read"))
        self.feedback = _grouped(told.values("record_id", "kind", "topic", "words"), "record_id")
        self.cases = _grouped(Case.objects.filter(record__in=of_records).order_by("id").values("record_id", *_CASE), "record_id")

    def fill(self, line: Line, followups: set[int]) -> None:
        """Put into a line what was done for its follow-ups: the last record stands for the contact, answers are gathered from all."""
        line.attempts = sorted((row for one in followups for row in self.attempts.get(one, [])), key=lambda row: (row["at"], row["id"]))
        kept = [self.records[attempt["id"]] for attempt in line.attempts if attempt["id"] in self.records]
        if not kept:
            return
        line.record = kept[-1]
        for record in kept:
            line.answers.update({row["question"]: row for row in self.answers.get(record["id"], [])})
            line.feedback += self.feedback.get(record["id"], [])
            line.cases += self.cases.get(record["id"], [])


def _case_lines(staff: Staff, playbook: Playbook, period: Period, branch: int | None) -> list[Line]:
    cases = cases_for(staff).filter(
        kind__in=playbook.cases,
        opened_at__gte=business_moment(period.first, time()),
        opened_at__lt=business_moment(period.last + timedelta(days=1), time()),
    )
    if branch is not None:
        cases = cases.filter(branch=branch)
    rows = list(cases.order_by("id").values("customer_id", "record__programme", "record__followup__channel", *_CASE))
    customers = _customers({row["customer_id"] for row in rows})
    points = _points(customers)
    return [
        Line(
            customer=customers[row["customer_id"]],
            phone=points.get((row["customer_id"], "phone"), ""),
            address=points.get((row["customer_id"], "address"), ""),
            programme=row["record__programme"] or "",
            channel=row["record__followup__channel"] or "",
            staff=row["owner__name"] or "",
            cases=[row],
        )
        for row in rows
    ]


_EVENT = ("kind", "code", "at", "day", "amount", "staff__name", "branch__name", "attributes")
_ATTEMPT = ("id", "followup_id", "at", "ended_at", "day", "channel", "outcome", "reached", "staff__name")
_RECORD = (
    "id", "attempt_id", "words", "remark", "attitude", "asked", "replied", "mean_score", "min_score", "satisfied", "next_step", "next_on",
    "seconds", "staff__name",
)  # fmt: skip
_CASE = ("id", "number", "kind", "state", "title", "solution", "cause", "opened_at", "solve_due", "closed_at", "owner__name")


def _customers(ids: set[int]) -> dict[int, Row]:
    return _by_id(
        Customer.objects.filter(pk__in=ids),
        "code",
        "name",
        "kind",
        "status",
        "first_seen",
        "attributes",
        "branch__name",
        "owner__name",
        "birthday",
    )


def _points(customers: Mapping[int, Row]) -> dict[tuple[int, str], str]:
    """The best phone and address of each customer: usable before not, the main one before others, the older before the newer."""
    points = ContactPoint.objects.filter(customer__in=customers, kind__in=("phone", "address")).order_by("usable", "primary", "-id")
    return {(customer, kind): value for customer, kind, value in points.values_list("customer_id", "kind", "value")}


def _by_id(rows: Any, *columns: str) -> dict[int, Row]:
    return {row["id"]: row for row in rows.values("id", *columns)}


def _grouped(rows: Iterable[Row], key: str) -> dict[Any, list[Row]]:
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    return dict(groups)
