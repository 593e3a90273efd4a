"""Writing down what the team knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from huifang.app.access import WRITE_KNOWLEDGE, articles_for, branches_for, require
from huifang.app.records.models import Article, ArticleTerm, Staff
from huifang.app.services import audit
from huifang.domain.errors import Conflict, Invalid, NotAllowed, Place, Problem
from huifang.domain.text_search import terms
from huifang.domain.words import Words

LONGEST = 20_000
"""Characters of an article."""
_IN_TITLE = 4


@dataclass(frozen=True, slots=True)
class ArticleForm:
    """What a person has written; `branch_id` None is for everybody; `version` is the one that was changed, 0 for a new one."""

    title: str
    words: str
    tags: tuple[str, ...] = ()
    branch_id: int | None = None
    version: int = 0


def write(by: Staff, article_id: int | None, form: ArticleForm, now: datetime) -> Article:
    """Keep a new article, or a changed one under its next version.

    Raises Invalid with everything that is wrong, Conflict where somebody else has changed it meanwhile.
    """
    require(by, WRITE_KNOWLEDGE)
    _check(by, form)
    with transaction.atomic():
        article = Article(version=0) if article_id is None else _held(by, article_id)
        if article.version != form.version:
            raise Conflict(_changed(article))
        article.title, article.words, article.tags = form.title.strip(), form.words.strip(), list(form.tags)
        article.branch_id, article.version = form.branch_id, article.version + 1
        article.changed_at, article.changed_by = now, by
        article.save()
        _index(article)
        audit.write(by, "article.written", f"article:{article.pk}", version=article.version)
    return article


def retire(by: Staff, article_id: int, now: datetime, *, again: bool = False) -> Article:
    """Take an article out of every search, or with `again` back in."""
    require(by, WRITE_KNOWLEDGE)
    with transaction.atomic():
        article = _held(by, article_id)
        article.retired_at = None if again else now
        article.save(update_fields=["retired_at"])
        audit.write(by, "article.restored" if again else "article.retired", f"article:{article.pk}")
    return article


def tags_of(text: str) -> tuple[str, ...]:
    """Tags as they are typed: between commas of either kind, each once, the first ten.

    >>> tags_of("保险， 续保,保险")
    ('保险', '续保')
    """
    parts = (part.strip()[:24] for part in text.replace("，", ",").replace("、", ",").split(","))
    return tuple(dict.fromkeys(part for part in parts if part))[:10]


def _index(article: Article) -> None:
    ArticleTerm.objects.filter(article=article).delete()
    weights = terms(article.words)
    for term, times in terms(f"{article.title} {' '.join(article.tags)}").items():
        weights[term] += _IN_TITLE * times
    ArticleTerm.objects.bulk_create(
        (ArticleTerm(article=article, term=term, weight=weight) for term, weight in weights.items()), batch_size=500
    )


def _held(by: Staff, article_id: int) -> Article:
    article = articles_for(by).select_for_update(of=("self",), no_key=True).filter(pk=article_id).first()
    if article is None:
        raise NotAllowed(
            Problem(
                "article.missing",
                Words("找不到这篇知识。", "There is no such article."),
                Words("它可能属于别的分支机构。", "It may belong to another branch."),
            )
        )
    return article


def _check(by: Staff, form: ArticleForm) -> None:
    write_it = Words("请填写后再保存。", "Write it, then save.")
    found = []
    if not form.title.strip():
        found.append(Problem("article.title", Words("没有标题。", "There is no title."), write_it, Place(key="title")))
    if len(form.title) > 120:
        shorter = Words("标题最多 120 个字。", "A title has at most 120 characters.")
        found.append(Problem("article.long-title", shorter, Words("请缩短。", "Make it shorter."), Place(key="title")))
    if not form.words.strip():
        found.append(Problem("article.words", Words("没有内容。", "There are no words."), write_it, Place(key="words")))
    if len(form.words) > LONGEST:
        long = Words(f"内容超过 {LONGEST} 个字。", f"The text has more than {LONGEST} characters.")
        found.append(Problem("article.long", long, Words("请分成几篇。", "Make several articles of it."), Place(key="words")))
    if form.branch_id is not None and not branches_for(by).filter(pk=form.branch_id).exists():
        none = Words("没有这个分支机构。", "There is no such branch.")
        found.append(Problem("article.branch", none, Words("请另选一个。", "Choose another."), Place(key="branch")))
    if found:
        raise Invalid(*found)


def _changed(article: Article) -> Problem:
    who = article.changed_by.name if article.changed_by else ""
    return Problem(
        "article.changed",
        Words(f"{who}刚刚修改过这篇知识。", f"{who} has changed this article meanwhile."),
        Words(
            "您写的内容还在下面；请对照新版本后再保存。", "What you wrote is still below; compare it with the new version, then save again."
        ),
    )
