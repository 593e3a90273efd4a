"""One customer's rows, each kind read once, when it is first asked for: what glance, timeline, facts and the gate's rules are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Any

from django.db.models import BigAutoField, CharField, Exists, OuterRef, Q, QuerySet

from huifang.app.reach import channels_of
from huifang.app.records.models import (
    Agreement,
    Answer,
    Attempt,
    Case,
    Consent,
    ContactPoint,
    ContactPolicy,
    Correction,
    Customer,
    Event,
    Feedback,
    FollowUp,
    LearnedNumber,
    OptOut,
    Record,
)
from huifang.app.records.prepared import Prepared, PreparedForMany, Row, Together

Places = list[Any]


def _prepared(build: Callable[[Any], QuerySet[Any, Any]]) -> Prepared:
    return Prepared(build, customer=BigAutoField())


def _for_many(build: Callable[[Places], QuerySet[Any, Any]], by: str = "customer_id") -> PreparedForMany:
    return PreparedForMany(build, by, BigAutoField())


_POINTS = _for_many(
    lambda customers: (
        ContactPoint.objects.filter(customer__id__in=customers)
        .order_by("-primary", "id")
        .values("customer_id", "id", "kind", "value", "value_index", "label", "usable", "primary", "mobile")
    )
)
_CONSENTS = _for_many(
    lambda customers: (
        Consent.objects.filter(customer__id__in=customers)
        .order_by("at", "pk")
        .values("customer_id", "purpose", "channel", "allowed", proven=~Q(proof=""))
    )
)
_REFUSALS = PreparedForMany(
    lambda indexes: OptOut.objects.filter(value_index__in=indexes).values("value_index", "purpose", "channel"), "value_index", CharField()
)
_ATTEMPTS = _for_many(
    lambda customers: Attempt.objects.filter(customer__id__in=customers)
    .order_by("-at", "-pk")
    .values(
        "customer_id", "id", "key", "at", "day", "local_day", "channel", "purpose", "programme", "outcome", "state", "reached", "counted",
        "followup_id", "staff_id", "contact_point_id", "staff__name",
    )
)  # fmt: skip
_CASES = _for_many(
    lambda customers: (
        Case.objects.filter(customer__id__in=customers)
        .order_by("-opened_at")
        .values(
            "customer_id", "number", "kind", "state", "opened_at", "closed_at", "first_answer_due", "solve_due", "owner__name", "record_id"
        )
    )
)
_AGREEMENTS = _for_many(
    lambda customers: (
        Agreement.objects.filter(customer__id__in=customers)
        .order_by("starts", "pk")
        .values("customer_id", "kind", "code", "starts", "ends", "status", "amount", "attributes")
    )
)
_LEARNED = _for_many(
    lambda customers: (
        LearnedNumber.objects.filter(customer__id__in=customers).order_by("-as_of").values("customer_id", "name", "value", "as_of")
    )
)
_EVENT_COLUMNS = ("kind", "at", "day", "amount", "attributes", "staff__name")
_ALL_EVENTS = _for_many(
    lambda customers: Event.objects.filter(customer__id__in=customers).order_by("-at", "-pk").values("customer_id", *_EVENT_COLUMNS)
)
_ANSWER_COLUMNS = ("record_id", "question", "value", "text", "score", "record__day")
_ALL_ANSWERS = _for_many(
    lambda customers: (
        Answer.objects.filter(record__customer__id__in=customers)
        .order_by("record__saved_at", "pk")
        .values("record__customer_id", *_ANSWER_COLUMNS)
    ),
    "record__customer_id",
)


@cache
def _events(most: int) -> Prepared:
    return _prepared(lambda customer: Event.objects.filter(customer=customer).order_by("-at", "-pk").values(*_EVENT_COLUMNS)[:most])


def _newest_records(customer: Any, most: int | None) -> QuerySet[Record]:
    return Record.objects.filter(customer=customer).order_by("-attempt__at", "-attempt_id")[:most]


@cache
def _records(most: int | None) -> Prepared:
    columns = ("id", "attempt_id", "staff_id", "questionnaire", "words", "remark", "satisfied", "attitude", "asked", "replied")
    corrected = Exists(Correction.objects.filter(record=OuterRef("pk")))
    return _prepared(lambda customer: _newest_records(customer, most).values(*columns, corrected=corrected))


@cache
def _answers(most: int) -> Prepared:
    def build(customer: Any) -> QuerySet[Answer, Any]:
        newest = Answer.objects.filter(record__in=_newest_records(customer, most).values("pk"))
        ordered: QuerySet[Answer, Any] = newest.order_by("record__saved_at", "pk").values(*_ANSWER_COLUMNS)
        return ordered

    return _prepared(build)


def _told() -> QuerySet[Feedback, Any]:
    """Statements that somebody, or the reader without doubt, has put somewhere."""
    return Feedback.objects.filter(state__in=(Feedback.State.DECIDED, Feedback.State.READ))


_FEEDBACK_COLUMNS = ("record_id", "kind", "topic", "words", "at")
_ALL_FEEDBACK = _for_many(
    lambda customers: _told().filter(customer__id__in=customers).order_by("-at", "id").values("customer_id", *_FEEDBACK_COLUMNS)
)
_POLICY = _for_many(lambda customers: ContactPolicy.objects.filter(customer__id__in=customers).values("customer_id", "slowed", "paused"))


@cache
def _feedback(most: int) -> Prepared:
    return _prepared(lambda customer: _told().filter(customer=customer).order_by("-at", "id").values(*_FEEDBACK_COLUMNS)[:most])


class CustomerRows:
    """The rows of one customer. `most`: of what grows with the years only so many of the newest are wanted; None: all of them.

    `together`: the customers, by id, with whom they are read in one go.
    """

    def __init__(self, customer: Customer, most: int | None = None, together: Together | None = None) -> None:
        self.customer, self.most = customer, most
        self._together = together or Together([customer.pk])

    def _rows(self, read: PreparedForMany) -> list[Row]:
        return self._together.rows(read, self.customer.pk)

    @cached_property
    def points(self) -> list[Row]:
        """Numbers and addresses, the primary one first."""
        return self._rows(_POINTS)

    @cached_property
    def said(self) -> dict[tuple[str, str], bool]:
        """Purpose and channel → the customer's last word; a refusal that clings to one of their numbers or addresses comes last."""
        last = {(row["purpose"], row["channel"]): bool(row["allowed"]) for row in self._rows(_CONSENTS)}
        refusals = self._together.beside(_POINTS, _REFUSALS, "value_index", self.customer.pk)
        return last | {(row["purpose"], row["channel"]): False for row in refusals}

    @cached_property
    def proven(self) -> set[tuple[str, str]]:
        """Purpose and channel of those last words whose proof is on record."""
        last = {(row["purpose"], row["channel"]): bool(row["proven"]) for row in self._rows(_CONSENTS)}
        return {where for where, proven in last.items() if proven}

    @cached_property
    def attempts(self) -> list[Row]:
        """Every attempt, newest first."""
        return self._rows(_ATTEMPTS)

    @cached_property
    def cases(self) -> list[Row]:
        """Every case, newest first."""
        return self._rows(_CASES)

    @property
    def open_cases(self) -> list[Row]:
        """Those that are not closed, oldest first."""
        return [row for row in reversed(self.cases) if row["state"] != Case.State.CLOSED]

    @cached_property
    def agreements(self) -> list[Row]:
        """Every agreement, the one that began first first."""
        return self._rows(_AGREEMENTS)

    @cached_property
    def learned(self) -> list[Row]:
        """Learned numbers, the newest first."""
        return self._rows(_LEARNED)

    @cached_property
    def events(self) -> list[Row]:
        """Events, newest first."""
        return _events(self.most)(customer=self.customer.pk) if self.most else self._rows(_ALL_EVENTS)

    @cached_property
    def records(self) -> list[Row]:
        """What was learned in the newest attempts, newest first."""
        return _records(self.most)(customer=self.customer.pk)

    @cached_property
    def answers(self) -> list[Row]:
        """Their answers, in the order in which they were kept."""
        return _answers(self.most)(customer=self.customer.pk) if self.most else self._rows(_ALL_ANSWERS)

    @cached_property
    def feedback(self) -> list[Row]:
        """What they have said, newest first."""
        return _feedback(self.most * 3)(customer=self.customer.pk) if self.most else self._rows(_ALL_FEEDBACK)

    @cached_property
    def policy(self) -> Row | None:
        """What the last night has learned of the customer's class: `slowed`, `paused`; None where nothing was learned."""
        return next(iter(self._rows(_POLICY)), None)

    def under_way(self, followup_id: int, staff_id: int) -> Row | None:
        """The attempt for a follow-up that somebody has begun and not recorded."""
        mine = (row for row in self.attempts if (row["followup_id"], row["staff_id"]) == (followup_id, staff_id))
        return next((row for row in mine if row["state"] == Attempt.State.ATTEMPTING), None)

    def contacts_30d(self, day: date) -> int:
        """How many attempts of the 30 days up to `day` count."""
        return sum(1 for row in self.attempts if row["counted"] and 0 <= (day - row["day"]).days < 30)

    @cached_property
    def channels(self) -> set[str]:
        """Where the customer can be reached through a usable number or address."""
        return {channel.value for row in self.points if row["usable"] for channel in channels_of(row["kind"], row["mobile"])}


@dataclass(frozen=True, slots=True)
class Asked:
    """A follow-up for which a contact is asked, with the customer's rows and the occurrences behind it (`queries.behind`)."""

    followup: FollowUp
    rows: CustomerRows
    occurrences: list[Row]


def age_on(day: date, born: date | None) -> int | None:
    """Whole years on a day; None where the birthday is not known."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day)) if born else None
