"""Follow-ups: read, handed over, withdrawn."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from huifang.app import business_clock
from huifang.app.access import followups_for, staff_for
from huifang.app.api.customers import Done
from huifang.app.api.door import caller, needs
from huifang.app.api.once import once
from huifang.app.api.paging import Pages, Taken, page
from huifang.app.api.problems import Said
from huifang.app.api.values import Day, Line, NumberInPath, Prose
from huifang.app.records.models import FollowUp
from huifang.app.services import followups as service
from huifang.app.services import intake
from huifang.domain.words import Words

router = Router(tags=["Follow-ups"])
State = Literal["open", "claimed", "done", "withdrawn"]


class FollowUpOut(Schema):
    """Planned work: one contact with one customer."""

    id: int
    customer: str
    branch: str
    staff: str = Field(description="Staff number; empty: whoever is free first, or the channel itself.")
    channel: str
    purpose: str
    programme: str
    because: Said = Field(description="Why it is due.")
    day: date
    opens_at: datetime
    closes_at: datetime
    deadline: date
    promised: bool
    state: State
    outcome: str = Field(description="Of the last attempt.")
    attempts_made: int


class FollowUpPage(Schema):
    """A page of follow-ups."""

    items: list[FollowUpOut]
    next: str


class FollowUps(Pages):
    """Which follow-ups."""

    day: Day | None = None
    state: State | None = None
    customer: Line = ""
    staff: Line = Field("", description="Staff number.")


class ReassignIn(Taken):
    """To whom."""

    staff: Line = Field("", description="Staff number; empty: whoever is free first.")


class WithdrawIn(Taken):
    """Why."""

    reason: Prose = Field(max_length=200)


@router.get("", response=FollowUpPage, summary="List follow-ups", operation_id="list_followups", **needs("followups:read"))
def list_followups(request: HttpRequest, filters: Query[FollowUps]) -> dict[str, Any]:
    """Follow-ups of the key's branches, in the order in which they were planned."""
    wanted = {"day": filters.day, "state": filters.state, "customer__code": filters.customer, "staff__code": filters.staff}
    rows = followups_for(caller(request)).select_related("customer", "branch", "staff")
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    return page(request, rows, filters, lambda found: [_shown(each) for each in found])


@router.get("/{number}", response=FollowUpOut, summary="Read a follow-up", operation_id="read_followup", **needs("followups:read"))
def read_followup(request: HttpRequest, number: NumberInPath) -> FollowUpOut:
    """One follow-up."""
    found = followups_for(caller(request)).select_related("customer", "branch", "staff").filter(pk=number).first()
    if found is None:
        raise intake.missing(Words("没有这个回访任务。", "There is no such follow-up."), "followup.missing")
    return _shown(found)


@router.post(
    "/{number}/reassign", response=Done, summary="Hand a follow-up over", operation_id="reassign_followup", **needs("followups:write")
)
@once()
def reassign_followup(request: HttpRequest, number: NumberInPath, data: ReassignIn) -> Done:
    """To a colleague, or to whoever is free first; whoever has it in hand loses it."""
    by = caller(request)
    to = None
    if data.staff:
        to = staff_for(by).filter(code=data.staff, is_active=True).values_list("pk", flat=True).first()
        if to is None:
            raise intake.missing(Words("没有这位同事。", "There is no such colleague."), "staff.missing")
    service.reassign(by, number, to, business_clock.now())
    return Done()


@router.post(
    "/{number}/withdraw", response=Done, summary="Withdraw a follow-up", operation_id="withdraw_followup", **needs("followups:write")
)
@once()
def withdraw_followup(request: HttpRequest, number: NumberInPath, data: WithdrawIn) -> Done:
    """Off the plan for good, with what it was planned for."""
    service.withdraw(caller(request), number, data.reason, business_clock.now())
    return Done()


def _shown(row: FollowUp) -> FollowUpOut:
    return FollowUpOut(
        id=row.pk, customer=row.customer.code, branch=row.branch.code if row.branch else "", staff=row.staff.code if row.staff else "",
        channel=row.channel, purpose=row.purpose, programme=row.programme,
        because=Said(zh=row.because.get("zh", ""), en=row.because.get("en", "")), day=row.day, opens_at=row.opens_at,
        closes_at=row.closes_at, deadline=row.deadline, promised=row.promised, state=row.state,  # type: ignore[arg-type]  # choices of the model
        outcome=row.outcome, attempts_made=row.attempts_made,
    )  # fmt: skip
