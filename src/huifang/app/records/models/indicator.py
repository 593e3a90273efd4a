"""What has been counted: the counters of each day, kept so that a page adds up hundreds of rows instead of reading all records."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from huifang.app.records.models.organisation import Branch


class IndicatorDay(models.Model):
    """The counters of `domain.indicators.COUNTERS` for one day (or month), branch and programme, and of these for one person or class.

    Counted anew from the records by a job (`services.indicator_days`); never edited. Holds no personal data.
    """

    class Kind(models.TextChoices):
        ALL = "", ""
        PERSON = "person", "person"
        GROUP = "class", "class"

    class Grain(models.TextChoices):
        DAY = "day", "day"
        MONTH = "month", "month"

    grain = models.CharField(max_length=5, choices=Grain.choices)
    day = models.DateField()
    """The day, or the first of the month."""
    week = models.DateField()
    """The Monday of its week."""
    branch = models.ForeignKey(Branch, models.CASCADE, null=True, related_name="+", db_index=False)
    programme = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.ALL, blank=True)
    key = models.CharField(max_length=200, blank=True)
    """Of a person the number, of a class its title in both languages (`group_key`); empty: nobody's, no class."""
    due = models.PositiveIntegerField(default=0)
    covered = models.PositiveIntegerField(default=0)
    tried = models.PositiveIntegerField(default=0)
    reached = models.PositiveIntegerField(default=0)
    rated = models.PositiveIntegerField(default=0)
    satisfied = models.PositiveIntegerField(default=0)
    scored = models.PositiveIntegerField(default=0)
    points = models.FloatField(default=0)
    nps_answers = models.PositiveIntegerField(default=0)
    promoters = models.PositiveIntegerField(default=0)
    detractors = models.PositiveIntegerField(default=0)
    csat_answers = models.PositiveIntegerField(default=0)
    content = models.PositiveIntegerField(default=0)
    praises = models.PositiveIntegerField(default=0)
    suggestions = models.PositiveIntegerField(default=0)
    complaints = models.PositiveIntegerField(default=0)
    cases = models.PositiveIntegerField(default=0)
    answered = models.PositiveIntegerField(default=0)
    answer_hours = models.FloatField(default=0)
    solved = models.PositiveIntegerField(default=0)
    reopened = models.PositiveIntegerField(default=0)
    watched = models.PositiveIntegerField(default=0)
    returned = models.PositiveIntegerField(default=0)
    buyers = models.PositiveIntegerField(default=0)
    again = models.PositiveIntegerField(default=0)
    aged = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["grain", "kind", "day"]), models.Index(fields=["grain", "kind", "key", "day"])]

    def __str__(self) -> str:
        return f"{self.day} {self.programme} {self.kind} {self.key}"


class IndicatorState(models.Model):
    """When the indicators were last counted, and from which day on they have been; one row, held while they are written."""

    counted_at = models.DateTimeField(null=True)
    since = models.DateField(null=True)

    def __str__(self) -> str:
        return str(self.counted_at)
