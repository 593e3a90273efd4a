"""The occurrences behind a follow-up, with the events that caused them."""

from __future__ import annotations

from django.db.models import BigAutoField, OuterRef, Subquery

from huifang.app.records.models import Occurrence, Promise
from huifang.app.records.prepared import PreparedForMany, Row

_PROMISES = Promise.objects.filter(occurrence=OuterRef("pk"), open=True).order_by("opens_at", "pk")
BEHIND = PreparedForMany(
    lambda followups: Occurrence.objects.filter(followup__id__in=followups)
    .order_by("deadline", "id")
    .values(
        "followup_id", "id", "playbook", "programme", "purpose", "cause", "cause_day", "due", "deadline", "expires", "open", "attempts",
        "last_staff_id", "last_staff__name", "next_on", "closed_as", "event__id", "event__kind",
        "event__day", "event__amount", "event__attributes", "event__staff_id", "event__staff__name",
        promised=Subquery(_PROMISES.values("opens_at")[:1]),
        promised_until=Subquery(_PROMISES.values("closes_at")[:1]),
    ),
    "followup_id",
    BigAutoField(),
)  # fmt: skip


def behind(followup_id: int) -> list[Row]:
    """Every occurrence of a follow-up, the earliest deadline first; `promised` is when its earliest open promise begins, and
    `promised_until` when it is over. One query.
    """
    return BEHIND([followup_id])[followup_id]
