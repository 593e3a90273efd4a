"""Follow-ups that a dialler calls: lists handed over, their rows, and files of results as they were read."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from huifang.app.records.fields import SealedTextField
from huifang.app.records.models.contact import Attempt
from huifang.app.records.models.organisation import Branch, Staff
from huifang.app.records.models.plan import FollowUp


class DiallingList(models.Model):
    """Follow-ups of one day that were handed to a dialler together, each through the gate."""

    driver = models.CharField(max_length=20)
    """Name of the driver: by file or by HTTP."""
    day = models.DateField(db_index=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")
    until = models.DateTimeField()
    """After it nobody on the list may be called."""
    left_out = models.JSONField(default=list)
    """What the gate refused: [{rule, zh, en, number}]."""
    taken_at = models.DateTimeField(null=True, blank=True)
    """When the file was taken out first."""

    def __str__(self) -> str:
        return f"{self.day} {self.driver}"


class DiallingRow(models.Model):
    """One follow-up on a list, in the dialler's hand under `fence` until its result comes or a person takes it back."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits to be pushed")
        OUT = "out", _("With the dialler")
        UNKNOWN = "unknown", _("No result in time")
        DONE = "done", _("Result taken")
        RETURNED = "returned", _("Taken back, not called")

    list = models.ForeignKey(DiallingList, models.CASCADE, related_name="rows")
    followup = models.ForeignKey(FollowUp, models.PROTECT, related_name="+")
    branch = models.ForeignKey(Branch, models.PROTECT, null=True, related_name="+")
    attempt = models.OneToOneField(Attempt, models.SET_NULL, null=True, related_name="dialling")
    key = models.UUIDField(unique=True)
    """What the dialler knows it by: the attempt's ticket."""
    fence = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OUT)
    until = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True)
    """When it is pushed again."""
    maybe = models.BooleanField(default=False)
    """An answer was lost: the dialler may have it."""
    words = models.JSONField(default=dict, blank=True)
    """{zh, en}: what the dialler last said, or why it was taken back."""
    digest = models.CharField(max_length=64, blank=True)
    """Of the result that was taken; the same again changes nothing."""
    outside = models.CharField(max_length=40, blank=True)
    """The rule that the call broke where it was made against one."""
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["state", "until"])]

    def __str__(self) -> str:
        return f"{self.followup_id} {self.state}"


class DiallingResults(models.Model):
    """A file of results as it was read, kept sealed until somebody says to take it; then what became of each row."""

    by = models.ForeignKey(Staff, models.CASCADE, related_name="+")
    name = models.CharField(max_length=120)
    at = models.DateTimeField()
    rows = SealedTextField()
    """JSON: [{line, told or problem}]."""
    taken_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name
