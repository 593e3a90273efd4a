"""A branch's schedule of a week: what the system proposes, what people move, what a second person approves."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from huifang.app.records.models.customer import Customer
from huifang.app.records.models.organisation import Branch, Staff


class WeekSchedule(models.Model):
    """The week that begins on `first_day`, a Monday, in one branch. While it is approved, the morning's plan follows it."""

    class State(models.TextChoices):
        PROPOSING = "proposing", _("Being proposed")
        FAILED = "failed", _("Could not be proposed")
        DRAFT = "draft", _("In work")
        SUBMITTED = "submitted", _("Waits for approval")
        APPROVED = "approved", _("Approved")

    branch = models.ForeignKey(Branch, models.CASCADE, related_name="+")
    first_day = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSING)
    waiting = models.JSONField(default=dict)
    """ISO day → occurrences that nobody had room for when it was proposed."""
    error = models.CharField(max_length=500, blank=True)
    asked_by = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    submitted_by = models.ForeignKey(Staff, models.SET_NULL, null=True, blank=True, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Staff, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    remark = models.CharField(max_length=500, blank=True)
    """What was said when it was last decided or taken back."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["branch", "first_day"], name="week_schedule_once")]

    def __str__(self) -> str:
        return f"{self.branch_id} {self.first_day}"

    @property
    def editable(self) -> bool:
        """Whether contacts may be moved in it."""
        return self.state == self.State.DRAFT


class ScheduledContact(models.Model):
    """One contact of a schedule: for the leading occurrence and those bundled with it, on a day, by a person (None: nobody yet)."""

    schedule = models.ForeignKey(WeekSchedule, models.CASCADE, related_name="contacts")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    playbook = models.CharField(max_length=60)
    programme = models.CharField(max_length=60)
    cause = models.CharField(max_length=120)
    bundled = models.JSONField(default=list)
    """Further occurrences: [playbook, programme, cause]."""
    because = models.JSONField(default=dict)
    """{zh, en}."""
    channel = models.CharField(max_length=12)
    promised = models.BooleanField(default=False)
    due = models.DateField()
    deadline = models.DateField()
    expires = models.DateField()
    day = models.DateField()
    staff = models.ForeignKey(Staff, models.SET_NULL, null=True, blank=True, related_name="+")
    proposed_day = models.DateField()
    proposed_staff = models.ForeignKey(Staff, models.SET_NULL, null=True, blank=True, related_name="+")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["schedule", "playbook", "programme", "customer", "cause"], name="scheduled_once")
        ]
        indexes: ClassVar = [models.Index(fields=["schedule", "day", "staff"]), models.Index(fields=["day", "id"])]

    def __str__(self) -> str:
        return f"{self.day} {self.programme} {self.customer_id}"
