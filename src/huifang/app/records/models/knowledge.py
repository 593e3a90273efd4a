"""What the team knows: articles with answers to what customers ask, and the terms by which they are found."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from huifang.app.records.models.organisation import Branch, Staff


class Article(models.Model):
    """A question and its answer, or a piece of material. Holds no personal data."""

    title = models.CharField(max_length=120)
    words = models.TextField()
    tags = models.JSONField(default=list)
    """Words to sort by; one that is the key or title of a programme makes it that programme's material."""
    branch = models.ForeignKey(Branch, models.CASCADE, null=True, blank=True, related_name="+")
    """For one branch alone; none: for everybody."""
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")
    retired_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.title


class ArticleTerm(models.Model):
    """A term of an article (`domain.text_search`) and its weight: one each time in the text, four each time in title and tags."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="terms")
    term = models.CharField(max_length=24)
    weight = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["term", "article"], name="article_term_once")]

    def __str__(self) -> str:
        return self.term
