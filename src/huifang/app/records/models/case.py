"""Cases: something that must be solved, its history, who was called, what was given and promised."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from huifang.app.records.fields import SealedTextField
from huifang.app.records.models.contact import Record
from huifang.app.records.models.customer import Customer
from huifang.app.records.models.measure import Measure
from huifang.app.records.models.organisation import Branch, Staff
from huifang.app.records.models.plan import PlaybookVersion

FAR = datetime(2999, 12, 31, tzinfo=UTC)
"""Sorts a case whose clock stands still behind all others."""


class Case(models.Model):
    """Something that must be solved, with owner, clocks and an answer to the customer. Clocks are computed from its history."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        ANSWERED = "answered", _("Answered")
        SOLVED = "solved", _("Solved")
        CLOSED = "closed", _("Closed")

    class Verdict(models.TextChoices):
        NONE = "", ""
        HAPPY = "happy", _("Content afterwards")
        UNHAPPY = "unhappy", _("Not content afterwards")

    number = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=60)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="cases")
    record = models.ForeignKey(Record, models.SET_NULL, null=True, related_name="cases")
    playbook_version = models.ForeignKey(PlaybookVersion, models.PROTECT, null=True, related_name="+")
    branch = models.ForeignKey(Branch, models.PROTECT, null=True, related_name="cases")
    owner = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="cases")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    work_state = models.CharField(max_length=60, blank=True)
    """The playbook's own state of work."""
    title = SealedTextField()
    opened_at = models.DateTimeField()
    round = models.PositiveSmallIntegerField(default=1)
    """1 when opened; one more with every reopening."""
    round_at = models.DateTimeField(null=True, blank=True)
    first_answer_due = models.DateTimeField(null=True, blank=True)
    solve_due = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    solved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    lane = models.PositiveSmallIntegerField(default=1)
    """0: the fast lane; 1: the ordinary one."""
    level = models.PositiveSmallIntegerField(default=0)
    """The highest level that was called in this round."""
    next_call_at = models.DateTimeField(null=True, blank=True, db_index=True)
    sorted_at = models.DateTimeField(default=FAR)
    """Where it stands in the list: when the running clock runs out; for a closed case when it was closed."""
    own_calendar = models.BooleanField(default=True)
    """False where the branch's calendar is missing and the clocks count by another."""
    cause = models.CharField(max_length=200, blank=True)
    """A cause of the playbook (``quality.parts``) or free words."""
    solution = SealedTextField(default="", blank=True)
    measure = models.ForeignKey(Measure, models.SET_NULL, null=True, related_name="cases")
    verdict = models.CharField(max_length=10, choices=Verdict.choices, default=Verdict.NONE, blank=True)
    """What the customer said of the solution when asked again."""
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, related_name="merged")
    split_from = models.ForeignKey("self", models.SET_NULL, null=True, related_name="split")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["branch", "state", "solve_due"]),
            models.Index(fields=["lane", "sorted_at", "id"]),
            models.Index(fields=["customer", "-opened_at"]),
            models.Index(fields=["opened_at", "cause"]),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def fast(self) -> bool:
        """Whether it goes in the fast lane."""
        return self.lane == 0


class CaseStep(models.Model):
    """One thing done or said about a case; the history of it."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="steps")
    at = models.DateTimeField()
    by = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")
    what = models.CharField(max_length=20)
    """opened | comment | assigned | moved | answered | paused | resumed | solved | closed | reopened | escalated | proposed | approved |
    refused | promised | kept | withdrawn | measure | merged | split | content"""
    words = SealedTextField(default="", blank=True)
    detail = models.JSONField(default=dict, blank=True)
    """What it was about: ``to``, ``state``, ``level``, ``amount``, ``case``; no personal data."""

    class Meta:
        ordering: ClassVar = ["at", "id"]

    def __str__(self) -> str:
        return self.what


class CaseCall(models.Model):
    """One call of one level in one round: made once, whoever sweeps and how often."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="calls")
    round = models.PositiveSmallIntegerField()
    level = models.PositiveSmallIntegerField()
    times = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "round", "level", "times"], name="case_call_once")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.round}.{self.level}.{self.times}"


class CaseCompensation(models.Model):
    """Something given to the customer: proposed by one person, approved by another."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for approval")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")

    case = models.ForeignKey(Case, models.CASCADE, related_name="compensations")
    kind = models.CharField(max_length=60)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    words = SealedTextField(default="", blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    proposed_by = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"


class CasePromise(models.Model):
    """What was promised to the customer until when."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="promises")
    words = SealedTextField()
    due_at = models.DateTimeField()
    made_by = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    next_notice_at = models.DateTimeField(null=True, blank=True, db_index=True)
    """When somebody is told next: first the reminder, then that it is late; None: no more."""
    reminded_at = models.DateTimeField(null=True, blank=True)
    kept_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["due_at", "id"]

    def __str__(self) -> str:
        return str(self.due_at)

    @property
    def open(self) -> bool:
        """Neither kept nor taken back."""
        return self.kept_at is None and self.withdrawn_at is None
