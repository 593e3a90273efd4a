"""Changing what is known of a customer, by people at work; imports go through `register`."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from huifang.app.access import SEE_DAY, require
from huifang.app.indexes import name_index
from huifang.app.records.models import ContactPoint, Customer, Staff
from huifang.app.services import audit, refused
from huifang.app.services.consents import check_scope
from huifang.domain import language_names, time_zones
from huifang.domain.errors import Invalid, Problem
from huifang.domain.words import Words

CHANGEABLE = ("name", "birthday", "birthday_lunar", "language", "time_zone", "notes", "owner", "branch")
_READ = {"time_zone": time_zones.read, "language": language_names.read}
"""What can be written in several ways."""


def change_status(by: Staff | None, customer: Customer, status: str, now: datetime) -> None:  # noqa: ARG001
    """Active, deceased or closed. Whoever is not active is not contacted from now on; what was due for them is closed and leaves the lists.

    Taking it back is for those who see the day. Raises Invalid for another status, NotAllowed.
    """
    check_scope(by, customer)
    if status not in Customer.Status.values:
        raise _unknown(status)
    if by is not None and status == Customer.Status.ACTIVE:
        require(by, SEE_DAY)
    with transaction.atomic():
        held = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
        before, held.status = held.status, status
        held.save(update_fields=["status", "updated_at"])
        customer.status = status
        if status != Customer.Status.ACTIVE:
            refused.end([held.pk])
        audit.write(by, "customer.status", f"customer:{held.pk}", before=before, after=status)


def mark_contact_point(by: Staff | None, point: ContactPoint, usable: bool, now: datetime) -> None:  # noqa: ARG001
    """A number or address is known to be wrong, or right again."""
    check_scope(by, point.customer)
    with transaction.atomic():
        Customer.objects.select_for_update(no_key=True).get(pk=point.customer_id)
        ContactPoint.objects.filter(pk=point.pk).update(usable=usable)
        point.usable = usable
        audit.write(by, "contact-point.marked", f"contact-point:{point.pk}", usable=usable)


def change(by: Staff, customer: Customer, values: dict[str, object], now: datetime) -> Customer:  # noqa: ARG001
    """Change some of `CHANGEABLE`; the audit trail says which, not what. Raises Invalid for a time zone or language that there is
    not.
    """
    check_scope(by, customer)
    unknown = sorted(set(values) - set(CHANGEABLE))
    if unknown:
        raise _unknown(", ".join(unknown))
    values = values | {name: read(str(values[name])) for name, read in _READ.items() if name in values}
    with transaction.atomic():
        held = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
        for name, value in values.items():
            setattr(held, name, value)
        held.name_index = name_index(held.name)
        held.save()
        audit.write(by, "customer.changed", f"customer:{held.pk}", fields=sorted(values))
    return held


def _unknown(what: str) -> Invalid:
    return Invalid(
        Problem(
            "customer.unknown-value",
            Words(f"客户资料里没有“{what}”。", f"A customer has no “{what}”."),
            Words("请刷新页面后重试。", "Reload the page and try again."),
        )
    )
