"""The rows behind a register: one for each follow-up worked, occurrence due, or case opened in a period.

Constant number of database queries, whatever the number of rows: the rows themselves, then customers, contact points, events, records,
answers, feedback and cases of all of them at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from huifang.app.access import cases_for, occurrences_for
from huifang.app.records.models import Answer, Attempt, Case, ContactPoint, Customer, Event, Feedback, Record, Staff
from huifang.playbooks.schema import Playbook, Register

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
    due: date | None = None
    decision: str = ""
    rule: str = ""
    staff: str = ""
    event: Row = field(default_factory=dict)
    event_staff: str = ""
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
    programmes = register.programmes or tuple(playbook.programmes)
    match register.rows:
        case "cases":
            return _case_lines(staff, playbook, period, branch)
        case "due":
            wanted = Q(due__range=(period.first, period.last)) | Q(followup__day__range=(period.first, period.last))
        case _:
            wanted = Q(followup__attempts__day__range=(period.first, period.last))
    occurrences = occurrences_for(staff).filter(wanted, playbook=playbook.playbook, programme__in=programmes)
    if branch is not None:
        occurrences = occurrences.filter(customer__branch=branch)
    return _occurrence_lines(occurrences.distinct().order_by("id").values(*_OCCURRENCE), period)


_OCCURRENCE = (
    "id", "programme", "customer_id", "event_id", "due", "decision", "rule", "followup_id", "followup__channel", "followup__staff__name",
)  # fmt: skip


def _occurrence_lines(rows: Iterable[Row], period: Period) -> list[Line]:
    occurrences = list(rows)
    followups = {row["followup_id"] for row in occurrences if row["followup_id"]}
    customers = _customers({row["customer_id"] for row in occurrences})
    phones = _phones(customers)
    events = _by_id(Event.objects.filter(pk__in={row["event_id"] for row in occurrences if row["event_id"]}), *_EVENT)
    worked = _Worked(followups, period)
    found = []
    for row in occurrences:
        event = events.get(row["event_id"], {})
        line = Line(
            customer=customers[row["customer_id"]],
            phone=phones.get(row["customer_id"], ""),
            programme=row["programme"],
            channel=row["followup__channel"] or "",
            due=row["due"],
            decision=row["decision"],
            rule=row["rule"],
            staff=row["followup__staff__name"] or "",
            event=event,
            event_staff=event.get("staff__name") or "",
        )
        worked.fill(line, row["followup_id"])
        found.append(line)
    return sorted(found, key=_when)


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
        self.feedback = _grouped(Feedback.objects.filter(record__in=of_records).values("record_id", "kind", "topic", "words"), "record_id")
        self.cases = _grouped(Case.objects.filter(record__in=of_records).order_by("id").values("record_id", *_CASE), "record_id")

    def fill(self, line: Line, followup: int | None) -> None:
        """Put into a line what was done for its follow-up: the last record that holds answers or words stands for the contact."""
        line.attempts = self.attempts.get(followup, [])
        kept = [self.records[attempt["id"]] for attempt in line.attempts if attempt["id"] in self.records]
        if not kept:
            return
        line.record = kept[-1]
        for record in kept:
            line.answers.update({row["question"]: row for row in self.answers.get(record["id"], [])})
            line.feedback += self.feedback.get(record["id"], [])
            line.cases += self.cases.get(record["id"], [])


def _case_lines(staff: Staff, playbook: Playbook, period: Period, branch: int | None) -> list[Line]:
    cases = cases_for(staff).filter(kind__in=playbook.cases, opened_at__date__range=(period.first, period.last))
    if branch is not None:
        cases = cases.filter(branch=branch)
    rows = list(cases.order_by("id").values("customer_id", "record__programme", "record__followup__channel", *_CASE))
    customers = _customers({row["customer_id"] for row in rows})
    phones = _phones(customers)
    return [
        Line(
            customer=customers[row["customer_id"]],
            phone=phones.get(row["customer_id"], ""),
            programme=row["record__programme"] or "",
            channel=row["record__followup__channel"] or "",
            staff=row["owner__name"] or "",
            cases=[row],
        )
        for row in rows
    ]


_EVENT = ("kind", "code", "at", "day", "amount", "staff__name", "attributes")
_ATTEMPT = ("id", "followup_id", "at", "ended_at", "day", "channel", "outcome", "reached", "staff__name")
_RECORD = ("id", "attempt_id", "words", "remark", "mean_score", "min_score", "satisfied", "next_step", "next_on", "seconds", "staff__name")
_CASE = ("id", "number", "kind", "state", "title", "solution", "cause", "opened_at", "solve_due", "closed_at", "owner__name")


def _customers(ids: set[int]) -> dict[int, Row]:
    return _by_id(Customer.objects.filter(pk__in=ids), "code", "name", "kind", "attributes", "branch__name", "owner__name", "birthday")


def _phones(customers: Mapping[int, Row]) -> dict[int, str]:
    points = ContactPoint.objects.filter(customer__in=customers, kind="phone").order_by("primary", "usable", "-id")
    return dict(points.values_list("customer_id", "value"))


def _by_id(rows: Any, *columns: str) -> dict[int, Row]:
    return {row["id"]: row for row in rows.values("id", *columns)}


def _grouped(rows: Iterable[Row], key: str) -> dict[Any, list[Row]]:
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    return dict(groups)
