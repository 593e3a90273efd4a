"""What belongs to messages: batches that wait for a second person, one's own addresses for tests, coupons."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from huifang.app.records.fields import SealedTextField
from huifang.app.records.models.customer import Customer
from huifang.app.records.models.organisation import Staff
from huifang.app.records.models.plan import FollowUp


class MassSending(models.Model):
    """All messages of one programme on one day, where they are many: they wait until a second person has let them go or stopped them."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for a second person")
        ALLOWED = "allowed", _("Let go")
        STOPPED = "stopped", _("Stopped for good")

    playbook = models.CharField(max_length=60)
    programme = models.CharField(max_length=60)
    day = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    number = models.PositiveIntegerField()
    """How many messages there were when it was asked for or, once decided, when it was decided."""
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Staff, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["playbook", "programme", "day"], name="mass_sending_once")]
        ordering: ClassVar = ["-day", "-id"]

    def __str__(self) -> str:
        return f"{self.playbook}/{self.programme} {self.day} {self.state}"


class StaffAddress(models.Model):
    """Where a member of staff gets test messages of a channel."""

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="addresses")
    channel = models.CharField(max_length=12)
    address = SealedTextField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["staff", "channel"], name="staff_address_once")]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.channel}"


class CouponPool(models.Model):
    """The codes of one coupon that a playbook declares; its title and validity stand in the playbook."""

    playbook = models.CharField(max_length=60)
    coupon = models.CharField(max_length=60)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["playbook", "coupon"], name="coupon_pool_once")]
        ordering: ClassVar = ["playbook", "coupon"]

    def __str__(self) -> str:
        return f"{self.playbook}/{self.coupon}"


class Coupon(models.Model):
    """One code. Given to one customer for one follow-up, never to another; handed in at most once."""

    pool = models.ForeignKey(CouponPool, models.CASCADE, related_name="coupons")
    code = SealedTextField()
    code_index = models.CharField(max_length=64, unique=True)
    followup = models.ForeignKey(FollowUp, models.SET_NULL, null=True, blank=True, related_name="coupons")
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True, blank=True, related_name="coupons")
    given_at = models.DateTimeField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    """The last day on which it holds; set when it is given."""
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(Staff, models.SET_NULL, null=True, blank=True, related_name="+")
    """Who took it in."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["pool", "followup"], name="coupon_once_for_a_follow_up")]
        indexes: ClassVar = [models.Index(fields=["pool", "given_at"])]

    def __str__(self) -> str:
        return f"{self.pool_id} {self.pk}"
