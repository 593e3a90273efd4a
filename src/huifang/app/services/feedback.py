"""Deciding about feedback: its kind and topic, that there is none, what belongs together. The first words never change."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from huifang.app.access import DECIDE_FEEDBACK, feedback_for, require
from huifang.app.records.models import Feedback, FeedbackGroup, Staff
from huifang.app.services import audit
from huifang.app.services.feedback_groups import together
from huifang.app.services.feedback_topics import tree_in_force
from huifang.domain.errors import Invalid, NotAllowed, Problem
from huifang.domain.words import Words


def decide(by: Staff, feedback_id: int, kind: str, topic: str, now: datetime) -> Feedback:
    """A person says what it is: a `kind` of Feedback.Kind, or ``nothing``; `topic` is a key of the tree, or empty."""
    with transaction.atomic():
        row = _held(by, feedback_id)
        if kind == Feedback.State.NOTHING:
            row.state, row.deed, row.group = Feedback.State.NOTHING, "", None
        elif kind not in Feedback.Kind.values or (topic and topic != row.topic and topic not in tree_in_force().topics):
            raise Invalid(
                Problem(
                    "feedback.choice",
                    Words("没有这个类型或主题。", "There is no such kind or topic."),
                    Words("请从列表里选择。", "Choose from the list."),
                )
            )
        else:
            agreed = (kind, topic) == (row.read_kind, row.read_topic)
            row.state, row.deed = Feedback.State.DECIDED, Feedback.Deed.AGREED if agreed else Feedback.Deed.CORRECTED
            row.kind, row.topic = kind, topic
            row.urgency = 0 if kind == Feedback.Kind.PRAISE else row.urgency
        row.decided_by, row.decided_at = by, now
        row.save(update_fields=["state", "deed", "kind", "topic", "urgency", "group", "decided_by", "decided_at"])
        audit.write(by, "feedback.decided", f"feedback:{row.pk}", kind=kind, topic=topic, deed=row.deed)
    return row


def join(by: Staff, feedback_id: int, other_id: int, now: datetime) -> FeedbackGroup:  # noqa: ARG001 - verbs take the moment
    """Two statements are the same matter. Raises Invalid for a statement with itself."""
    with transaction.atomic():
        if feedback_id == other_id:
            raise Invalid(
                Problem(
                    "feedback.itself",
                    Words("不能和自己合并。", "A statement cannot be joined with itself."),
                    Words("请选另一条反馈。", "Choose another statement."),
                )
            )
        first, other = (_held(by, number) for number in sorted((feedback_id, other_id)))
        group = together(first, other)
        audit.write(by, "feedback.joined", f"feedback:{feedback_id}", other=other_id, group=group.pk)
    return group


def split(by: Staff, feedback_id: int, now: datetime) -> Feedback:  # noqa: ARG001 - verbs take the moment
    """A statement is a matter of its own; a group of one that is left is no group."""
    with transaction.atomic():
        row = _held(by, feedback_id)
        group, row.group = row.group, None
        row.save(update_fields=["group"])
        if group is not None and group.statements.count() < 2:
            group.delete()
        audit.write(by, "feedback.split", f"feedback:{row.pk}", group=group.pk if group and group.pk else None)
    return row


def _held(by: Staff, feedback_id: int) -> Feedback:
    require(by, DECIDE_FEEDBACK)
    row = feedback_for(by).select_for_update(of=("self",), no_key=True).filter(pk=feedback_id).first()
    if row is None:
        raise NotAllowed(
            Problem(
                "feedback.missing",
                Words("没有这条反馈，或不在您的范围内。", "There is no such feedback, or it is not in your reach."),
                Words("请刷新列表。", "Load the list again."),
            )
        )
    return row
