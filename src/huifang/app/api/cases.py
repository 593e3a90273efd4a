"""Cases: opened, read, answered, solved, closed."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from huifang.app import business_clock
from huifang.app.access import cases_for
from huifang.app.api.customers import find
from huifang.app.api.door import caller, needs
from huifang.app.api.once import once
from huifang.app.api.paging import Pages, Taken, page
from huifang.app.api.values import Code, CodeInPath, Kind, Line, Prose
from huifang.app.queries.playbooks import in_force
from huifang.app.records.models import Case
from huifang.app.services import cases as service
from huifang.app.services import intake
from huifang.domain.errors import Invalid, Place, Problem
from huifang.domain.words import Words

router = Router(tags=["Cases"])
State = Literal["open", "answered", "solved", "closed"]


class CaseOut(Schema):
    """Something that must be solved."""

    number: str
    kind: str
    customer: str
    branch: str
    owner: str = Field(description="Staff number; empty: nobody yet.")
    state: str
    title: str
    opened_at: datetime
    first_answer_due: datetime | None
    solve_due: datetime | None
    answered_at: datetime | None
    solved_at: datetime | None
    closed_at: datetime | None
    cause: str
    solution: str


class CasePage(Schema):
    """A page of cases."""

    items: list[CaseOut]
    next: str


class Cases(Pages):
    """Which cases."""

    state: State | None = None
    customer: Line = ""


class CaseIn(Taken):
    """A matter of a customer."""

    customer: Code
    kind: Kind = Field(description="A kind that a playbook in force names, which gives its clocks and owner.", examples=["dissatisfied"])
    title: Prose = Field(max_length=200, examples=["空调修后仍不制冷"])


class StepIn(Taken):
    """What is done: a comment, an answer to the customer, the solution, closing, reopening."""

    what: Literal["comment", "answer", "solve", "close", "reopen"]
    words: Prose
    cause: Line = Field("", description="Why it came about; with `solve`.")


@router.get("", response=CasePage, summary="List cases", operation_id="list_cases", **needs("cases:read"))
def list_cases(request: HttpRequest, filters: Query[Cases]) -> dict[str, Any]:
    """Cases of the key's branches, oldest first."""
    wanted = {"state": filters.state, "customer__code": filters.customer}
    rows = _rows(request).filter(**{name: value for name, value in wanted.items() if value})
    return page(request, rows, filters, lambda found: [_shown(each) for each in found])


@router.get("/{number}", response=CaseOut, summary="Read a case", operation_id="read_case", **needs("cases:read"))
def read_case(request: HttpRequest, number: CodeInPath) -> CaseOut:
    """One case by number."""
    return _shown(_find(request, number))


@router.post("", response={201: CaseOut}, summary="Open a case", operation_id="open_case", **needs("cases:write"))
@once(201)
def open_case(request: HttpRequest, data: CaseIn) -> CaseOut:
    """With clocks and owner by the rule of its kind in the playbook in force; its owner is told."""
    by = caller(request)
    version = next((each.version for each in in_force() if data.kind in each.playbook.cases), None)
    if version is None:
        raise Invalid(_no_kind(data.kind))
    made = service.open_case(by, find(by, data.customer), data.kind, data.title, business_clock.now(), version=version)
    return _shown(_find(request, made.number))


@router.post("/{number}/steps", response=CaseOut, summary="Do a step of a case", operation_id="step_case", **needs("cases:write"))
@once()
def step_case(request: HttpRequest, number: CodeInPath, data: StepIn) -> CaseOut:
    """The same rules as on the case's page: none is closed before the customer was answered and the matter solved."""
    by, case, now = caller(request), _find(request, number), business_clock.now()
    match data.what:
        case "solve":
            service.solve(by, case.pk, data.cause, data.words, now)
        case "comment":
            service.comment(by, case.pk, data.words, now)
        case "answer":
            service.answer(by, case.pk, data.words, now)
        case "close":
            service.close(by, case.pk, data.words, now)
        case "reopen":
            service.reopen(by, case.pk, data.words, now)
    return _shown(_find(request, number))


def _rows(request: HttpRequest) -> QuerySet[Case]:
    return cases_for(caller(request)).select_related("customer", "branch", "owner")


def _find(request: HttpRequest, number: str) -> Case:
    found: Case | None = _rows(request).filter(number=number).first()
    if found is None:
        raise intake.missing(Words("没有这个工单。", "There is no such case."), "case.missing")
    return found


def _no_kind(kind: str) -> Problem:
    return Problem(
        "case.kind",
        Words(f"执行中的方案没有“{kind}”这种工单。", f"No playbook in force has a case of the kind “{kind}”."),
        Words("请用方案里写明的种类。", "Use a kind that a playbook names."),
        Place(key="body.kind"),
    )


def _shown(row: Case) -> CaseOut:
    return CaseOut(
        number=row.number, kind=row.kind, customer=row.customer.code, branch=row.branch.code if row.branch else "",
        owner=row.owner.code if row.owner else "", state=row.state, title=row.title, opened_at=row.opened_at,
        first_answer_due=row.first_answer_due, solve_due=row.solve_due, answered_at=row.answered_at, solved_at=row.solved_at,
        closed_at=row.closed_at, cause=row.cause, solution=row.solution,
    )  # fmt: skip
