"""The reader in force: the business's tree of topics and the last model that was learned, kept in memory until one of them is renewed."""

from __future__ import annotations

import base64
from functools import lru_cache

from huifang.analytics.feedback.learning import day_one, kind_figures, topic_figures
from huifang.analytics.feedback.model import Model
from huifang.analytics.feedback.reader import Reader
from huifang.app.records.models import FeedbackModel
from huifang.app.services.feedback_topics import trade, tree_in_force, tree_number


def current() -> Reader:
    """The reader for new statements. Two queries where nothing was renewed."""
    last = FeedbackModel.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return _reader(last, tree_number(), trade())


@lru_cache(maxsize=2)
def _reader(model: int, tree_version: int, _trade: str) -> Reader:
    tree = tree_in_force()
    row = FeedbackModel.objects.filter(pk=model).first()
    if row is None:
        return Reader(day_one(), tree)
    kinds = Model.from_bytes(base64.b64decode(row.kinds), kind_figures)
    same_tree = (row.tree_id or 0) == tree_version
    topics = Model.from_bytes(base64.b64decode(row.topics), topic_figures(tree)) if row.topics and same_tree else None
    return Reader(kinds, tree, topics, row.topics_decided if topics else 0)
