"""The customer at a glance: who, how to reach them, whether they may be contacted, what is open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from huifang.app.business_time import business_zone
from huifang.app.dialling import link
from huifang.app.formats import phone
from huifang.app.queries import customer_words, occasions
from huifang.app.queries.customer_rows import CustomerRows, age_on
from huifang.app.queries.timeline import Names
from huifang.app.reach import channels_of
from huifang.app.records.models import Agreement, Case, Customer
from huifang.domain import time_zones
from huifang.domain.contact import CHANNEL_WORDS, Channel
from huifang.domain.contact_facts import SENSITIVE
from huifang.domain.law import in_force
from huifang.domain.masking import mask_email, mask_phone
from huifang.domain.windows import find_zone
from huifang.playbooks.schema import Playbook


@dataclass(frozen=True, slots=True)
class Point:
    """A contact point as it is shown: masked, or in full where the person has called it up."""

    id: int
    kind: str
    shown: str
    label: str
    usable: bool
    primary: bool
    dial: str = ""
    """The link that dials the number; only where it is unmasked."""
    full: bool = False
    channels: tuple[str, ...] = ()
    """Where it can be used."""


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether a channel, or what needs consent by its own name, may be used: True by word of the customer, False refused, None nothing
    said.
    """

    channel: str
    title: str
    allowed: bool | None
    reachable: bool


@dataclass(frozen=True, slots=True)
class CaseLine:
    """An open case in one line."""

    number: str
    title: str
    state: str
    due: datetime | None
    late: bool
    about: str = ""
    """What the contact that it was opened from was about; empty where there was none."""


@dataclass(frozen=True, slots=True)
class AgreementLine:
    """An agreement in one line; `days` until its end, negative after it."""

    kind: str
    code: str
    ends: date | None
    days: int | None
    active: bool


@dataclass(frozen=True, slots=True)
class Glance:
    """What the right-hand side of a follow-up and the top of a customer's page show."""

    id: int
    code: str
    name: str
    kind: str
    status: str
    active: bool
    branch: str
    owner: str
    age: int | None
    notes: str
    attributes: tuple[tuple[str, str], ...]
    points: tuple[Point, ...]
    permissions: tuple[Permission, ...]
    refused: bool
    contacts_30d: int
    cap: int | None
    cases: tuple[CaseLine, ...]
    agreements: tuple[AgreementLine, ...]
    zone: str = ""
    """The time zone by which contacts are made, where it is the customer's own or where a law asks for it."""
    zone_assumed: bool = False
    """It is the branch's or the playbook's: the customer's own is not known, and the country has several."""
    there: datetime | None = None
    """Now by the clock where the customer is, where it shows another time than the business's."""


def glance(
    rows: CustomerRows, playbooks: tuple[Playbook, ...], names: Names, now: datetime, today: date, language: str, shown: int = 0
) -> Glance:
    """A customer's glance, branch and owner joined; `shown` is the contact point to show in full."""
    customer = rows.customer
    titles = {name: attribute.title.say(language) for playbook in playbooks for name, attribute in playbook.attributes.items()}
    permissions = _permissions(rows, language)
    own = _of_data(rows, language) if any(each.sensitive for each in playbooks) else ()
    return Glance(
        id=customer.pk,
        code=customer.code,
        name=customer.name,
        kind=str(customer.get_kind_display()),
        status=str(customer.get_status_display()),
        active=customer.status == Customer.Status.ACTIVE,
        branch=customer.branch.name if customer.branch else "",
        owner=customer.owner.name if customer.owner else "",
        age=age_on(today, customer.birthday),
        notes=customer.notes,
        attributes=tuple(
            (titles[name], str(value)) for name, value in customer.attributes.items() if name in titles and value not in (None, "")
        ),
        points=tuple(point(row, in_full=row["id"] == shown) for row in rows.points),
        permissions=(*permissions, *own),
        refused=all(each.allowed is False for each in permissions),
        contacts_30d=rows.contacts_30d(today),
        cap=monthly_cap(playbooks),
        cases=_cases(rows, names, now),
        agreements=_agreements(rows, names, today),
        zone=time_zones.title(zone).say(language) if (zone := _zone(customer, playbooks)) else "",
        zone_assumed=not customer.time_zone and in_several_zones(playbooks) is not None,
        there=_there(zone or (customer.branch.time_zone if customer.branch else ""), now),
    )


def in_several_zones(playbooks: Iterable[Playbook]) -> Playbook | None:
    """The first playbook in force for a country whose law asks for the hours of several zones."""
    return next((each for each in playbooks if any(law.zones for law in in_force(each.calendar.country, each.calendar.laws))), None)


