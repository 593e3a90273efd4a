"""Learning from what people have decided. Only rows with a person's deed are read; what the reader said by itself has none."""

from __future__ import annotations

import base64
from datetime import datetime
from hashlib import md5

from django.db import transaction

from huifang.analytics.feedback.extra import installed
from huifang.analytics.feedback.learning import Decided, accuracy, learn
from huifang.analytics.feedback.meaning import meaning
from huifang.analytics.feedback.model import Model
from huifang.app.records.models import Feedback, FeedbackModel
from huifang.app.services import audit
from huifang.app.services.feedback_topics import tree_in_force, tree_number

MOST = 20_000
"""The newest decisions that are learned from."""
_ONE_IN = 5
KEPT = 3
"""So many models are kept."""


def decisions() -> list[tuple[int, Decided]]:
    """Statements with a person's deed, the newest first; topics as keys where what was written is one."""
    tree = tree_in_force()
    rows = Feedback.objects.filter(state=Feedback.State.DECIDED, deed__in=Feedback.Deed.values).order_by("-at", "-pk")
    return [
        (row.pk, Decided(row.words, row.kind, row.topic if row.topic in tree.topics else tree.key_of(row.topic), row.deed))  # type: ignore[arg-type] # the filter
        for row in rows.only("words", "kind", "topic", "deed")[:MOST]
    ]


def learn_now(now: datetime) -> FeedbackModel:
    """Learn from all decisions; how well it reads is told by a fifth of them, held out first by a stable draw."""
    known, tree, knows = decisions(), tree_in_force(), meaning if installed() else None
    asked = [one for number, one in known if _held_out(number)]
    seen = accuracy(learn(tree, [one for number, one in known if not _held_out(number)], knows), asked)
    reader = learn(tree, [one for _, one in known], knows)
    deeper = reader.deeper
    with transaction.atomic():
        row = FeedbackModel.objects.create(
            at=now, kinds=_text(reader.kinds), topics=_text(reader.topics), deeper=deeper is not None,
            deeper_kinds=_text(deeper.kinds if deeper else None), deeper_topics=_text(deeper.topics if deeper else None),
            tree_id=tree_number() or None, decided=Feedback.objects.filter(state=Feedback.State.DECIDED).count(),
            topics_decided=reader.decided, asked=seen.number if seen else 0, right=seen.right if seen else None,
            sure=seen.sure if seen else None, sure_right=seen.sure_right if seen else None, error=seen.error if seen else None,
        )  # fmt: skip
        old = list(FeedbackModel.objects.order_by("-pk").values_list("pk", flat=True)[KEPT:])
        FeedbackModel.objects.filter(pk__in=old).delete()
        audit.write(None, "feedback.learned", f"model:{row.pk}", decided=row.decided, asked=row.asked, right=row.right)
    return row


def _held_out(number: int) -> bool:
    return int(md5(str(number).encode(), usedforsecurity=False).hexdigest(), 16) % _ONE_IN == 0


def _text(model: Model | None) -> str:
    return base64.b64encode(model.to_bytes()).decode() if model else ""
