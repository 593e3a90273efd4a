"""What could stand in the way of a message on its way out, as it stands: the same rows again mean that the gate's word still holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import BigAutoField, Count, OuterRef, Q, QuerySet, Subquery, Value

from huifang.app.records.models import Case, ChannelSetting, Consent, ContactPoint, FollowUp, MassSending, OptOut
from huifang.app.records.prepared import PreparedForMany, Row
from huifang.app.senders import EVERY

_MINE = {"customer": OuterRef("customer_id")}
_POINTS = ContactPoint.objects.filter(customer=OuterRef(OuterRef("customer_id")))
_HELD_UP = MassSending.objects.filter(playbook=OuterRef("playbook_version__playbook"), programme=OuterRef("programme"), day=OuterRef("day"))


def _number(rows: QuerySet[Any]) -> Subquery:
    """How many there are; None where there is none."""
    return Subquery(rows.order_by().annotate(one=Value(1)).values("one").annotate(number=Count("pk")).values("number"))


_OBSTACLES = PreparedForMany(
    lambda followups: FollowUp.objects.filter(id__in=followups).values(
        "id", "state", "fence", "channel", "customer_id", "customer__status", "customer__merged_into_id", "customer__updated_at",
        said=_number(Consent.objects.filter(**_MINE)),
        refused=_number(OptOut.objects.filter(value_index__in=_POINTS.values("value_index"))),
        reached=_number(ContactPoint.objects.filter(**_MINE, usable=True)),
        complained=_number(Case.objects.filter(**_MINE).exclude(state=Case.State.CLOSED)),
        closed=_number(
            ChannelSetting.objects.filter(Q(channel=OuterRef("channel")) | Q(channel=EVERY)).exclude(state=ChannelSetting.State.ON)
        ),
        held_up=Subquery(_HELD_UP.values("state")[:1]),
    ),
    "id",
    BigAutoField(),
)  # fmt: skip


def obstacles(followup_ids: Sequence[int]) -> dict[int, Row]:
    """Each follow-up in whose hand it is, what the customer has said, whether they can be reached, what is stopped; those that are there.

    One query for `records.prepared.TOGETHER` of them.
    """
    return {key: rows[0] for key, rows in _OBSTACLES(followup_ids).items() if rows}
