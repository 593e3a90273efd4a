"""The occurrences behind a follow-up, with the events that caused them."""

from __future__ import annotations

from django.db.models import BigAutoField

from huifang.app.records.models import Occurrence
from huifang.app.records.prepared import Prepared, Row

_BEHIND = Prepared(
    lambda followup: Occurrence.objects.filter(followup=followup)
    .order_by("deadline", "id")
    .values(
        "id", "playbook", "programme", "purpose", "cause_day", "due", "deadline", "expires", "open", "attempts",
        "last_staff_id", "last_staff__name", "event__id", "event__kind",
        "event__day", "event__amount", "event__attributes", "event__staff_id", "event__staff__name",
    ),
    followup=BigAutoField(),
)  # fmt: skip


def behind(followup_id: int) -> list[Row]:
    """Every occurrence of a follow-up, the earliest deadline first. One query."""
    return _BEHIND(followup=followup_id)
