"""Looking after the work: days that were signed, records that a second person looked at."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from huifang.app.records.fields import SealedTextField
from huifang.app.records.models.contact import Record
from huifang.app.records.models.organisation import Branch, Staff


class DayClosing(models.Model):
    """A branch's day as it was signed. One that was reopened stays, with who reopened it and why."""

    branch = models.ForeignKey(Branch, models.PROTECT, related_name="closings")
    day = models.DateField()
    figures = models.JSONField(default=dict)
    """The day's figures when it was signed: due, done, tried, reached, dissatisfied, overdue."""
    left = models.JSONField(default=dict)
    """How many rows stood behind each open line of the checklist: code → number."""
    reasons = SealedTextField(default="", blank=True)
    """JSON: code → why the line was left open."""
    signed_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    reopened_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    reopened_at = models.DateTimeField(null=True)
    reopened_because = SealedTextField(default="", blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["branch", "day"], condition=models.Q(reopened_at=None), name="closing_one_in_force"),
        ]
        ordering: ClassVar = ["-day", "-id"]

    def __str__(self) -> str:
        return f"{self.day} {self.branch_id}"


class Review(models.Model):
    """A record that a second person looks at: drawn, scored, commented, returned to whoever made it, answered, settled."""

    class Road(models.TextChoices):
        RANDOM = "random", _("Random draw")
        RISK = "risk", _("Risk draw")
        CHOSEN = "chosen", _("Chosen by hand")

    class State(models.TextChoices):
        WAITING = "waiting", _("To be reviewed")
        RETURNED = "returned", _("Returned to the agent")
        ANSWERED = "answered", _("Answered by the agent")
        SETTLED = "settled", _("Settled")

    record = models.OneToOneField(Record, models.CASCADE, related_name="review")
    branch = models.ForeignKey(Branch, models.PROTECT, null=True, related_name="+")
    staff = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="reviews")
    """Whose record it is."""
    day = models.DateField()
    """The record's."""
    road = models.CharField(max_length=10, choices=Road.choices)
    weight = models.FloatField(default=1)
    """Of the draw."""
    risks = models.JSONField(default=list)
    """Codes of `domain.review_sampling.RISKS` that the record has."""
    drawn_at = models.DateTimeField()
    drawn_by = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")
    due = models.DateField(null=True)
    sorted_on = models.DateField(default=date.max)
    """Where it stands in the list: the day it is due; what has no day stands last."""
    asked_of = models.CharField(max_length=20, default="supervisor")
    """The role that assesses it, as the playbook's `review` said when it was drawn (`access.assesses`)."""
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    points = models.JSONField(default=dict)
    """Points given to each item of the score card: code → points; an item that does not apply is not in it."""
    score = models.FloatField(null=True)
    """Out of 100."""
    reviewed_by = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    """When it last went back to whoever made the record; None where it never did."""
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["branch", "state", "day"]),
            models.Index(fields=["staff", "state"]),
            models.Index(fields=["state", "-settled_at", "-id"]),
            models.Index(fields=["state", "sorted_on", "-weight", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.state}"


class ReviewRemark(models.Model):
    """One thing said about a reviewed record, by the reviewer or by whoever made it."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="remarks")
    at = models.DateTimeField()
    by = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")
    words = SealedTextField()

    class Meta:
        ordering: ClassVar = ["at", "id"]

    def __str__(self) -> str:
        return str(self.at)
