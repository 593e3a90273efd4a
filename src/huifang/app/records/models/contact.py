"""What happened: attempts, records, answers, drafts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from huifang.app.records.fields import SealedTextField
from huifang.app.records.models.customer import ContactPoint, Customer, Event
from huifang.app.records.models.organisation import Branch, Staff
from huifang.app.records.models.plan import FollowUp, PlaybookVersion


class Attempt(models.Model):
    """One try on one channel: written by the gate before it begins, closed with what really happened. The ledger."""

    class State(models.TextChoices):
        ATTEMPTING = "attempting", _("Under way")
        ENDED = "ended", _("Ended")
        UNKNOWN = "unknown", _("Unknown")

    ticket = models.UUIDField(unique=True)
    key = models.CharField(max_length=64, unique=True)
    """Hash of customer, follow-up, step and channel: the same step cannot be written twice."""
    followup = models.ForeignKey(FollowUp, models.PROTECT, null=True, related_name="attempts")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="attempts")
    contact_point = models.ForeignKey(ContactPoint, models.SET_NULL, null=True, related_name="+")
    channel = models.CharField(max_length=12)
    purpose = models.CharField(max_length=20)
    programme = models.CharField(max_length=60)
    staff = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="attempts")
    branch = models.ForeignKey(Branch, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices, default=State.ATTEMPTING)
    at = models.DateTimeField()
    day = models.DateField()
    """The business's day."""
    local_day = models.DateField(null=True, blank=True)
    """The day the customer's own clock showed; caps in days count it. Null: the business's day."""
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, blank=True)
    reached = models.BooleanField(default=False)
    counted = models.BooleanField(default=True)
    """Counts toward caps; true until it is known that the customer noticed nothing."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer", "-at"]),
            models.Index(fields=["day", "staff"]),
            models.Index(fields=["at", "id"]),
            models.Index(fields=["state", "at"]),
        ]

    def __str__(self) -> str:
        return f"{self.at} {self.channel} {self.outcome}"


class Record(models.Model):
    """What was learned in one attempt: original words, satisfaction, next step. Answers stand beside it."""

    attempt = models.OneToOneField(Attempt, models.CASCADE, related_name="record")
    token = models.CharField(max_length=64, unique=True)
    """Hash of follow-up, fence and the form's own token: the same form saved twice is one record."""
    followup = models.ForeignKey(FollowUp, models.PROTECT, null=True, related_name="records")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="records")
    staff = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="records")
    handler = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")
    """Who had handled the event that is asked about: a rating belongs to them."""
    events = models.ManyToManyField(Event, related_name="+")
    """What it was about: the events behind the contact, all of them where several were spoken of together."""
    branch = models.ForeignKey(Branch, models.PROTECT, null=True, related_name="+")
    playbook_version = models.ForeignKey(PlaybookVersion, models.PROTECT, null=True, related_name="+")
    programme = models.CharField(max_length=60)
    questionnaire = models.CharField(max_length=60, blank=True)
    questionnaire_version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField()
    day = models.DateField()
    seconds = models.PositiveIntegerField(null=True, blank=True)
    words = SealedTextField(default="", blank=True)
    remark = SealedTextField(default="", blank=True)
    attitude = models.CharField(max_length=12, blank=True)
    """How the customer was: a key of `domain.attitudes.ATTITUDES`."""
    asked = SealedTextField(default="", blank=True)
    """What the customer wanted to know."""
    replied = SealedTextField(default="", blank=True)
    """How it was answered."""
    mean_score = models.FloatField(null=True, blank=True)
    min_score = models.FloatField(null=True, blank=True)
    satisfied = models.BooleanField(null=True, blank=True)
    next_step = models.CharField(max_length=20, blank=True)
    next_on = models.DateField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    """The hour of the next contact, where one was agreed with the customer or follows from the outcome on the same day."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["day", "branch"]), models.Index(fields=["customer", "-saved_at"])]

    def __str__(self) -> str:
        return f"{self.day} {self.programme} {self.customer_id}"


class Answer(models.Model):
    """One answer to one question of one version of a questionnaire. Free text is sealed."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="answers")
    question = models.CharField(max_length=60)
    value = models.CharField(max_length=200, blank=True)
    text = SealedTextField(default="", blank=True)
    score = models.FloatField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["record", "question"], name="answer_once")]

    def __str__(self) -> str:
        return self.question


class Correction(models.Model):
    """What a record said before somebody put it right, who did, when and why."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="corrections")
    by = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    why = SealedTextField()
    before = SealedTextField()
    """JSON: what was changed as it stood, by column of the record, and under ``answers`` by question (null: no answer)."""
    held = models.JSONField(default=list)
    """Reactions that have been carried out for the record so far, as ``programme:place``."""

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.record_id} {self.at}"


class Draft(models.Model):
    """What a person has typed for a follow-up and not saved yet."""

    followup = models.ForeignKey(FollowUp, models.CASCADE, related_name="drafts")
    staff = models.ForeignKey(Staff, models.CASCADE, related_name="+")
    content = SealedTextField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["followup", "staff"], name="draft_once")]

    def __str__(self) -> str:
        return str(self.saved_at)


class LastSaved(models.Model):
    """What a person has saved last, with what stood there before: so it can be taken back for a short time."""

    staff = models.OneToOneField(Staff, models.CASCADE, related_name="+")
    record = models.OneToOneField(Record, models.CASCADE, related_name="+")
    followup = models.ForeignKey(FollowUp, models.CASCADE, related_name="+")
    fence = models.PositiveIntegerField()
    """The follow-up's number when it was saved."""
    form = SealedTextField()
    """What was typed, as a draft keeps it."""
    before = models.JSONField()
    """Columns of the follow-up and its occurrences, promises that were open, a number that was usable."""

    def __str__(self) -> str:
        return str(self.record_id)
