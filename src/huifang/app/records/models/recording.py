"""Recordings of talks."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from huifang.app.records.fields import SealedTextField
from huifang.app.records.models.contact import Attempt
from huifang.app.records.models.organisation import Staff


class Recording(models.Model):
    """The recording of one attempt: a file, sealed at rest, or the address where a telephone system keeps it."""

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="recordings")
    key = models.UUIDField(unique=True)
    """Name of the sealed file below the uploads folder."""
    link = SealedTextField(default="", blank=True)
    media_type = models.CharField(max_length=20, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    """Bytes of the open file; 0 for a link."""
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["attempt", "added_at"])]

    def __str__(self) -> str:
        return str(self.key)
