"""Calling up a number or address in full. Whoever does it, and for whom, stands in the audit trail."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from huifang.app.access import SEE_NUMBERS, customers_for, require
from huifang.app.records.models import Case, ContactPoint, FollowUp, Role, Staff
from huifang.app.services import audit
from huifang.domain.errors import NotAllowed, Problem
from huifang.domain.words import Words


def reveal(by: Staff, customer_id: int, contact_point_id: int, now: datetime) -> ContactPoint:
    """The contact point of a customer in one's scope, in full.

    An agent sees those of customers in their hand: a follow-up they have open, a customer or an open case that is theirs.
    Raises NotAllowed.
    """
    require(by, SEE_NUMBERS)
    customer = customers_for(by).filter(pk=customer_id).first()
    point = ContactPoint.objects.filter(pk=contact_point_id, customer=customer).first() if customer else None
    if customer is None or point is None or (by.role == Role.AGENT and customer.owner_id != by.pk and not _in_hand(by, customer_id, now)):
        raise NotAllowed(
            Problem(
                "reveal.not-in-hand",
                Words("只能查看手上客户的完整联系方式。", "Full numbers are shown only for customers in your hand."),
                Words("请先从名单中打开这位客户的回访任务。", "Open a follow-up of this customer from your list first."),
            )
        )
    with transaction.atomic():
        audit.write(by, "contact_point.revealed", f"customer:{customer_id}", contact_point=point.pk)
    return point


def _in_hand(by: Staff, customer_id: int, now: datetime) -> bool:
    claimed = FollowUp.objects.filter(customer=customer_id, state=FollowUp.State.CLAIMED, claimed_by=by, lease_until__gt=now)
    return claimed.exists() or Case.objects.filter(customer=customer_id, owner=by).exclude(state=Case.State.CLOSED).exists()