def _zone(customer: Customer, playbooks: tuple[Playbook, ...]) -> str:
    asking = in_several_zones(playbooks)
    fallback = (customer.branch.time_zone if customer.branch else "") or asking.time_zone if asking else ""
    return customer.time_zone or fallback


def _there(zone: str, now: datetime) -> datetime | None:
    place = find_zone(zone)
    there = now.astimezone(place) if place else None
    return there if there and there.utcoffset() != now.astimezone(business_zone()).utcoffset() else None


def point(row: Mapping[str, Any], *, in_full: bool = False) -> Point:
    """A contact point's row as it is shown."""
    shown = _full(row) if in_full else masked(row["value"], row["kind"])
    dial = link(settings.HUIFANG.dial, row["value"]) if in_full and row["kind"] == "phone" else ""
    return Point(
        row["id"], row["kind"], shown, row["label"], row["usable"], row["primary"], dial, in_full, channels_of(row["kind"], row["mobile"])
    )


def _full(row: Mapping[str, Any]) -> str:
    return phone(row["value"]) if row["kind"] == "phone" else str(row["value"])


def masked(value: str, kind: str) -> str:
    """A contact point that gives nobody away."""
    match kind:
        case "phone":
            return mask_phone(value)
        case "email":
            return mask_email(value)
        case "address":
            return f"{value[:6]}***"
        case _:
            return f"{value[:1]}***"


def _permissions(known: CustomerRows, language: str) -> tuple[Permission, ...]:
    last, reach = known.said, known.channels
    rows = []
    for channel in (Channel.PHONE, Channel.SMS, Channel.EMAIL, Channel.WECOM):
        said = [allowed for (purpose, where), allowed in last.items() if where in (channel, "any") and purpose == "any"]
        rows.append(Permission(channel.value, CHANNEL_WORDS[channel].say(language), all(said) if said else None, channel in reach))
    rows.append(Permission("marketing", _("Marketing"), _by_name(known, "marketing", "any"), True))
    return tuple(rows)


def _of_data(known: CustomerRows, language: str) -> tuple[Permission, ...]:
    """Separate consent to the use of health data and the like."""
    return (Permission(SENSITIVE, customer_words.SENSITIVE.say(language), _by_name(known, SENSITIVE), True),)


def _by_name(known: CustomerRows, name: str, *wider: str) -> bool | None:
    """As the gate reads it: a refusal by that name, or a wider one, forbids, and only proven consent by that very name allows."""
    if not all(allowed for (purpose, _where), allowed in known.said.items() if purpose in (name, *wider)):
        return False
    return True if any(purpose == name for purpose, _where in known.proven) else None


def monthly_cap(playbooks: tuple[Playbook, ...]) -> int | None:
    """The strictest cap whose span is about a month, over all playbooks in force."""
    spans = {"month": 30, "week": 7, "day": 1}
    caps = [
        cap.at_most
        for playbook in playbooks
        for cap in playbook.limits.caps
        if spans.get(cap.per.unit.value, 0) * cap.per.amount in (28, 30, 31)
    ]
    return min(caps, default=None)


def _cases(rows: CustomerRows, names: Names, now: datetime) -> tuple[CaseLine, ...]:
    found = []
    about = occasions.events_of([row["record_id"] for row in rows.open_cases if row["record_id"] is not None])
    for row in rows.open_cases:
        due = row["first_answer_due"] if row["state"] == Case.State.OPEN else row["solve_due"]
        state, short = str(Case.State(row["state"]).label), occasions.short(about.get(row["record_id"], ()), names)
        found.append(CaseLine(row["number"], names.case(row["kind"]), state, due, bool(due and due < now), short))
    return tuple(found)


def _agreements(rows: CustomerRows, names: Names, today: date) -> tuple[AgreementLine, ...]:
    """Those in force, the first to end first and those without an end last; then of each kind the one that ended last, where that was
    less than 90 days ago. None that was cancelled.
    """
    kept = (row for row in rows.agreements if row["status"] != Agreement.Status.CANCELLED)
    order = sorted(kept, key=lambda row: row["ends"] or date.max)
    now = [row for row in order if row["ends"] is None or row["ends"] >= today]
    over = {row["kind"]: row for row in order if row["ends"] is not None and today - timedelta(days=90) <= row["ends"] < today}
    return tuple(
        AgreementLine(
            names.agreement(row["kind"]), row["code"], row["ends"], (row["ends"] - today).days if row["ends"] else None,
            row["status"] == Agreement.Status.ACTIVE,
        )
        for row in [*now, *over.values()][:8]
    )  # fmt: skip
