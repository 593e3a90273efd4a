"""The links of messages: one for each follow-up and page, and when the customer followed it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from huifang.app.records.fields import SealedTextField
from huifang.app.records.models.plan import FollowUp


class MessageLink(models.Model):
    """One customer's link to one page of the playbook. Its token has 192 random bits and is found by its SHA-256.

    Where it leads is not kept here: only the follow-up's version of the playbook says so.
    """

    followup = models.ForeignKey(FollowUp, models.CASCADE, related_name="links")
    link = models.CharField(max_length=60)
    """Key under the playbook's `links`."""
    token_hash = models.CharField(max_length=64, unique=True)
    token = SealedTextField()
    until = models.DateField()
    """The last day on which it leads anywhere."""
    clicked_at = models.DateTimeField(null=True, blank=True)
    """When the button behind it was pressed for the first time; that a page was fetched is not kept."""
    used = models.PositiveSmallIntegerField(default=0)
    """How often it has led on, where the playbook limits its uses."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["followup", "link"], name="message_link_once")]

    def __str__(self) -> str:
        return f"{self.followup_id} {self.link}"
