"""What was said to a customer through a channel, or would have been said had a rule not stopped it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from huifang.app.records.fields import SealedTextField
from huifang.app.records.models.contact import Attempt
from huifang.app.records.models.plan import FollowUp


class Message(models.Model):
    """One message: its words and, through the attempt, what became of it. Written with the attempt, before it is sent.

    One without an attempt was blocked: `rule` says by what. A follow-up has one for each attempt; the last one says where it stands.
    """

    followup = models.ForeignKey(FollowUp, models.CASCADE, related_name="messages")
    attempt = models.OneToOneField(Attempt, models.CASCADE, null=True, related_name="message")
    channel = models.CharField(max_length=12)
    driver = models.CharField(max_length=20, blank=True)
    content = models.CharField(max_length=60, blank=True)
    """Key of the playbook's content."""
    language = models.CharField(max_length=16, blank=True)
    subject = SealedTextField(default="", blank=True)
    text = SealedTextField(default="", blank=True)
    rule = models.CharField(max_length=60, blank=True)
    words = models.JSONField(default=dict, blank=True)
    """{zh, en}: why it was blocked, or what the channel said of it."""
    reference = models.CharField(max_length=120, blank=True)
    """The provider's own number for it."""
    at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    """When it was handed to its driver; written down before. Null: it has not left."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["followup", "-id"]), models.Index(fields=["driver", "reference"])]

    def __str__(self) -> str:
        return f"{self.channel} {self.content}"
