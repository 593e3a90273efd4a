"""Statements that are one matter."""

from __future__ import annotations

from huifang.app.records.models import Feedback, FeedbackGroup


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
