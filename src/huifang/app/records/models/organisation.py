"""Who runs the follow-up: branches, staff, absences, own calendar days."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class Branch(models.Model):
    """A place of the business."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=60, default="Asia/Shanghai")
    calendar = models.CharField(max_length=20, default="CN")
    active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a member of staff may do; what whom exactly stands in `app.access`."""

    AGENT = "agent", _("Agent")
    SUPERVISOR = "supervisor", _("Supervisor")
    REVIEWER = "reviewer", _("Quality reviewer")
    MANAGER = "manager", _("Manager")
    ADMINISTRATOR = "administrator", _("Administrator")
    SERVICE = "service", _("Other system")
    NONE = "none", _("No sign-in")


class StaffManager(BaseUserManager["Staff"]):
    """Looks staff up by sign-in name, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> Staff:
        """For Django's authentication."""
        return self.get(sign_in_name__iexact=username)


class Staff(AbstractBaseUser):
    """A member of staff; one with a role other than `none` and a password may sign in."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    sign_in_name = models.CharField(max_length=80, null=True, blank=True, unique=True)
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.NONE)
    branch = models.ForeignKey(Branch, models.PROTECT, null=True, blank=True, related_name="staff")
    department = models.CharField(max_length=60, blank=True)
    """The department within the branch, by its name; people of one name there are one department."""
    scope = models.ManyToManyField(Branch, blank=True, related_name="+")
    all_branches = models.BooleanField(default=False)
    capacity = models.PositiveIntegerField(default=0)
    hours = models.CharField(max_length=80, default="", blank=True)
    """The shift by the branch's clock, ``09:00-12:00, 14:00-18:00``; empty: the day's places are for any time."""
    skills = models.JSONField(default=list, blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    theme = models.CharField(max_length=10, default="system")
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)

    objects = StaffManager()
    USERNAME_FIELD = "sign_in_name"
    REQUIRED_FIELDS: ClassVar = []

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(Lower("sign_in_name"), name="staff_sign_in_name_any_case")]
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name


class Absence(models.Model):
    """Days a member of staff is away; their work goes to the substitute or to the branch."""

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="absences")
    first_day = models.DateField()
    last_day = models.DateField()
    substitute = models.ForeignKey(Staff, models.SET_NULL, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(last_day__gte=models.F("first_day")), name="absence_ends_after_start")
        ]
        ordering: ClassVar = ["first_day"]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.first_day}–{self.last_day}"


class CalendarOverride(models.Model):
    """A day the business itself has set, over the published calendar."""

    calendar = models.CharField(max_length=20)
    day = models.DateField()
    working = models.BooleanField()
    label = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["calendar", "day"], name="calendar_override_once")]
        ordering: ClassVar = ["calendar", "day"]

    def __str__(self) -> str:
        return f"{self.calendar} {self.day}"
