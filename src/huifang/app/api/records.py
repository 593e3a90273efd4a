"""Records and the answers in them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from huifang.app.access import records_for
from huifang.app.api.door import caller, needs
from huifang.app.api.paging import Pages, page
from huifang.app.api.values import Day, Line, NumberInPath
from huifang.app.records.models import Answer, Record
from huifang.app.services import intake
from huifang.domain import words

router = Router()


class AnswerOut(Schema):
    """One answer to one question."""

    id: int
    record: int
    question: str
    value: str
    text: str = Field(description="Free text, in the customer's words.")
    score: float | None


class RecordOut(Schema):
    """What was learned in one attempt."""

    id: int
    followup: int | None
    customer: str
    staff: str
    branch: str
    programme: str
    channel: str
    outcome: str
    reached: bool
    questionnaire: str
    day: date
    saved_at: datetime
    words: str = Field(description="The customer's original words.")
    remark: str
    mean_score: float | None
    min_score: float | None
    satisfied: bool | None
    next_step: str
    next_on: date | None
    answers: list[AnswerOut]


class RecordPage(Schema):
    """A page of records."""

    items: list[RecordOut]
    next: str


class AnswerPage(Schema):
    """A page of answers."""

    items: list[AnswerOut]
    next: str


class Records(Pages):
    """Which records."""

    customer: Line = ""
    programme: Line = ""
    since: Day | None = Field(None, description="Saved on this day or later.")
    until: Day | None = Field(None, description="Saved on this day or before.")


class Answers(Pages):
    """Which answers."""

    question: Line = ""
    since: Day | None = Field(None, description="Saved on this day or later.")
    until: Day | None = Field(None, description="Saved on this day or before.")


@router.get("/records", response=RecordPage, summary="List records", tags=["Records"], operation_id="list_records", **needs("records:read"))
def list_records(request: HttpRequest, filters: Query[Records]) -> dict[str, Any]:
    """Records made in the key's branches, oldest first."""
    wanted = {
        "customer__code": filters.customer, "programme": filters.programme, "day__gte": filters.since, "day__lte": filters.until,
    }  # fmt: skip
    rows = _rows(request).filter(**{name: value for name, value in wanted.items() if value})
    return page(request, rows, filters, lambda found: [_shown(each) for each in found])


@router.get(
    "/records/{number}", response=RecordOut, summary="Read a record", tags=["Records"], operation_id="read_record", **needs("records:read")
)
def read_record(request: HttpRequest, number: NumberInPath) -> RecordOut:
    """One record with its answers."""
    found = _rows(request).filter(pk=number).first()
    if found is None:
        raise intake.missing(words.Words("没有这条回访记录。", "There is no such record."), "record.missing")
    return _shown(found)


@router.get("/answers", response=AnswerPage, summary="List answers", tags=["Records"], operation_id="list_answers", **needs("records:read"))
def list_answers(request: HttpRequest, filters: Query[Answers]) -> dict[str, Any]:
    """Answers in records of the key's branches, oldest first."""
    wanted = {"question": filters.question, "record__day__gte": filters.since, "record__day__lte": filters.until}
    rows = Answer.objects.filter(record__in=records_for(caller(request)))
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    return page(request, rows, filters, lambda found: [_answer(each) for each in found])


def _rows(request: HttpRequest) -> QuerySet[Record]:
    return records_for(caller(request)).select_related("customer", "staff", "branch", "attempt").prefetch_related("answers")


def _answer(row: Answer) -> AnswerOut:
    return AnswerOut(id=row.pk, record=row.record_id, question=row.question, value=row.value, text=row.text, score=row.score)


def _shown(row: Record) -> RecordOut:
    return RecordOut(
        id=row.pk, followup=row.followup_id, customer=row.customer.code, staff=row.staff.code if row.staff else "",
        branch=row.branch.code if row.branch else "", programme=row.programme, channel=row.attempt.channel, outcome=row.attempt.outcome,
        reached=row.attempt.reached, questionnaire=row.questionnaire, day=row.day, saved_at=row.saved_at, words=row.words,
        remark=row.remark, mean_score=row.mean_score, min_score=row.min_score, satisfied=row.satisfied, next_step=row.next_step,
        next_on=row.next_on, answers=[_answer(each) for each in row.answers.all()],
    )  # fmt: skip
