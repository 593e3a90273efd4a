"""Work of somebody who is away in colleagues' hands, until they are back."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from huifang.app.records.models.customer import Customer
from huifang.app.records.models.organisation import Absence, Staff


class HandOver(models.Model):
    """One handing over of an absence. `returned_at`: what was still open then went back."""

    absence = models.ForeignKey(Absence, models.CASCADE, related_name="hand_overs")
    by = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    returned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.absence_id} {self.at}"


class HandedItem(models.Model):
    """One piece of work that was handed over: `number` is its id among those of its kind."""

    class Kind(models.TextChoices):
        PROMISE = "promise", _("Appointment")
        FOLLOWUP = "followup", _("Follow-up")
        CASE = "case", _("Case")

    hand_over = models.ForeignKey(HandOver, models.CASCADE, related_name="items")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    number = models.PositiveBigIntegerField()
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    to = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")
    given_back = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["hand_over", "kind", "number"], name="handed_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"
