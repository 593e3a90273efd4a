"""The business's tree of topics: the trade's to begin with, then its own; every version is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache, lru_cache

from django.db import transaction
from django.db.models import QuerySet, Subquery

from huifang.analytics.feedback.topics import TopicTree, read_topics, tree_of, tree_text
from huifang.app.access import EDIT_TOPICS, require
from huifang.app.records.models import PlaybookVersion, Staff, TopicTreeVersion
from huifang.app.records.prepared import Prepared
from huifang.app.services import audit

_TRADES = {
    "repair-shop": "repair-shop", "car-dealer": "car-dealer", "hospital": "hospital", "retail": "retail", "home-owners": "property",
    "property-sales": "property", "insurance-service": "insurance", "membership": "retail", "festival-orders": "retail",
}  # fmt: skip
"""The tree that goes with a playbook of the library."""


def trade() -> str:
    """The trade of the first playbook in force that has a tree; else the general one."""
    return _trade_of(_active().values_list("playbook", flat=True))


def _active() -> QuerySet[PlaybookVersion]:
    return PlaybookVersion.objects.filter(state=PlaybookVersion.State.ACTIVE).order_by("pk")


_WITH_OWN = Prepared(lambda: _active().values("playbook", own=Subquery(TopicTreeVersion.objects.order_by("-pk").values("pk")[:1])))


def _trade_of(playbooks: Iterable[str]) -> str:
    return next((_TRADES[name] for name in playbooks if name in _TRADES), "general")


def tree_number() -> int:
    """The number of the business's newest version; 0 where the trade's tree holds."""
    return TopicTreeVersion.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def text_in_force() -> str:
    """The text of the tree that holds."""
    own = TopicTreeVersion.objects.order_by("-pk").first()
    return own.text if own else tree_text(trade())


def tree_in_force() -> TopicTree:
    """The tree that holds. One query where a playbook is in force."""
    active = _WITH_OWN()
    number = active[0]["own"] if active else tree_number()
    return _own(number) if number else tree_of(_trade_of(row["playbook"] for row in active))


def titled(language: str) -> Callable[[str], str]:
    """A function that gives topics their titles; the tree is read when the first is asked for."""
    tree = cache(tree_in_force)
    return lambda topic: tree().title_of(topic, language)


@lru_cache(maxsize=2)
def _own(number: int) -> TopicTree:
    return read_topics(TopicTreeVersion.objects.get(pk=number).text)


def keep_tree(by: Staff, text: str, now: datetime) -> TopicTreeVersion | None:
    """Put a tree in force; None where it is the one in force. Raises `PlaybookError` with every fault of the text and its line."""
    require(by, EDIT_TOPICS)
    text = text.replace("\r\n", "\n")
    tree = read_topics(text)
    with transaction.atomic():
        if text == text_in_force():
            return None
        row = TopicTreeVersion.objects.create(text=text, at=now, by=by)
        audit.write(by, "topics.kept", f"topics:{row.pk}", topics=len(tree.topics))
    return row
