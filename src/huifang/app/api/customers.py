"""Customers: read, entered and changed by number, consent and refusal."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from huifang.app import business_clock
from huifang.app.access import customers_for
from huifang.app.api.door import caller, key_of, needs
from huifang.app.api.once import once
from huifang.app.api.paging import Pages, Taken, page
from huifang.app.api.values import Attributes, CodeInPath, Day, Kind, Language, Line, Money, Prose, Zone
from huifang.app.indexes import value_index
from huifang.app.queries.glance import masked
from huifang.app.records.models import ContactPoint, Customer, Staff
from huifang.app.services import consents, intake
from huifang.app.services import customers as service
from huifang.app.services.register.rows import AgreementRow, CustomerRow, Row
from huifang.domain.words import Words

router = Router(tags=["Customers"])
CustomerKind = Literal["person", "organisation", "household", "staff"]


class PointOut(Schema):
    """A number or address. Masked unless the key has `numbers:read`."""

    kind: str = Field(examples=["phone"])
    value: str = Field(examples=["138****2046"])
    label: str
    primary: bool
    usable: bool = Field(description="False: known to be wrong.")


class CustomerOut(Schema):
    """A customer."""

    code: str = Field(examples=["KH000123"])
    kind: CustomerKind
    status: Literal["active", "deceased", "closed"]
    name: str = Field(examples=["雷华"])
    branch: str = Field(description="Code of the branch; empty where the customer has none.", examples=["NS"])
    owner: str = Field(description="Staff number; empty where nobody is personally responsible.", examples=["A01"])
    time_zone: str = Field(description="IANA name of the customer's own zone; empty where it is not known.", examples=["America/New_York"])
    birthday: date | None
    birthday_lunar: bool = Field(description="The birthday is kept by the lunar calendar.")
    language: str = Field(description="Tag of the language they are written to in; empty: the business's own.", examples=["ja"])
    attributes: dict[str, Any]
    first_seen: date | None
    contact_points: list[PointOut]
    updated_at: datetime


class CustomerPage(Schema):
    """A page of customers."""

    items: list[CustomerOut]
    next: str = Field(description="Cursor of the next page; empty on the last.")


class Customers(Pages):
    """Which customers."""

    phone: Line = Field("", description="Exactly this number, as an import would read it.")
    branch: Line = Field("", description="Code of a branch.")


class PointIn(Taken):
    """A number or address."""

    kind: Literal["phone", "email", "wecom", "dingtalk", "feishu", "address"]
    value: Line = Field(min_length=1, examples=["138 0000 2046"])
    label: Line = ""


class AgreementIn(Taken):
    """Something with an end: contract, policy, warranty, membership."""

    kind: Kind = Field(examples=["insurance"])
    code: Line = Field("", description="The business's own number; without it there is one of its kind for a customer.")
    starts: Day | None = None
    ends: Day | None = None
    status: Literal["", "active", "ended", "cancelled"] = ""
    amount: Money | None = None
    attributes: Attributes = Field(default_factory=dict)


class CustomerIn(Taken):
    """What is said of a customer; what is left out stays as it is."""

    name: Line = Field(min_length=1, examples=["雷华"])
    kind: CustomerKind | None = Field(None, description="Whoever is new is a person where nothing is said.")
    branch: Line = Field("", description="Code or name of a branch; empty: the key's own.")
    owner: Line = Field("", description="Staff number or name.")
    time_zone: Zone = Field(
        "", description="The customer's own zone, by which contacts are allowed: IANA name, usual name or offset from UTC.",
        examples=["America/New_York", "北京时间", "UTC+8"],
    )  # fmt: skip
    birthday: Day | None = None
    birthday_lunar: bool | None = Field(None, description="Keep the birthday by the lunar calendar; the date itself is the solar one.")
    first_seen: Day | None = None
    language: Language = Field("", description="Tag (BCP 47) of the language they are written to in.", examples=["zh-Hant"])
    notes: Line = ""
    attributes: Attributes = Field(default_factory=dict, examples=[{"plate": "粤B·A1037"}])
    contact_points: list[PointIn] = Field(default_factory=list, max_length=20)
    agreements: list[AgreementIn] = Field(default_factory=list, max_length=50)


class Outcome(Schema):
    """What became of it."""

    outcome: Literal["created", "updated", "unchanged"]


class StatusIn(Taken):
    """Whether they still are a customer."""

    status: Literal["active", "deceased", "closed"]


class ConsentIn(Taken):
    """A statement of the customer. A refusal holds from the moment it is answered."""

    allowed: bool
    purpose: Literal["any", "service", "relationship", "marketing", "sensitive"] | None = Field(
        None,
        description="Left out, a refusal is of everything and consent is to `service`. Consent to `any` lifts a refusal of everything"
        " and is no consent to marketing. `sensitive`: separate consent to the use of health data and the like.",
    )
    channel: Literal["any", "phone", "sms", "email", "wecom", "dingtalk", "feishu", "letter", "visit", "survey"] = "any"
    proof: Prose | None = Field(
        None,
        description="What was said, when, to whom and how; consent to marketing and to sensitive data needs it.",
        examples=["Ticked in the account page, 2026-11-22"],
    )


class Done(Schema):
    """It is done."""

    done: bool = True


@router.get("", response=CustomerPage, summary="List customers", operation_id="list_customers", **needs("customers:read"))
def list_customers(request: HttpRequest, filters: Query[Customers]) -> dict[str, Any]:
    """Customers of the key's branches in the order of their numbers."""
    rows = customers_for(caller(request)).select_related("branch", "owner").prefetch_related("contact_points")
    if filters.branch:
        rows = rows.filter(branch__code=filters.branch)
    if filters.phone:
        wanted = [value_index(point.value) for point in intake.points([("phone", filters.phone, "")])]
        rows = rows.filter(pk__in=ContactPoint.objects.filter(kind="phone", value_index__in=wanted).values("customer"))
    return page(request, rows, filters, lambda found: [_shown(each, request) for each in found], "code", str)


