"""Events: entered one at a time or many together, read back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from huifang.app import business_clock
from huifang.app.access import customers_for
from huifang.app.api.door import caller, needs
from huifang.app.api.once import once
from huifang.app.api.paging import Pages, Taken, page
from huifang.app.api.values import Attributes, Code, Day, Kind, Line, Moment, Money
from huifang.app.business_time import business_day
from huifang.app.queries.playbooks import unnamed
from huifang.app.records.models import Event
from huifang.app.services import intake
from huifang.app.services.register.rows import EventRow, Row

router = Router(tags=["Events"])


class EventIn(Taken):
    """A dated fact of a customer who is known. Its kind is one that a playbook names; kind and number together are known once."""

    customer: Code = Field(description="The customer's number.", examples=["KH000123"])
    kind: Kind = Field(examples=["job.settled"])
    code: Line = Field(
        "", max_length=80, description="The business's own number; without it one is made from the content.", examples=["W20261122-007"]
    )
    at: Moment = Field(description="When it happened, with time zone.", examples=["2026-11-22T16:40:00+08:00"])
    amount: Money | None = Field(None, examples=["580.00"])
    staff: Line = Field("", description="Staff number or name of who handled it.")
    attributes: Attributes = Field(default_factory=dict, examples=[{"plate": "粤B·A1037"}])


class EventsIn(Taken):
    """Events that are taken together or not at all."""

    events: list[EventIn] = Field(min_length=1, max_length=500)


Unnamed = Annotated[
    list[str],
    Field(description="Kinds that no playbook in force names. Their events are kept, and no follow-up comes of them until one does."),
]


class EventTaken(Schema):
    """What became of it."""

    outcome: Literal["created", "updated", "unchanged"]
    unnamed_kinds: Unnamed


class EventsTaken(Schema):
    """What became of each, in order."""

    outcomes: list[str]
    unnamed_kinds: Unnamed


class EventOut(Schema):
    """A dated fact."""

    id: int
    customer: str
    kind: str
    code: str
    at: datetime
    day: date = Field(description="The business's day.")
    amount: Decimal | None
    branch: str
    attributes: dict[str, Any]


class EventPage(Schema):
    """A page of events."""

    items: list[EventOut]
    next: str


class Events(Pages):
    """Which events."""

    customer: Line = Field("", description="The customer's number.")
    kind: Line = ""
    since: Day | None = Field(None, description="From this day on.")


@router.post("", response={201: EventTaken}, summary="Enter an event", operation_id="add_event", **needs("events:write"))
@once(201)
def add_event(request: HttpRequest, data: EventIn) -> EventTaken:
    """The event reaches today's plan: with the morning's plan where that is still to come, else with a planning within minutes.

    Sent again it changes nothing.
    """
    outcome = _bring(request, [data])[0]
    return EventTaken(outcome=outcome, unnamed_kinds=unnamed([data.kind]))  # type: ignore[arg-type]  # one of the three words


@router.post("/batch", response={201: EventsTaken}, summary="Enter many events", operation_id="add_events", **needs("events:write"))
@once(201)
def add_events(request: HttpRequest, data: EventsIn) -> EventsTaken:
    """Up to 500 events in one transaction: all are taken, or none, and the answer says what is wrong with which row."""
    return EventsTaken(outcomes=_bring(request, data.events), unnamed_kinds=unnamed(event.kind for event in data.events))


@router.get("", response=EventPage, summary="List events", operation_id="list_events", **needs("events:read"))
def list_events(request: HttpRequest, filters: Query[Events]) -> dict[str, Any]:
    """Events of customers of the key's branches, in the order in which they were entered."""
    rows = Event.objects.filter(customer__in=customers_for(caller(request))).select_related("customer", "branch")
    if filters.customer:
        rows = rows.filter(customer__code=filters.customer)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.since:
        rows = rows.filter(day__gte=filters.since)
    return page(request, rows, filters, lambda found: [_shown(each) for each in found])


def _bring(request: HttpRequest, events: list[EventIn]) -> list[str]:
    by = caller(request)
    known = intake.known(by, [event.customer for event in events])
    rows = [Row(line, intake.about(known[event.customer]), _row(event)) for line, event in enumerate(events, 1)]
    return intake.bring(by, rows, business_clock.now())


def _row(event: EventIn) -> EventRow:
    at = event.at.astimezone(UTC)
    return EventRow(event.kind, at, business_day(at), event.code, event.amount, event.staff, dict(event.attributes))


def _shown(event: Event) -> EventOut:
    return EventOut(
        id=event.pk, customer=event.customer.code, kind=event.kind, code=event.code, at=event.at, day=event.day, amount=event.amount,
        branch=event.branch.code if event.branch else "", attributes=event.attributes,
    )  # fmt: skip
