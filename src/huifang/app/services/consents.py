"""Consent and refusal: said once, in force at once, never edited."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from huifang.app.access import SEE_CUSTOMERS, customers_for, require
from huifang.app.records.models import Consent, ContactPoint, Customer, OptOut, Staff
from huifang.app.services import audit, refused
from huifang.domain.errors import Invalid, NotAllowed, Problem
from huifang.domain.words import Words

PROVEN = ("marketing", "sensitive")
"""Purposes to which nobody agrees without proof."""
ROADS = ("agent", "import", "reply", "link", "api")


def opt_out(by: Staff | None, customer: Customer, purpose: str, channel: str, road: str, now: datetime, proof: str = "") -> Consent:
    """No more contact of a purpose (or ``any``) on a channel (or ``any``), from the moment this returns.

    It clings to the customer and, by keyed hash, to each of their numbers and addresses, whoever they are entered for later. The customer's
    row is locked, so that a contact allowed by the gate has begun before or is refused after. Open follow-ups that it covers leave the
    lists.
    """
    return _say(by, customer, purpose, channel, road, now, proof, allowed=False)


def opt_in(by: Staff | None, customer: Customer, purpose: str, channel: str, road: str, now: datetime, proof: str = "") -> Consent:
    """The customer's own word that contact is welcome again; it lifts the refusal of exactly this purpose and channel. Never by import.

    Consent that a law asks for (marketing, sensitive data) needs its proof and names its purpose: a word about ``any`` purpose lifts a
    refusal and is no consent to marketing. Raises Invalid without proof, NotAllowed for an import.
    """
    if road == "import":
        raise NotAllowed(
            Problem(
                "consent.import",
                Words("导入不能恢复已拒绝的联络。", "An import cannot bring contact back."),
                Words("请由客户本人表示同意后逐一登记。", "Enter it one by one, once the customer has said so."),
            )
        )
    if purpose in PROVEN:
        _need(proof)
    return _say(by, customer, purpose, channel, road, now, proof, allowed=True)


def opt_in_with_proof(by: Staff, customer: Customer, purpose: str, channel: str, now: datetime, proof: str) -> Consent:
    """What a person enters for one purpose on one channel. Raises Invalid where it does not say how the customer agreed."""
    _need(proof)
    return opt_in(by, customer, purpose, channel, "agent", now, proof)


def _need(proof: str) -> None:
    if not proof.strip():
        raise Invalid(
            Problem(
                "consent.proof",
                Words("没有写明客户是怎样同意的。", "It is not said how the customer agreed."),
                Words("请写明客户说了什么，何时、对谁、以什么方式表示同意。", "Say what the customer said, when, to whom and how."),
            )
        )


def _say(
    by: Staff | None, customer: Customer, purpose: str, channel: str, road: str, now: datetime, proof: str, *, allowed: bool
) -> Consent:
    check_scope(by, customer)
    with transaction.atomic():
        Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
        said = Consent.objects.create(
            customer=customer, purpose=purpose, channel=channel, allowed=allowed, at=now, road=road, proof=proof, by=by
        )
        indexes = list(ContactPoint.objects.filter(customer=customer).values_list("value_index", flat=True))
        if allowed:
            OptOut.objects.filter(value_index__in=indexes, purpose=purpose, channel=channel).delete()
        else:
            refusals = [OptOut(value_index=index, purpose=purpose, channel=channel, at=now) for index in indexes]
            OptOut.objects.bulk_create(refusals, ignore_conflicts=True)
            refused.end([customer.pk])
        action = "consent.given" if allowed else "consent.refused"
        audit.write(by, action, f"customer:{customer.pk}", purpose=purpose, channel=channel, road=road)
    return said


def check_scope(by: Staff | None, customer: Customer) -> None:
    """NotAllowed unless the customer is in the person's scope; None is the system itself."""
    if by is None:
        return
    require(by, SEE_CUSTOMERS)
    if not customers_for(by).filter(pk=customer.pk).exists():
        raise NotAllowed(
            Problem(
                "customer.missing",
                Words("找不到这位客户。", "There is no such customer."),
                Words("客户可能属于别的分支机构。", "They may belong to another branch."),
            )
        )
