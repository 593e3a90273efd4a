"""Who is followed up, and what is known of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from huifang.app.records.fields import SealedTextField
from huifang.app.records.models.organisation import Branch, Staff


def _where_told(name: str, index: str, *then: str) -> models.Index:
    """An index of the rows that name somebody: where most rows of a long table name nobody, a whole one costs each of them a place."""
    return models.Index(fields=[name, *then], name=index, condition=models.Q((f"{name}__isnull", False)))


class Customer(models.Model):
    """A person, organisation, household or member of staff who is followed up. Name and notes are sealed."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        ORGANISATION = "organisation", _("Organisation")
        HOUSEHOLD = "household", _("Household")
        STAFF = "staff", _("Staff")

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        DECEASED = "deceased", _("Deceased")
        CLOSED = "closed", _("No longer a customer")

    code = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.PERSON)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    name = SealedTextField()
    name_index = models.CharField(max_length=32, blank=True)
    branch = models.ForeignKey(Branch, models.PROTECT, null=True, blank=True, related_name="customers", db_index=False)
    owner = models.ForeignKey(Staff, models.SET_NULL, null=True, blank=True, related_name="customers", db_index=False)
    time_zone = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=16, blank=True)
    birthday = models.DateField(null=True, blank=True)
    birthday_lunar = models.BooleanField(default=False)
    attributes = models.JSONField(default=dict, blank=True)
    notes = SealedTextField(default="", blank=True)
    first_seen = models.DateField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    """When their personal data were erased; what is left is a shell that counts."""
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="merged", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["name_index"], name="customer_name"),
            _where_told("branch", "customer_branch", "code"),
            _where_told("owner", "customer_owner"),
            _where_told("merged_into", "customer_merged_into"),
        ]

    def __str__(self) -> str:
        return self.code


class ContactPoint(models.Model):
    """A number or address of a customer.

    `value` is normalised (phones E.164) and sealed; found again by its blind index or, for phones, that of the last four digits.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="contact_points", db_index=False)
    kind = models.CharField(max_length=12)
    """phone | email | wecom | dingtalk | feishu | address"""
    value = SealedTextField()
    value_index = models.CharField(max_length=32)
    tail_index = models.CharField(max_length=32, blank=True)
    label = models.CharField(max_length=60, blank=True)
    primary = models.BooleanField(default=False)
    usable = models.BooleanField(default=True)
    mobile = models.BooleanField(default=False)
    """Takes text messages."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["customer", "kind", "value_index"], name="contact_point_once")]
        indexes: ClassVar = [
            models.Index(fields=["value_index"], name="contact_point_value"),
            models.Index(fields=["tail_index"], name="contact_point_tail"),
        ]
        ordering: ClassVar = ["-primary", "id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Event(models.Model):
    """A dated fact. `day` is the business's day of `at`."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="events", db_index=False)
    kind = models.CharField(max_length=60)
    code = models.CharField(max_length=80)
    at = models.DateTimeField()
    day = models.DateField()
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    branch = models.ForeignKey(Branch, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    staff = models.ForeignKey(Staff, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    attributes = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "code"], name="event_once")]
        indexes: ClassVar = [
            models.Index(fields=["customer", "-at"]),
            models.Index(fields=["kind", "day"]),
            _where_told("branch", "event_branch"),
            _where_told("staff", "event_staff"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"


class Agreement(models.Model):
    """Something with an end."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        ENDED = "ended", _("Ended")
        CANCELLED = "cancelled", _("Cancelled")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="agreements")
    kind = models.CharField(max_length=60)
    code = models.CharField(max_length=80)
    starts = models.DateField(null=True, blank=True)
    ends = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    attributes = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "code"], name="agreement_once")]
        indexes: ClassVar = [models.Index(fields=["kind", "ends"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"


class Consent(models.Model):
    """One statement of consent or refusal; the last one for a purpose and channel holds. Never edited, never deleted."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="consents", db_index=False)
    purpose = models.CharField(max_length=20, default="any")
    channel = models.CharField(max_length=12, default="any")
    allowed = models.BooleanField()
    at = models.DateTimeField()
    road = models.CharField(max_length=20)
    """How it was said: agent | import | reply | link | api."""
    proof = SealedTextField(default="", blank=True)
    by = models.ForeignKey(Staff, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["customer", "purpose", "channel", "-at"])]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.purpose}/{self.channel} {self.allowed}"


class OptOut(models.Model):
    """A refusal that clings to a number or address by keyed hash: survives merge, re-import, restore and erasure."""

    value_index = models.CharField(max_length=32)
    purpose = models.CharField(max_length=20, default="any")
    channel = models.CharField(max_length=12, default="any")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["value_index", "purpose", "channel"], name="opt_out_once")]

    def __str__(self) -> str:
        return f"{self.purpose}/{self.channel}"


class DuplicateDecision(models.Model):
    """What a person has said of two customers that may be one: merged (with what was moved, so that it can be undone) or different."""

    class Verdict(models.TextChoices):
        MERGED = "merged", _("Merged")
        DIFFERENT = "different", _("Different people")

    kept = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    other = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    moved = models.JSONField(default=dict)
    """Table → ids that were moved to the customer who is kept."""
    at = models.DateTimeField()
    by = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kept", "other"])]

    def __str__(self) -> str:
        return f"{self.kept_id} {self.verdict} {self.other_id}"
