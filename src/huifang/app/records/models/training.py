"""What people must have read, and what they have read and confirmed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from huifang.app.records.models.knowledge import Article
from huifang.app.records.models.organisation import Staff


class Training(models.Model):
    """An article that some roles must read; confirmations of `version` and later count."""

    article = models.OneToOneField(Article, models.CASCADE, related_name="training")
    roles = models.JSONField(default=list)
    quiz = models.TextField(blank=True)
    """As `domain.training.quiz_of` reads it."""
    version = models.PositiveIntegerField()
    due = models.DateField(null=True, blank=True)
    asked_by = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.article_id)


class TrainingRecord(models.Model):
    """Somebody has read a version of an article and confirmed it, `questions` of the quiz answered rightly, after so many `tries`."""

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="trainings")
    article = models.ForeignKey(Article, models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    """None while the quiz is not passed."""
    questions = models.PositiveSmallIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["staff", "article", "version"], name="training_once")]
        indexes: ClassVar = [models.Index(fields=["article", "staff"])]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.article_id} {self.version}"
