"""The language model that may be asked about feedback."""

from __future__ import annotations

from django.db import models

from huifang.app.records.fields import SealedTextField
from huifang.app.records.models.organisation import Staff


class LanguageModel(models.Model):
    """At most one row. Without one, or while it is off, no statement leaves the house."""

    on = models.BooleanField(default=False)
    address = models.CharField(max_length=500)
    """Where chat completions are asked for, up to and with ``/chat/completions``."""
    model = models.CharField(max_length=100)
    key = SealedTextField(default="", blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(null=True)
    """When it was last asked."""
    trouble = models.CharField(max_length=200, blank=True)
    """What went wrong when it was last asked; empty where nothing did."""

    def __str__(self) -> str:
        return self.model
