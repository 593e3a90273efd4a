"""A generated business into an empty installation: register here, history in `demo_history`. Written in bulk, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from huifang.app.business_time import business_moment
from huifang.app.demo_history import load_history
from huifang.app.demo_keys import BATCH, MIDNIGHT, Keys
from huifang.app.indexes import name_index, tail_index, value_index
from huifang.app.queries.playbooks import playbook_of
from huifang.app.records.bulk import insert
from huifang.app.records.models import (
    Absence,
    Agreement,
    Branch,
    Consent,
    ContactPoint,
    Customer,
    Event,
    OptOut,
    PlaybookVersion,
    Request,
    Role,
    Staff,
)
from huifang.app.services import audit
from huifang.app.services.playbooks import activate, add_version
from huifang.demo import business as made
from huifang.playbooks import library

PASSWORD = "huifang-demo"  # noqa: S105 - shown on the sign-in page of a demo


def load(business: made.Business, now: datetime) -> PlaybookVersion:
    """Everything of `business` into the empty tables, and its playbook put in force. The version in force."""
    with transaction.atomic():
        version = activate(None, add_version(None, library.text(business.key), f"{business.key}.yaml", now), now)
        keys = Keys()
        _branches(business, keys)
        _staff(business, keys)
        _customers(business, keys)
        _events(business, keys)
        _consents(business, keys)
        _requests(business, keys)
        load_history(business, keys, version, playbook_of(version))
        audit.write(None, "demo.loaded", business.key, seed=business.seed, day=business.as_of.isoformat())
    return version


def _branches(business: made.Business, keys: Keys) -> None:
    rows = [Branch(code=one.code, name=one.name) for one in business.branches]
    keys.branches = {one.code: one.pk for one in Branch.objects.bulk_create(rows)}


def _staff(business: made.Business, keys: Keys) -> None:
    password = make_password(PASSWORD)
    rows = [
        Staff(
            code=one.code, name=one.name, role=one.role or Role.NONE, branch_id=keys.branches[one.branch],
            sign_in_name=one.sign_in_name or None, capacity=one.capacity, password=password if one.sign_in_name else "!",
            department=one.department,
            all_branches=one.role in (Role.SUPERVISOR, Role.ADMINISTRATOR) or len(business.branches) == 1,
        )
        for one in business.staff
    ]  # fmt: skip
    keys.staff = {one.code: one.pk for one in Staff.objects.bulk_create(rows)}
    _desk_of_all_branches(business, keys)


def _desk_of_all_branches(business: made.Business, keys: Keys) -> None:
    """Those who make follow-ups, and the first manager, work for every branch."""
    everywhere = [one.code for one in business.staff if one.capacity]
    everywhere += [one.code for one in business.staff if one.role == Role.MANAGER and one.branch == business.branches[0].code][:1]
    Staff.objects.filter(pk__in=[keys.staff[code] for code in everywhere]).update(all_branches=True)


def _customers(business: made.Business, keys: Keys) -> None:
    names = (
        "code", "kind", "status", "name", "name_index", "branch_id", "owner_id", "language", "birthday", "birthday_lunar", "first_seen",
        "attributes",
    )  # fmt: skip
    rows = (
        (
            one.code, one.kind, one.status, one.name, name_index(one.name), keys.branches[one.branch], keys.staff.get(one.owner), "zh",
            one.birthday, one.birthday_lunar, one.first_seen,
            plain({"gender": one.gender, **one.attributes}) if one.gender else plain(one.attributes),
        )
        for one in business.customers
    )  # fmt: skip
    keys.customers = dict(zip([one.code for one in business.customers], insert(Customer, names, rows), strict=True))
    keys.branch_of = {keys.customers[one.code]: keys.branches[one.branch] for one in business.customers}
    points = [point for one in business.customers for point in _points(one, keys.customers[one.code])]
    point_names = ("customer_id", "kind", "value", "value_index", "tail_index", "label", "primary", "usable", "mobile")
    for number, (customer, kind, *_) in zip(insert(ContactPoint, point_names, points), points, strict=True):
        if kind == "phone":
            keys.phones.setdefault(customer, number)


def _points(one: made.Customer, customer_id: int) -> Iterable[tuple[Any, ...]]:
    numbers: dict[str, made.Phone] = {}
    for phone in one.phones:
        numbers.setdefault(f"+86{phone.number}", phone)
    for place, (number, phone) in enumerate(numbers.items()):
        yield customer_id, "phone", number, value_index(number), tail_index(number), phone.whose, place == 0, phone.usable, True
    for kind, value in (("email", one.email), ("address", one.address)):
        if value:
            yield customer_id, kind, value, value_index(value), "", "", True, True, False


def _events(business: made.Business, keys: Keys) -> None:
    names = ("customer_id", "kind", "code", "at", "day", "amount", "branch_id", "staff_id", "attributes")
    events = (
        (
            keys.customers[one.customer], one.kind, one.code, one.at.astimezone(UTC), one.at.date(), one.amount,
            keys.branches[one.branch], keys.staff.get(one.staff), plain(one.attributes),
        )
        for one in business.events
    )  # fmt: skip
    for number, one in zip(insert(Event, names, events), business.events, strict=True):
        keys.events[one.code] = number
        keys.event_days[number] = one.at.date()
        keys.handlers[number] = keys.staff.get(one.staff)
    agreement_names = ("customer_id", "kind", "code", "starts", "ends", "status", "amount", "attributes")
    agreements = (
        (keys.customers[one.customer], one.kind, one.code, one.starts, one.ends, one.status, one.amount, plain(one.attributes))
        for one in business.agreements
    )
    keys.agreements = dict(zip([one.code for one in business.agreements], insert(Agreement, agreement_names, agreements), strict=True))


def _consents(business: made.Business, keys: Keys) -> None:
    rows, refused = [], []
    for one in business.consents:
        customer, at = keys.customers[one.customer], business_moment(one.day, MIDNIGHT)
        rows.append((customer, one.purpose, one.channel, one.allowed, at, "import", one.source))
        if not one.allowed:
            refused.append((customer, one, at))
    insert(Consent, ("customer_id", "purpose", "channel", "allowed", "at", "road", "proof"), rows)
    indexes: dict[int, list[str]] = {}
    concerned = ContactPoint.objects.filter(customer_id__in={customer for customer, _, _ in refused})
    for customer, index in concerned.values_list("customer_id", "value_index"):
        indexes.setdefault(customer, []).append(index)
    refusals = [
        OptOut(value_index=index, purpose=one.purpose, channel=one.channel, at=at)
        for customer, one, at in refused
        for index in indexes.get(customer, ())
    ]
    OptOut.objects.bulk_create(refusals, batch_size=BATCH, ignore_conflicts=True)


def _requests(business: made.Business, keys: Keys) -> None:
    rows = (
        Request(customer_id=keys.customers[one.customer], playbook=business.key, programme=one.programme, day=one.day, source=one.source)
        for one in business.requests
    )
    keys.requests = {
        one.code: kept.pk for one, kept in zip(business.requests, Request.objects.bulk_create(rows, batch_size=BATCH), strict=True)
    }
    Absence.objects.bulk_create(
        Absence(
            staff_id=keys.staff[one.staff], first_day=one.first_day, last_day=one.last_day, substitute_id=keys.staff[one.substitute],
            reason=one.reason,
        )
        for one in business.absences
    )  # fmt: skip


def plain(attributes: Mapping[str, object]) -> dict[str, object]:
    """Attributes as JSON keeps them: dates as text."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in attributes.items()}
