"""Webhook subscriptions: another system says where it wants to be told, and of what. A key sees and changes its own alone."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from huifang.app import business_clock
from huifang.app.access import branches_for
from huifang.app.api.door import caller, needs
from huifang.app.api.once import once
from huifang.app.api.paging import Pages, Taken, page
from huifang.app.api.values import Code, NumberInPath
from huifang.app.records.models import Branch, Subscription
from huifang.app.services import intake, webhooks
from huifang.domain import words

router = Router(tags=["Webhooks"])
Event = Literal[
    "record.saved", "record.corrected", "record.taken-back", "case.opened", "case.answered", "case.solved", "case.closed", "case.reopened",
    "consent.refused", "consent.given", "customer.status", "followup.withdrawn",
]  # fmt: skip
Name = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00]*$")]
Address = Annotated[str, StringConstraints(min_length=9, max_length=500, pattern=r"^[^\x00\s]*$")]
Events = Annotated[list[Event], Field(min_length=1, max_length=20)]


class WebhookOut(Schema):
    """A subscription of this key."""

    id: int
    name: str
    url: str
    events: list[str]
    branches: list[str] = Field(description="Codes of the branches it hears of.")
    active: bool = Field(description="Switched off by itself after five deliveries given up one after the other, or an answer 410.")
    failures: int = Field(description="Deliveries given up one after the other.")
    created_at: datetime


class WebhookMade(WebhookOut):
    """A new subscription and its secret."""

    secret: str = Field(description="Shown this once; deliveries are signed with it.")


class WebhookPage(Schema):
    """A page of subscriptions."""

    items: list[WebhookOut]
    next: str


class WebhookRemoved(Schema):
    """A subscription that is gone."""

    removed: int


class WebhookIn(Taken):
    """Where to tell, of what."""

    name: Name = Field(examples=["DMS"])
    url: Address = Field(description="Public and HTTPS; its name is resolved before it is kept.", examples=["https://hooks.example.com/in"])
    events: Events
    branches: Annotated[list[Code], Field(max_length=200)] | None = Field(None, description="Of the key's; none: all of the key's.")


class WebhookChange(Taken):
    """What is to be different; what is left out stays."""

    name: Name | None = None
    url: Address | None = None
    events: Events | None = None
    active: bool | None = Field(None, description="On again: from now on, and what had not been given up.")


@router.get("", response=WebhookPage, summary="List webhooks", operation_id="list_webhooks", **needs("webhooks:write"))
def list_webhooks(request: HttpRequest, filters: Query[Pages]) -> dict[str, Any]:
    """The key's own subscriptions, in the order in which they were made; without their secrets."""
    return page(request, _own(request), filters, lambda found: [_shown(each) for each in found])


@router.post("", response={201: WebhookMade}, summary="Add a webhook", operation_id="add_webhook", **needs("webhooks:write"))
@once(201)
def add_webhook(request: HttpRequest, data: WebhookIn) -> WebhookMade:
    """It hears of what happens from now on. An address that is not public HTTPS is refused with 422."""
    by = caller(request)
    made, secret = webhooks.subscribe(by, data.name, data.url, data.events, _branches(request, data.branches), business_clock.now())
    return WebhookMade(**_shown(made).model_dump(), secret=secret)


@router.get("/{number}", response=WebhookOut, summary="Read a webhook", operation_id="read_webhook", **needs("webhooks:write"))
def read_webhook(request: HttpRequest, number: NumberInPath) -> WebhookOut:
    """One of the key's own subscriptions."""
    return _shown(_find(request, number))


@router.put("/{number}", response=WebhookOut, summary="Change a webhook", operation_id="change_webhook", **needs("webhooks:write"))
@once()
def change_webhook(request: HttpRequest, number: NumberInPath, data: WebhookChange) -> WebhookOut:
    """Another name, address or events; off or on. The secret stays."""
    held, by, now = _find(request, number), caller(request), business_clock.now()
    given = data.model_dump(exclude_none=True)
    active = given.pop("active", None)
    if given:
        webhooks.change(by, held.pk, **given)
    if active is not None and active != held.active:
        webhooks.switch(by, held.pk, now, active=active)
    return _shown(_find(request, number))


@router.delete("/{number}", response=WebhookRemoved, summary="Remove a webhook", operation_id="remove_webhook", **needs("webhooks:write"))
@once()
def remove_webhook(request: HttpRequest, number: NumberInPath) -> WebhookRemoved:
    """Nothing is told any more, and what still waited is not sent."""
    held = _find(request, number)
    webhooks.remove(caller(request), held.pk)
    return WebhookRemoved(removed=number)


def _own(request: HttpRequest) -> QuerySet[Subscription]:
    return Subscription.objects.filter(created_by=caller(request)).select_related("acts_as")


def _find(request: HttpRequest, number: int) -> Subscription:
    found = _own(request).filter(pk=number).first()
    if found is None:
        raise intake.missing(words.Words("没有这个推送订阅。", "There is no such webhook."), "webhook.missing")
    return found


def _branches(request: HttpRequest, codes: list[str] | None) -> list[Branch] | None:
    """The branches asked for, else all of the key's; None where the key reaches all."""
    by = caller(request)
    reach = branches_for(by)
    if codes is None:
        return None if by.all_branches else list(reach)
    found = list(reach.filter(code__in=codes).order_by("code"))
    lacking = sorted(set(codes) - {each.code for each in found})
    if lacking or not found:
        said = words.Words(f"密钥管不到门店：{'、'.join(lacking)}。", f"The key does not reach: {', '.join(lacking)}.")
        raise intake.missing(said, "branch.missing")
    return found


def _shown(row: Subscription) -> WebhookOut:
    codes = sorted(branches_for(row.acts_as).values_list("code", flat=True))
    return WebhookOut(
        id=row.pk, name=row.name, url=row.url, events=row.events, branches=codes, active=row.active, failures=row.failures,
        created_at=row.created_at,
    )  # fmt: skip
