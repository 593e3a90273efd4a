"""What a version of a playbook would bring over the coming days, and whose contacts it changes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from huifang.app.records.models.customer import Customer
from huifang.app.records.models.organisation import Staff
from huifang.app.records.models.plan import PlaybookVersion


class Outlook(models.Model):
    """The coming `days` from `day` on, simulated with the versions in force and with this one in its playbook's place."""

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        STOPPED = "stopped", _("Stopped")
        FAILED = "failed", _("Failed")

    version = models.ForeignKey(PlaybookVersion, models.CASCADE, related_name="outlooks")
    day = models.DateField()
    days = models.PositiveSmallIntegerField()
    events = models.BooleanField(default=False)
    """The past year's events are taken to come again."""
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    simulated = models.PositiveSmallIntegerField(default=0)
    """Days that are done, of twice `days`."""
    asked_by = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(default=dict)
    """`loads` and `programmes` of ``before`` and ``after``, `counts` of changes, `same`, `assumed`."""
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.version_id} {self.day} {self.days} {self.state}"


class OutlookChange(models.Model):
    """One occurrence that the version adds, drops or moves, with both reasons; empty days: no contact."""

    class Kind(models.TextChoices):
        ADDED = "added", _("Added")
        DROPPED = "dropped", _("Dropped")
        MOVED = "moved", _("To another day")

    outlook = models.ForeignKey(Outlook, models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    playbook = models.CharField(max_length=60)
    programme = models.CharField(max_length=60)
    before_day = models.DateField(null=True)
    before_channel = models.CharField(max_length=12, blank=True)
    before_why = models.JSONField()
    after_day = models.DateField(null=True)
    after_channel = models.CharField(max_length=12, blank=True)
    after_why = models.JSONField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["outlook", "kind", "id"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.programme} {self.customer_id}"
