"""How channels are set up, what providers report, and what customers write back."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from huifang.app.records.fields import SealedTextField
from huifang.app.records.models.customer import Customer
from huifang.app.records.models.message import Message
from huifang.app.records.models.organisation import Staff


class ChannelSetting(models.Model):
    """Which driver serves a channel, what it was told, and whether anything may leave. Without a row: the outbox, and on."""

    class State(models.TextChoices):
        ON = "on", _("On")
        PAUSED = "paused", _("Paused")
        STOPPED = "stopped", _("Stopped")

    channel = models.CharField(max_length=12, unique=True)
    """A channel, or ``any``: that row's state holds for all of them."""
    driver = models.CharField(max_length=20, blank=True)
    """Name of a `channels.registry.KINDS`; empty: the outbox, or what the environment sets."""
    values = SealedTextField(default="", blank=True)
    """JSON: field → value."""
    state = models.CharField(max_length=10, choices=State.choices, default=State.ON)
    hook = SealedTextField(default="", blank=True)
    """The secret part (192 bits) of the address that the provider calls."""
    hook_index = models.CharField(max_length=32, null=True, blank=True, unique=True)
    contact_cost = models.DecimalField(max_digits=10, decimal_places=4, null=True, blank=True)
    """Money for each contact, and in `minute_cost` for each minute of it; both empty: what the playbook says."""
    minute_cost = models.DecimalField(max_digits=10, decimal_places=4, null=True, blank=True)
    changed_at = models.DateTimeField(null=True)
    changed_by = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.channel} {self.driver} {self.state}"


class DeliveryReport(models.Model):
    """What a provider has reported of a message, each statement once. One that fits no message yet waits: answers come out of order."""

    driver = models.CharField(max_length=20)
    key = models.CharField(max_length=64, blank=True)
    reference = models.CharField(max_length=120, blank=True)
    arrived = models.BooleanField()
    permanent = models.BooleanField(default=False)
    words = models.JSONField(default=dict, blank=True)
    """{zh, en}"""
    at = models.DateTimeField()
    settled_as = models.CharField(max_length=20, blank=True)
    """Empty while it waits; then delivered | failed | known | nobody."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["driver", "key", "reference", "arrived"], name="delivery_report_once")]
        indexes: ClassVar = [models.Index(fields=["settled_as", "at"])]

    def __str__(self) -> str:
        return f"{self.driver} {self.arrived}"


class LostSend(models.Model):
    """A message that left the house after the backup which this database was restored from. It is not sent again."""

    key = models.CharField(max_length=64, unique=True)
    """The attempt's."""
    meaning = models.CharField(max_length=64, db_index=True)
    """What it was for: `services.handed_over.meaning`; empty where it was taken back from the dialler."""
    found_at = models.DateTimeField()
    written = models.BooleanField(default=False)
    """Its attempt stands in the ledger again, or was taken back."""

    def __str__(self) -> str:
        return self.key[:8]


class Incoming(models.Model):
    """What somebody has written back, each once. Who it was is found by the keyed hash of number or address; the words stay."""

    class Kind(models.TextChoices):
        REPLY = "reply", _("Reply")
        REFUSAL = "refusal", _("Refusal")
        COMPLAINT = "complaint", _("Marked as unwanted")

    key = models.CharField(max_length=64, unique=True)
    """Hash of driver and the provider's own id: the same reply pushed twice is one row."""
    channel = models.CharField(max_length=12)
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, related_name="incoming")
    message = models.ForeignKey(Message, models.SET_NULL, null=True, related_name="replies")
    """The one that is answered, where the reply names it; else the last one sent this way before it."""
    sender = SealedTextField()
    text = SealedTextField(default="", blank=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.REPLY)
    stopped = models.JSONField(default=list, blank=True)
    """Keys of the programmes that do not go on because of it."""
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    read_by = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["customer", "-at"]), models.Index(fields=["read_at", "-at"])]

    def __str__(self) -> str:
        return f"{self.channel} {self.kind}"
