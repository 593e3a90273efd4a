"""The reader in force: the business's tree of topics and the last model that was learned, kept in memory until one of them is renewed."""

from __future__ import annotations

import base64
from dataclasses import replace
from functools import lru_cache

from huifang.analytics.feedback.extra import installed
from huifang.analytics.feedback.learning import kinds_of, learn, topic_figures
from huifang.analytics.feedback.meaning import Meaning, meaning
from huifang.analytics.feedback.model import Model
from huifang.analytics.feedback.reader import Reader
from huifang.analytics.feedback.topics import TopicTree
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
        return learn(tree, (), meaning if installed() else None)
    about = row.topics_decided if (row.tree_id or 0) == tree_version else 0
    deeper = _kept(row.deeper_kinds, row.deeper_topics, tree, about, meaning) if row.deeper and installed() else None
    return replace(_kept(row.kinds, row.topics, tree, about, None), deeper=deeper)


def _kept(kinds: str, topics: str, tree: TopicTree, decided: int, knows: Meaning | None) -> Reader:
    """A reader from its texts; topics that were learned for another tree, from then on 0 `decided`, are not read."""
    about = Model.from_bytes(base64.b64decode(topics), topic_figures(tree), knows) if topics and decided else None
    return Reader(kinds_of(base64.b64decode(kinds), knows), tree, about, decided if about else 0)
