"""Statements that say the same are joined: one customer's to several people, and many customers' about one matter."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from huifang.analytics.feedback.similarity import ALIKE, ALIKE_SAME_CUSTOMER, nearest, vectors
from huifang.app.records.models import Feedback, FeedbackGroup

BACK = timedelta(days=90)
MOST = 400
"""So many of the newest statements are compared."""


def join_alike(row: Feedback) -> FeedbackGroup | None:
    """Join a suggestion or complaint with the one most alike of the last 90 days, of the same kind and topic or of the same customer."""
    if row.kind == Feedback.Kind.PRAISE or row.group_id is not None:
        return row.group
    others = Feedback.objects.filter(kind=row.kind, at__gt=row.at - BACK, at__lte=row.at).exclude(pk=row.pk)
    others = others.exclude(state=Feedback.State.NOTHING).order_by("-at", "-pk")
    known = [one for one in others[:MOST] if one.topic == row.topic or one.customer_id == row.customer_id]
    if not known:
        return None
    least = np.array([[ALIKE_SAME_CUSTOMER if one.customer_id == row.customer_id else ALIKE for one in known]])
    (place,) = nearest(vectors([row.words]), vectors([one.words for one in known]), least)
    return None if place is None else together(known[place], row)


def together(first: Feedback, other: Feedback) -> FeedbackGroup:
    """Two statements, and whatever was joined with them, are one matter from now on."""
    group = first.group or other.group or FeedbackGroup.objects.create(opened_at=min(first.at, other.at))
    if other.group is not None and other.group != group:
        Feedback.objects.filter(group=other.group).update(group=group)
        FeedbackGroup.objects.filter(pk=other.group.pk).delete()
    for one in (first, other):
        one.group = group
        one.save(update_fields=["group"])
    return group
