"""What a person has saved last, for as long as it may be taken back."""

from __future__ import annotations

from datetime import datetime

from huifang.app.records.models import FollowUp, LastSaved, Staff
from huifang.domain.taking_back import TIME


def undoable(staff: Staff, followup: FollowUp, now: datetime) -> bool:
    """Whether the person has just saved this follow-up. One query where it has an outcome, else none."""
    return bool(followup.outcome) and LastSaved.objects.filter(staff=staff, followup=followup, record__saved_at__gte=now - TIME).exists()
