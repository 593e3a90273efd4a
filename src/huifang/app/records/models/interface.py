"""What other systems reach Huifang by: keys, requests already answered, webhooks out and in, calendar feeds."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from huifang.app.records.fields import SealedTextField
from huifang.app.records.models.organisation import Staff


class ApiKey(models.Model):
    """A key of another system. Shown once, kept as a keyed hash; it acts as a member of staff of its own with the role `service`."""

    name = models.CharField(max_length=80)
    acts_as = models.OneToOneField(Staff, models.PROTECT, related_name="api_key")
    digest = models.CharField(max_length=32, unique=True)
    shown = models.CharField(max_length=12)
    """Its first letters, by which people tell keys apart."""
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.name


class AnsweredRequest(models.Model):
    """A request with an idempotency key and what it was answered: written in the same transaction as its effect."""

    key = models.ForeignKey(ApiKey, models.CASCADE, related_name="+")
    token = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    """SHA-256 of method, path and body."""
    status = models.PositiveSmallIntegerField(default=0)
    answer = SealedTextField(default="", blank=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["key", "token"], name="answered_request_once")]

    def __str__(self) -> str:
        return str(self.status)


class Subscription(models.Model):
    """Another system that is told of events at its address, signed with a secret that both know."""

    name = models.CharField(max_length=80)
    url = SealedTextField()
    secret = SealedTextField()
    events = models.JSONField(default=list)
    acts_as = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    """Whose branches it hears of."""
    active = models.BooleanField(default=True)
    seen = models.PositiveBigIntegerField(default=0)
    """Number in the audit trail up to which it has been looked through for this subscription."""
    failures = models.PositiveIntegerField(default=0)
    """Deliveries given up one after the other."""
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name


class WebhookDelivery(models.Model):
    """One event for one subscription, and what became of it. Its body holds numbers and codes, no personal data."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Failed")

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="deliveries")
    number = models.PositiveBigIntegerField()
    """Of the entry in the audit trail."""
    event = models.CharField(max_length=40)
    body = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    tries = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["subscription", "number"], name="webhook_delivery_once")]
        indexes: ClassVar = [models.Index(fields=["state", "next_at"])]

    def __str__(self) -> str:
        return f"{self.event} {self.state}"


class EventSource(models.Model):
    """Another system that sends events in its own words; the mapping says where in its message each value stands."""

    name = models.CharField(max_length=80)
    hook = models.CharField(max_length=40, unique=True)
    """Its part of the address; not secret, the signature is what counts."""
    secret = SealedTextField()
    mapping = models.JSONField(default=dict)
    acts_as = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    active = models.BooleanField(default=True)
    taken = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    last_problem = models.JSONField(default=dict, blank=True)
    """{zh, en, at} of the last message that was refused."""
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name


class CalendarFeed(models.Model):
    """A person's secret address for their appointments; the address is kept as a keyed hash."""

    staff = models.OneToOneField(Staff, models.CASCADE, related_name="calendar_feed")
    digest = models.CharField(max_length=32, unique=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.staff_id)
