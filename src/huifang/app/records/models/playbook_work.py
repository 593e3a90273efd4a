"""Work on a playbook before it is in force: the draft, a second person's word, a dry run."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from huifang.app.records.models.organisation import Staff
from huifang.app.records.models.plan import PlaybookVersion


class PlaybookDraft(models.Model):
    """The text that is being worked on, one for each playbook; `revision` goes up with every save, so that nobody overwrites unseen."""

    playbook = models.CharField(max_length=60, unique=True)
    text = models.TextField()
    based_on = models.ForeignKey(PlaybookVersion, models.SET_NULL, null=True, blank=True, related_name="+")
    revision = models.PositiveIntegerField(default=1)
    saved_by = models.ForeignKey(Staff, models.SET_NULL, null=True, blank=True, related_name="+")
    saved_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.playbook} revision {self.revision}"


class PlaybookReview(models.Model):
    """A second person's word on a version before it goes into force."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for approval")
        APPROVED = "approved", _("Approved")
        RETURNED = "returned", _("Returned")

    version = models.ForeignKey(PlaybookVersion, models.CASCADE, related_name="reviews")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    asked_by = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    words = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(Staff, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    comment = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version"], condition=models.Q(state="waiting"), name="playbook_one_review_waiting")
        ]
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.version_id} {self.state}"


class DryRun(models.Model):
    """What a version would make of one day, beside what the versions in force make of it. Customers by number only."""

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    version = models.ForeignKey(PlaybookVersion, models.CASCADE, related_name="dry_runs")
    day = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    asked_by = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(default=dict)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.version_id} {self.day} {self.state}"
