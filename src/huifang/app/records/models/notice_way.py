"""How colleagues are told outside the product: robots, what each person has chosen, and what became of each telling."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from huifang.app.records.fields import SealedTextField
from huifang.app.records.models.machinery import Notice
from huifang.app.records.models.organisation import Branch, Staff


class NoticeRobot(models.Model):
    """A robot of a chat group: a person's own, or a branch's (neither: the whole business's). Its address is as secret as a password."""

    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=12)
    url = SealedTextField()
    secret = SealedTextField(default="", blank=True)
    staff = models.OneToOneField(Staff, models.CASCADE, null=True, blank=True, related_name="robot")
    branch = models.ForeignKey(Branch, models.CASCADE, null=True, blank=True, related_name="+")
    about = models.JSONField(default=list)
    """Kinds of notices that a group hears of (`domain.notice_ways.Kind`); a person's own choice stands in `NoticeChoice`."""
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class NoticeChoice(models.Model):
    """What a person has chosen: `about` by way (``{"mail": ["cases"], "robot": []}``), where to, and when not."""

    staff = models.OneToOneField(Staff, models.CASCADE, related_name="notice_choice")
    address = SealedTextField(default="", blank=True)
    about = models.JSONField(default=dict)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_to = models.TimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.staff_id)


class NoticeDelivery(models.Model):
    """One telling by one way. Noted as `sending` before anything leaves; what a crash leaves there is `unknown`, never sent again."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        UNKNOWN = "unknown", _("Not known")

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries")
    way = models.CharField(max_length=8)
    robot = models.ForeignKey(NoticeRobot, models.CASCADE, null=True, blank=True, related_name="deliveries")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    at = models.DateTimeField()
    words = models.JSONField(default=dict, blank=True)
    """{zh, en}: what became of it."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "next_at"])]
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.way} {self.state}"
