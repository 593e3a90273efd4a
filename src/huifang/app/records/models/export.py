"""Large exports, which a second person allows."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from huifang.app.records.fields import SealedTextField
from huifang.app.records.models.organisation import Branch, Staff


class ExportRequest(models.Model):
    """Somebody asks to take out many rows; another person allows or refuses; what is allowed can be taken once, for a short time."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for a second person")
        ALLOWED = "allowed", _("Allowed")
        REFUSED = "refused", _("Refused")
        TAKEN = "taken", _("Taken out")

    class Kind(models.TextChoices):
        REGISTER = "register", _("Register")
        ANSWERS = "answers", _("Answers")

    by = models.ForeignKey(Staff, models.CASCADE, related_name="export_requests")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.REGISTER)
    playbook = models.CharField(max_length=60)
    register = models.CharField(max_length=60)
    """The register's key, or the questionnaire's."""
    choice = models.CharField(max_length=120, blank=True)
    """Which answers, as the query of the results page."""
    first = models.DateField()
    last = models.DateField()
    branch = models.ForeignKey(Branch, models.CASCADE, null=True, blank=True, related_name="+")
    """The one branch that was chosen; null: all that the asker sees."""
    branches = models.ManyToManyField(Branch, related_name="+")
    """The branches whose rows it held when it was asked for."""
    everything = models.BooleanField(default=False)
    """It held rows of all branches, and those without one."""
    form = models.CharField(max_length=10)
    """xlsx | pdf; of answers csv | xlsx | sav | json"""
    rows = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Staff, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField()
    """Nothing can be done with it after this."""
    token = SealedTextField(default="", blank=True)
    """The secret part of the link, once it is allowed."""
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "until"])]
        ordering: ClassVar = ["-asked_at"]

    def __str__(self) -> str:
        return f"{self.playbook}/{self.register} {self.state}"
