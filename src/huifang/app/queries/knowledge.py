"""Searching what the team knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet, Sum

from huifang.app.access import articles_for
from huifang.app.records.models import Article, Staff
from huifang.domain.text_search import excerpt, wanted

PAGE = 50
_MOST_TERMS = 40


@dataclass(frozen=True, slots=True)
class Found:
    """One article in a list; `excerpt` is about what was looked for."""

    id: int
    title: str
    excerpt: str
    words: str
    tags: tuple[str, ...]
    branch: str
    changed_at: datetime
    retired: bool


def search(staff: Staff, text: str, tag: str = "", *, most: int = PAGE, retired: bool = False) -> tuple[Found, ...]:
    """The articles in the person's scope that `text` finds, the best first; the newest for no text. One query.

    Found is what has at least a third of the terms looked for; more of them stand first, then those where they weigh more.
    """
    looked_for = wanted(text)[:_MOST_TERMS]
    if text.strip() and not looked_for:
        return ()
    rows = articles_for(staff).filter(retired_at__isnull=not retired)
    if looked_for:
        theirs = Q(terms__term__in=looked_for)
        rows = rows.annotate(hits=Count("terms", filter=theirs), weight=Sum("terms__weight", filter=theirs))
        rows = rows.filter(hits__gte=(len(looked_for) + 2) // 3).order_by("-hits", "-weight", "-pk")
    else:
        rows = rows.order_by("-changed_at", "-pk")
    found = _shown(rows if tag else rows[:most], looked_for)
    return tuple(each for each in found if tag in each.tags)[:most] if tag else tuple(found)


def material(staff: Staff, names: Iterable[str]) -> tuple[Found, ...]:
    """Articles that carry one of the names (keys or titles of programmes) as a tag, by title. One query."""
    names = set(names)
    return tuple(each for each in _shown(articles_for(staff).filter(retired_at=None).order_by("title"), ()) if names & set(each.tags))


def tags(staff: Staff) -> list[tuple[str, int]]:
    """Every tag and how many articles carry it, the most used first. One query."""
    counted: Counter[str] = Counter()
    for each in articles_for(staff).filter(retired_at=None).values_list("tags", flat=True):
        counted.update(each)
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))


def _shown(rows: QuerySet[Article], looked_for: tuple[str, ...]) -> list[Found]:
    columns = ("id", "title", "words", "tags", "branch__name", "changed_at", "retired_at")
    return [
        Found(
            row["id"], row["title"], excerpt(row["words"], looked_for), row["words"], tuple(row["tags"]), row["branch__name"] or "",
            row["changed_at"], row["retired_at"] is not None,
        )
        for row in rows.values(*columns)
    ]  # fmt: skip