@router.get("/{code}", response=CustomerOut, summary="Read a customer", operation_id="read_customer", **needs("customers:read"))
def read_customer(request: HttpRequest, code: CodeInPath) -> CustomerOut:
    """One customer by number."""
    return _shown(find(caller(request), code), request)


@router.put("/{code}", response=Outcome, summary="Enter or change a customer", operation_id="put_customer", **needs("customers:write"))
@once()
def put_customer(request: HttpRequest, code: CodeInPath, data: CustomerIn) -> Outcome:
    """The customer with this number, with contact points and agreements, as an import of one row would bring them.

    It never brings back contact that was refused.
    """
    row = CustomerRow(
        code, data.name, data.kind or "", data.branch, data.owner, data.birthday, data.birthday_lunar, data.first_seen, data.notes,
        dict(data.attributes), intake.points([(point.kind, point.value, point.label) for point in data.contact_points]),
        data.time_zone, data.language,
    )  # fmt: skip
    agreements = [
        AgreementRow(one.kind, one.code, one.starts, one.ends, one.status, one.amount, dict(one.attributes)) for one in data.agreements
    ]
    outcomes = intake.bring(caller(request), [Row(1, row, agreements=agreements)], business_clock.now())
    return Outcome(outcome=outcomes[0])  # type: ignore[arg-type]  # one of the three words


@router.put(
    "/{code}/status",
    response=Done,
    summary="Say whether they still are a customer",
    operation_id="set_customer_status",
    **needs("customers:write"),
)
@once()
def set_customer_status(request: HttpRequest, code: CodeInPath, data: StatusIn) -> Done:
    """Whoever is not active is not contacted from now on; what was due for them is closed."""
    by = caller(request)
    service.change_status(by, find(by, code), data.status, business_clock.now())
    return Done()


@router.post("/{code}/consents", response=Done, summary="Enter consent or refusal", operation_id="add_consent", **needs("customers:write"))
@once()
def add_consent(request: HttpRequest, code: CodeInPath, data: ConsentIn) -> Done:
    """In force at once on every channel it names; a refusal also clings to the customer's numbers."""
    by = caller(request)
    say = consents.opt_in if data.allowed else consents.opt_out
    purpose = data.purpose or ("service" if data.allowed else "any")
    say(by, find(by, code), purpose, data.channel, "api", business_clock.now(), data.proof or "")
    return Done()


def find(by: Staff, code: str) -> Customer:
    """The customer with a number, within the key's branches; by the number of one who was merged, whoever they became."""
    rows = customers_for(by).select_related("branch", "owner").prefetch_related("contact_points")
    found: Customer | None = rows.filter(code=code).first() or rows.filter(merged__code=code).first()
    if found is None:
        raise intake.missing(Words("没有这位客户。", "There is no such customer."), "customer.missing")
    return found


def _shown(customer: Customer, request: HttpRequest) -> CustomerOut:
    in_full = "numbers:read" in key_of(request).scopes
    points = [
        PointOut(
            kind=point.kind, value=point.value if in_full else masked(point.value, point.kind), label=point.label, primary=point.primary,
            usable=point.usable,
        )
        for point in customer.contact_points.all()
    ]  # fmt: skip
    return CustomerOut(
        code=customer.code, kind=customer.kind, status=customer.status, name=customer.name,  # type: ignore[arg-type]  # choices of the model
        branch=customer.branch.code if customer.branch else "", owner=customer.owner.code if customer.owner else "",
        time_zone=customer.time_zone, birthday=customer.birthday, birthday_lunar=customer.birthday_lunar, attributes=customer.attributes,
        first_seen=customer.first_seen, contact_points=points, language=customer.language,
        updated_at=customer.updated_at,
    )  # fmt: skip
