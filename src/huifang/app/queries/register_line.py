"""One row of a register: everything a column can ask of it, and how many rows are filled at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from huifang.app.records.models import Answer, Attempt, Case, ContactPoint, Customer, Feedback, Record
from huifang.domain.words import Words

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
    key: object = None
    """What tells it from every other line of its register."""
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
    planned: date | datetime | None = None
    """The day it is to be done, or the moment that was promised."""
    next: date | datetime | None = None
    """The next contact that is agreed or due, where the row is about a customer."""
    material: tuple[str, ...] = ()
    """Titles of what the knowledge base holds for the programme."""
    facts: Mapping[str, object] = field(default_factory=dict)
    classes: Mapping[str, str] = field(default_factory=dict)
    """What the customer had on the last day of the period: classes by name, with an empty text, and the step of each ladder."""
    attempts: list[Row] = field(default_factory=list)
    record: Row = field(default_factory=dict)
    answers: dict[str, Row] = field(default_factory=dict)
    feedback: list[Row] = field(default_factory=list)
    cases: list[Row] = field(default_factory=list)

    @property
    def last_attempt(self) -> Row:
        """The attempt the row is about: the period's last."""
        return self.attempts[-1] if self.attempts else {}


class Worked:
    """Attempts, records, answers, feedback and cases of many follow-ups, each read once."""

    def __init__(self, followups: set[int], period: Period) -> None:
        """Attempts by their follow-ups alone: a follow-up has few, and the index of the days would be walked from end to end."""
        tried = Attempt.objects.filter(followup__in=followups).exclude(outcome="").order_by("at", "id").values(*_ATTEMPT)
        self.attempts = grouped([row for row in tried if period.first <= row["day"] <= period.last], "followup_id")
        made = [row["id"] for rows in self.attempts.values() for row in rows]
        records = list(Record.objects.filter(attempt__in=made).order_by("id").values(*_RECORD))
        self.records = {row["attempt_id"]: row for row in records}
        of_records = [row["id"] for row in records]
        self.answers = grouped(
            Answer.objects.filter(record__in=of_records).values("record_id", "question", "value", "text", "score"), "record_id"
        )
        told = Feedback.objects.filter(record__in=of_records, state__in=("decided", "read"))
        self.feedback = grouped(told.values("record_id", "kind", "topic", "words"), "record_id")
        self.cases = grouped(Case.objects.filter(record__in=of_records).order_by("id").values("record_id", *CASE), "record_id")

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


EVENT = ("kind", "code", "at", "day", "amount", "staff__name", "branch__name", "attributes")
_ATTEMPT = (
    "id", "followup_id", "programme", "at", "ended_at", "day", "channel", "outcome", "reached", "staff__name", "contact_point__kind",
    "contact_point__value",
)  # fmt: skip
_RECORD = (
    "id", "attempt_id", "words", "remark", "attitude", "asked", "replied", "mean_score", "min_score", "satisfied", "next_step", "next_on",
    "next_at", "seconds", "staff__name",
)  # fmt: skip
CASE = ("id", "number", "kind", "state", "title", "solution", "cause", "opened_at", "solve_due", "closed_at", "owner__name")


def customers_of(ids: Collection[int]) -> dict[int, Row]:
    """What a register may tell of each customer, by id."""
    return by_id(
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


def points_of(customers: Mapping[int, Row]) -> dict[tuple[int, str], str]:
    """The best phone and address of each customer: usable before not, the main one before others, the older before the newer."""
    points = ContactPoint.objects.filter(customer__in=customers, kind__in=("phone", "address")).order_by("usable", "primary", "-id")
    return {(customer, kind): value for customer, kind, value in points.values_list("customer_id", "kind", "value")}


def by_id(rows: Any, *columns: str) -> dict[int, Row]:
    """Those columns of each row, by its id."""
    return {row["id"]: row for row in rows.values("id", *columns)}


def grouped(rows: Iterable[Row], key: str) -> dict[Any, list[Row]]:
    """Rows under the value of one of their columns, in their order."""
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    return dict(groups)
