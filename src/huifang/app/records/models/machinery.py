"""The system's own working: jobs, audit trail."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from huifang.app.records.models.organisation import Staff


class Job(models.Model):
    """Work for later. Claimed with a lease by the database's clock and a fencing number; effect and `done` are one transaction."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        STOPPED = "stopped", _("Stopped")

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=120, unique=True)
    """The same work is not queued twice."""
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    run_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    fence = models.PositiveIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0)
    progress = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "run_at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class AuditEntry(models.Model):
    """One line of the audit trail: who did what to what, chained by hash so that an edit or deletion is found. Holds no personal data."""

    number = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=80, blank=True)
    detail = models.JSONField(default=dict)
    chain = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.action}"


class AuditHead(models.Model):
    """The end of the audit trail, one row: its last number under a seal, so that entries cut off are missed. Locked to add one."""

    number = models.PositiveBigIntegerField(default=0)
    chain = models.CharField(max_length=64, blank=True)
    seal = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return str(self.number)


class Notice(models.Model):
    """Something a member of staff is told: a complaint in their branch, a case handed to them. Holds no personal data."""

    to = models.ForeignKey(Staff, models.CASCADE, related_name="notices")
    words = models.JSONField()
    """{zh, en}"""
    subject = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    carried = models.BooleanField(default=False)
    """Looked through for ways outside the product."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["to", "read_at", "-at"]),
            models.Index(fields=["id"], condition=models.Q(carried=False), name="notice_to_carry"),
        ]

    def __str__(self) -> str:
        return self.subject
