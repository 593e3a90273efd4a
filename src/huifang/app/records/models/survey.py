"""Questionnaires that customers answer by themselves: links, what is half answered, what was answered."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from huifang.app.records.fields import SealedTextField
from huifang.app.records.models.contact import Record
from huifang.app.records.models.customer import Customer
from huifang.app.records.models.organisation import Branch, Staff
from huifang.app.records.models.plan import FollowUp, PlaybookVersion


class Survey(models.Model):
    """A playbook's questionnaire as it is answered through links. What was promised about anonymity holds from the first answer on."""

    playbook = models.CharField(max_length=60)
    questionnaire = models.CharField(max_length=60)
    anonymous = models.BooleanField(default=False)
    answered = models.BooleanField(default=False)
    """Somebody has answered it: anonymity cannot be switched off any more."""
    open = models.BooleanField(default=True)
    words_until = models.DateField(null=True)
    """The last day of the months whose nameless words have been taken as feedback."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["playbook", "questionnaire"], name="survey_once")]

    def __str__(self) -> str:
        return f"{self.playbook} {self.questionnaire}"


class SurveyInvitation(models.Model):
    """A link. Its token has 192 random bits and is found by its SHA-256; the link itself is sealed, to be sent again or shown as a code.

    A personal one belongs to a customer and is used once; an open one and a tablet's are for anybody who stands before them.
    """

    class Kind(models.TextChoices):
        PERSONAL = "personal", _("Personal link")
        OPEN = "open", _("Open link")
        TABLET = "tablet", _("On this device")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        ANSWERED = "answered", _("Answered")
        CLOSED = "closed", _("Closed")

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="invitations")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    token_hash = models.CharField(max_length=64, unique=True)
    token = SealedTextField()
    playbook_version = models.ForeignKey(PlaybookVersion, models.PROTECT, null=True, related_name="+")
    """The version a personal link asks; the others ask the one in force."""
    programme = models.CharField(max_length=60, blank=True)
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, related_name="survey_invitations")
    branch = models.ForeignKey(Branch, models.PROTECT, null=True, related_name="+")
    followup = models.ForeignKey(FollowUp, models.CASCADE, null=True, related_name="survey_invitations")
    reminder = models.ForeignKey(FollowUp, models.SET_NULL, null=True, related_name="+")
    """The follow-up of the last reminder."""
    reminders = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField()
    made_by = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kind", "state", "expires_at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class SurveyPart(models.Model):
    """What somebody has answered so far. Emptied when it is sent off; what stays only says that this form has been used."""

    key_hash = models.CharField(max_length=64, unique=True)
    """Hash of a number drawn for the form, which only the form holds."""
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="+")
    invitation = models.OneToOneField(SurveyInvitation, models.CASCADE, null=True, related_name="part")
    """Of a personal link whose answers are not anonymous: they can be taken up on another device."""
    playbook_version = models.ForeignKey(PlaybookVersion, models.PROTECT, null=True, related_name="+")
    content = SealedTextField(default="", blank=True)
    used = models.BooleanField(default=False)
    day = models.DateField()

    def __str__(self) -> str:
        return str(self.day)


class SurveyResponse(models.Model):
    """One questionnaire answered through a link, by one version of it.

    Of a known customer, the answers stand in the record. Otherwise they stand here, and nothing beside them leads to a person: no token,
    address, device, or time finer than a day; the number is drawn, so that it tells no order.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="responses")
    playbook_version = models.ForeignKey(PlaybookVersion, models.PROTECT, related_name="+")
    questionnaire_version = models.PositiveIntegerField()
    record = models.OneToOneField(Record, models.CASCADE, null=True, related_name="survey_response")
    branch = models.ForeignKey(Branch, models.PROTECT, null=True, related_name="+")
    way = models.CharField(max_length=10, choices=SurveyInvitation.Kind.choices)
    language = models.CharField(max_length=16)
    day = models.DateField()
    marks = models.JSONField(default=list)
    fingerprint = models.CharField(max_length=32)
    """Keyed hash of the answers: equal ones are marked."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["survey", "day"]), models.Index(fields=["survey", "fingerprint"])]

    def __str__(self) -> str:
        return f"{self.day} {self.way}"


class SurveyAnswer(models.Model):
    """One answer of a response that belongs to nobody. Free text is sealed; the number is drawn, so that it tells no order."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    response = models.ForeignKey(SurveyResponse, models.CASCADE, related_name="answers")
    question = models.CharField(max_length=60)
    value = models.CharField(max_length=200, blank=True)
    text = SealedTextField(default="", blank=True)
    score = models.FloatField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["response", "question"], name="survey_answer_once")]

    def __str__(self) -> str:
        return self.question


class RateCount(models.Model):
    """How often something was tried in a stretch of time. The key is a keyed hash; what is over is deleted."""

    key = models.CharField(max_length=40)
    window = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["key", "window"], name="rate_count_once")]

    def __str__(self) -> str:
        return str(self.count)
