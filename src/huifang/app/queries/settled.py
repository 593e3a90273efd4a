"""What is done, and what was only tried: a follow-up that nobody answered has ended for today, and its occurrences come back."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from huifang.app.records.models import FollowUp, Occurrence
from huifang.domain.outcomes import IN_VAIN

SETTLED = ("done", "given-up")
"""How an occurrence is closed by a contact: nothing more comes of it."""
AGAIN = Q(state=FollowUp.State.DONE, outcome__in=sorted(IN_VAIN), settled=False)
"""Ended for its day without anybody reached, and tried again on a later one; over rows of `with_settled`."""
DONE = Q(state=FollowUp.State.DONE) & ~AGAIN
"""Reached, or finished otherwise."""


def with_settled(rows: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    """Follow-ups with `settled`: whether an occurrence behind them was closed by the contact. One that has gone on was not."""
    return rows.annotate(settled=Exists(Occurrence.objects.filter(followup=OuterRef("pk"), closed_as__in=SETTLED)))
