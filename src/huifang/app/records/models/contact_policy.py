"""What was learned about contacting: a row for each customer, of the last learning, and a row for each learning."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from huifang.app.records.models.customer import Customer


class PolicyLearning(models.Model):
    """One night's learning of the contact policy."""

    class State(models.TextChoices):
        LEARNED = "learned", _("By the model")
        THIN = "thin", _("Too few contacts: by the rule")
        FAILED = "failed", _("No model found: by the rule")

    day = models.DateField(unique=True)
    learned_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices)
    customers = models.PositiveIntegerField()
    contacts = models.PositiveIntegerField()
    """Contacts that could be learned from."""
    classes = models.JSONField(default=list)
    """For each class: name, customers, effect (none by the rule), planning, contacts, complaints, share, upper, slowed, paused."""

    class Meta:
        ordering: ClassVar = ["-day"]

    def __str__(self) -> str:
        return f"{self.day} {self.state}"


class ContactPolicy(models.Model):
    """What a contact with one customer is worth now (`engine.tables.CONTACT_POLICY`), with what decided it."""

    customer = models.OneToOneField(Customer, models.CASCADE, related_name="contact_policy")
    index = models.FloatField()
    expected_effect = models.FloatField(null=True)
    at_once = models.FloatField()
    plans_ahead = models.BooleanField()
    reliability = models.FloatField()
    engaged = models.BooleanField()
    observations = models.PositiveIntegerField()
    cluster = models.CharField(max_length=60)
    balance = models.IntegerField()
    slowed = models.FloatField()
    paused = models.BooleanField()
    as_of = models.DateField()
    reasons = models.CharField(max_length=80)
    """Codes of `analytics.contact_decided.reasons`, joined by commas."""

    def __str__(self) -> str:
        return f"{self.customer_id} {self.as_of}"
