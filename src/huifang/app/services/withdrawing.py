"""Follow-ups that nobody needs any more leave the list without a person's word: an answer, a reply or a dialler's result made them idle."""

from __future__ import annotations

from django.db.models import F

from huifang.app.records.models import FollowUp


def withdraw_waiting(followup_id: int) -> None:
    """Take a follow-up that waits off the list; one that is in a hand, on its way or finished stays as it is.

    Who saw it waiting can write nothing to it any more: its fence goes up.
    """
    waiting = FollowUp.objects.filter(pk=followup_id, state=FollowUp.State.OPEN)
    waiting.update(state=FollowUp.State.WITHDRAWN, next_at=None, fence=F("fence") + 1)
