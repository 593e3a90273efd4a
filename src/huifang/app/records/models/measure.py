"""Measures: what is done about a problem that was found, by whom, until when, and whether it helped."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from huifang.app.records.models.organisation import Branch, Staff


class Measure(models.Model):
    """One improvement, from plan to finished. Holds no personal data."""

    class Stage(models.TextChoices):
        PLAN = "plan", _("Plan")
        DO = "do", _("Do")
        CHECK = "check", _("Check")
        ACT = "act", _("Act")
        DONE = "done", _("Finished")

    title = models.CharField(max_length=200)
    cause = models.CharField(max_length=200, blank=True)
    """The cause it is against; empty: none in particular."""
    branch = models.ForeignKey(Branch, models.PROTECT, null=True, related_name="+")
    """Where; None: everywhere."""
    owner = models.ForeignKey(Staff, models.PROTECT, related_name="measures")
    due = models.DateField()
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.PLAN)
    indicator = models.CharField(max_length=40)
    """What it should move; `queries.indicators` measures them."""
    programme = models.CharField(max_length=60, blank=True)
    """Measured over the records of this programme; empty: of all."""
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")
    begun_on = models.DateField(null=True, blank=True)
    carried_out_on = models.DateField(null=True, blank=True)
    finished_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["stage", "due"]), models.Index(fields=["cause"])]
        ordering: ClassVar = ["due", "id"]

    def __str__(self) -> str:
        return self.title


class MeasureStep(models.Model):
    """One step of a measure with its evidence."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="steps")
    at = models.DateTimeField()
    by = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")
    stage = models.CharField(max_length=10, choices=Measure.Stage.choices)
    """The stage that this step ended."""
    words = models.TextField()

    class Meta:
        ordering: ClassVar = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.measure_id} {self.stage}"
