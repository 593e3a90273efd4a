"""Statements that say the same are joined: one customer's to several people, and many customers' about one matter."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from django.db.models import Q

from huifang.analytics.feedback.similarity import ALIKE, ALIKE_SAME_CUSTOMER, nearest, vectors
from huifang.app.records.models import Feedback, FeedbackGroup
from huifang.app.services.feedback_groups import together

BACK = timedelta(days=90)
MOST = 400
"""So many of the newest statements of the topic or the customer are compared."""


def join_alike(row: Feedback) -> FeedbackGroup | None:
    """Join a suggestion or complaint with the one most alike of the last 90 days, of the same kind and topic or of the same customer.

    Nameless words are joined by topic only: nobody knows which of them are one person's.
    """
    if row.kind == Feedback.Kind.PRAISE or row.group_id is not None:
        return row.group
    others = Feedback.objects.filter(kind=row.kind, at__gt=row.at - BACK, at__lte=row.at).exclude(pk=row.pk)
    same = Q(topic=row.topic) | Q(customer=row.customer_id) if row.customer_id else Q(topic=row.topic)
    others = others.filter(same).exclude(state=Feedback.State.NOTHING)
    known = list(others.order_by("-at", "-pk")[:MOST])
    if not known:
        return None
    least = np.array([[ALIKE_SAME_CUSTOMER if row.customer_id and one.customer_id == row.customer_id else ALIKE for one in known]])
    (place,) = nearest(vectors([row.words]), vectors([one.words for one in known]), least)
    return None if place is None else together(known[place], row)
