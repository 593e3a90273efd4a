"""Feedback: what customers have said, sent by other systems and read back as it was understood."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from huifang.app import business_clock
from huifang.app.access import feedback_for
from huifang.app.api.customers import find
from huifang.app.api.door import caller, needs
from huifang.app.api.once import once
from huifang.app.api.paging import Pages, Taken, page
from huifang.app.api.values import Code, Line, Moment, NumberInPath, Prose
from huifang.app.records.models import Feedback
from huifang.app.services import feedback_taking, intake
from huifang.domain.words import Words

router = Router(tags=["Feedback"])
Kind = Literal["praise", "suggestion", "complaint"]
State = Literal["read", "unsure", "decided", "nothing"]


class FeedbackOut(Schema):
    """One statement of a customer."""

    id: int
    customer: str = Field(description="Its code; empty where nobody knows who said it, as in a questionnaire without a name.")
    words: str = Field(description="As the customer said it.")
    at: datetime = Field(description="When it was said; the end of its month where nobody knows who said it.")
    state: str = Field(description="`unsure` until it is read or a person has decided.")
    kind: str
    topic: str
    urgency: int = Field(description="0 not urgent, 1 soon, 2 at once.")
    sentiment: float | None = Field(description="From -1 to 1; none until it is read.")
    confidence: float | None
    reader: str = Field(description="`local`, `asked` (a language model too), `fallback` (it did not answer).")


class FeedbackPage(Schema):
    """A page of statements."""

    items: list[FeedbackOut]
    next: str


class Statements(Pages):
    """Which statements."""

    customer: Line = ""
    kind: Kind | None = None
    state: State | None = None


class StatementIn(Taken):
    """What a customer has said elsewhere: in a shop's review, a chat, a telephone system."""

    customer: Code
    words: Prose = Field(examples=["等了三个小时，也没人说一声"])
    at: Moment = Field(description="When it was said.")
    reference: Code = Field(
        description="The sender's own number of the statement; sent again, nothing is kept twice.", examples=["review-8841"]
    )


@router.get("", response=FeedbackPage, summary="List feedback", operation_id="list_feedback", **needs("feedback:read"))
def list_feedback(request: HttpRequest, filters: Query[Statements]) -> dict[str, Any]:
    """Statements of customers of the key's branches, oldest first."""
    wanted = {"customer__code": filters.customer, "kind": filters.kind, "state": filters.state}
    rows = _rows(request).filter(**{name: value for name, value in wanted.items() if value})
    return page(request, rows, filters, lambda found: [_shown(each) for each in found])


@router.get("/{number}", response=FeedbackOut, summary="Read a statement", operation_id="read_feedback", **needs("feedback:read"))
def read_feedback(request: HttpRequest, number: NumberInPath) -> FeedbackOut:
    """One statement, as it is understood now."""
    found = _rows(request).filter(pk=number).first()
    if found is None:
        raise intake.missing(Words("没有这条反馈。", "There is no such statement."), "feedback.missing")
    return _shown(found)


@router.post("", response={201: FeedbackOut}, summary="Send a statement", operation_id="send_feedback", **needs("feedback:write"))
@once(201)
def send_feedback(request: HttpRequest, data: StatementIn) -> FeedbackOut:
    """It is kept at once and read within the minute; what the reader is unsure of is put before a person."""
    by = caller(request)
    return _shown(feedback_taking.take(by, find(by, data.customer), data.words, data.at, data.reference, business_clock.now()))


def _rows(request: HttpRequest) -> QuerySet[Feedback]:
    return feedback_for(caller(request)).select_related("customer")


def _shown(row: Feedback) -> FeedbackOut:
    return FeedbackOut(
        id=row.pk, customer=row.customer.code if row.customer else "", words=row.words, at=row.at, state=row.state, kind=row.kind,
        topic=row.topic, urgency=row.urgency, sentiment=row.sentiment, confidence=row.confidence, reader=row.reader,
    )  # fmt: skip
