"""Reports that are sent by themselves: to whom, and what became of each."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from huifang.app.records.fields import SealedTextField
from huifang.app.records.models.organisation import Branch, Staff


class ReportSubscription(models.Model):
    """One report for one member of staff, sent when its period is over. The file holds what that person may see."""

    class Form(models.TextChoices):
        PDF = "pdf", "PDF"
        DOCX = "docx", "Word"
        XLSX = "xlsx", "Excel"

    playbook = models.CharField(max_length=60)
    report = models.CharField(max_length=60)
    form = models.CharField(max_length=10, choices=Form.choices, default=Form.PDF)
    to = models.ForeignKey(Staff, models.CASCADE, related_name="report_subscriptions")
    address = SealedTextField()
    """The e-mail address."""
    branch = models.ForeignKey(Branch, models.CASCADE, null=True, related_name="+")
    """Only this branch; None: all that the person sees."""
    since = models.DateField()
    """Periods that ended before this day are not sent."""
    made_by = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")
    active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["playbook", "report", "id"]

    def __str__(self) -> str:
        return f"{self.playbook}/{self.report} {self.to_id}"


class ReportMailing(models.Model):
    """One report of one period on its way to one person. Written before it is sent, so that it is never sent twice."""

    class State(models.TextChoices):
        SENDING = "sending", _("Under way")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        UNKNOWN = "unknown", _("Unknown")

    subscription = models.ForeignKey(ReportSubscription, models.CASCADE, related_name="mailings")
    first = models.DateField()
    last = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.SENDING)
    tries = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField()
    words = models.JSONField(default=dict, blank=True)
    """{zh, en}: what the mail server said."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["subscription", "first"], name="report_mailing_once")]
        ordering: ClassVar = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.first} {self.state}"
