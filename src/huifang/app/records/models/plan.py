"""What is due, what the plan decided, what work it made."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from huifang.app.records.models.customer import Customer
from huifang.app.records.models.organisation import Branch, Staff


class PlaybookVersion(models.Model):
    """One version of a playbook's text. At most one version of a playbook is in force."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", _("In force")
        RETIRED = "retired", _("Retired")

    playbook = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(Staff, models.SET_NULL, null=True, blank=True, related_name="+")
    activated_at = models.DateTimeField(null=True, blank=True)
    confirmed = models.PositiveIntegerField(default=0)
    """How many customers on one day were confirmed when it was put in force; 0: it was not asked."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["playbook", "number"], name="playbook_version_once"),
            models.UniqueConstraint(fields=["playbook"], condition=models.Q(state="active"), name="playbook_one_in_force"),
        ]
        ordering: ClassVar = ["playbook", "-number"]

    def __str__(self) -> str:
        return f"{self.playbook} {self.number}"


class PlanRun(models.Model):
    """One planning of one day."""

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        HELD = "held", _("To be confirmed")

    day = models.DateField(db_index=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    asked_by = models.ForeignKey(Staff, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["state"], condition=models.Q(state="running"), name="plan_one_running"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.state}"


class FollowUp(models.Model):
    """Planned work: one contact with one customer for one or more occurrences, in a window, by a person or a channel."""

    class State(models.TextChoices):
        OPEN = "open", _("To do")
        CLAIMED = "claimed", _("In hand")
        DONE = "done", _("Done")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="followups")
    run = models.ForeignKey(PlanRun, models.SET_NULL, null=True, related_name="followups")
    branch = models.ForeignKey(Branch, models.PROTECT, null=True, related_name="followups")
    staff = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="followups")
    channel = models.CharField(max_length=12)
    purpose = models.CharField(max_length=20)
    day = models.DateField()
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    deadline = models.DateField()
    promised = models.BooleanField(default=False)
    hard = models.BooleanField(default=False)
    """A hard one, as the plan sees it (`engine.hard_cases`)."""
    playbook_version = models.ForeignKey(PlaybookVersion, models.PROTECT, related_name="+")
    programme = models.CharField(max_length=60)
    because = models.JSONField(default=dict)
    """Why the leading occurrence is due: {zh, en}, and under ``class`` the title of the customer's class that day: {zh, en}."""
    score = models.FloatField(default=0)
    position = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    outcome = models.CharField(max_length=20, blank=True)
    """Outcome of the last attempt."""
    next_at = models.DateTimeField(null=True, blank=True)
    """Not to be tried again today before this moment (retry, callback)."""
    attempts_made = models.PositiveIntegerField(default=0)
    claimed_by = models.ForeignKey(Staff, models.SET_NULL, null=True, blank=True, related_name="+")
    lease_until = models.DateTimeField(null=True, blank=True)
    fence = models.PositiveIntegerField(default=0)
    """Grows with every claim; a write with an older number is refused."""
    done_at = models.DateTimeField(null=True, blank=True)
    handed_from = models.ForeignKey(Staff, models.SET_NULL, null=True, blank=True, related_name="+")
    """Who had it before it was handed over."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["staff", "day", "state", "position"]),
            models.Index(fields=["branch", "day", "state"]),
            models.Index(fields=["customer", "-day"]),
            models.Index(fields=["day", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.programme} {self.customer_id}"


class Occurrence(models.Model):
    """One programme falling due once for one customer, with what was last decided about it."""

    playbook = models.CharField(max_length=60)
    programme = models.CharField(max_length=60)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="occurrences")
    cause = models.CharField(max_length=120)
    event = models.ForeignKey("records.Event", models.SET_NULL, null=True, blank=True, related_name="+")
    cause_day = models.DateField()
    purpose = models.CharField(max_length=20)
    due = models.DateField()
    deadline = models.DateField()
    expires = models.DateField()
    open = models.BooleanField(default=True)
    """Still to be decided or done."""
    decision = models.CharField(max_length=12)
    rule = models.CharField(max_length=60)
    until = models.DateField(null=True, blank=True)
    detail = models.JSONField(default=dict)
    decided_on = models.DateField()
    followup = models.ForeignKey(FollowUp, models.SET_NULL, null=True, blank=True, related_name="occurrences")
    attempts = models.PositiveIntegerField(default=0)
    next_on = models.DateField(null=True, blank=True)
    last_staff = models.ForeignKey(Staff, models.SET_NULL, null=True, blank=True, related_name="+")
    closed_as = models.CharField(max_length=20, blank=True)
    """What closed it: done, expired, held-out, suppressed, given-up, withdrawn, stopped."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["playbook", "programme", "customer", "cause"], name="occurrence_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["open", "due"]),
            models.Index(fields=["customer", "-due"]),
            models.Index(fields=["playbook", "programme", "due"]),
            models.Index(fields=["playbook", "due", "id"]),
            models.Index(Coalesce("next_on", "until", "due"), name="occurrence_waits"),
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.customer_id} {self.cause}"


class Decision(models.Model):
    """One line of the history of decisions: written whenever the plan decides something new about an occurrence."""

    occurrence = models.ForeignKey(Occurrence, models.CASCADE, related_name="decisions")
    run = models.ForeignKey(PlanRun, models.CASCADE, related_name="decisions")
    day = models.DateField()
    decision = models.CharField(max_length=12)
    rule = models.CharField(max_length=60)
    until = models.DateField(null=True, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["day", "decision"])]

    def __str__(self) -> str:
        return f"{self.day} {self.decision} {self.rule}"


class Request(models.Model):
    """An occurrence that an answer or a closed case asked for."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="requests")
    playbook = models.CharField(max_length=60)
    programme = models.CharField(max_length=60)
    day = models.DateField()
    source = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["customer", "programme", "source"], name="request_once")]

    def __str__(self) -> str:
        return f"{self.programme} {self.customer_id}"


class Promise(models.Model):
    """A callback or appointment promised to a customer."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="promises")
    occurrence = models.ForeignKey(Occurrence, models.CASCADE, related_name="promises")
    staff = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="promises")
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    day = models.DateField()
    open = models.BooleanField(default=True)
    made_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["open", "day"])]

    def __str__(self) -> str:
        return f"{self.day} {self.customer_id}"
