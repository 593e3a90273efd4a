"""What customers say, statement by statement; the topics it may be about; what was learned from people's decisions."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from huifang.app.records.fields import SealedTextField
from huifang.app.records.models.case import Case
from huifang.app.records.models.contact import Record
from huifang.app.records.models.customer import Customer
from huifang.app.records.models.organisation import Branch, Staff


class FeedbackGroup(models.Model):
    """Statements that say the same: of one customer to several people, or of many customers about one matter."""

    opened_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)


class Feedback(models.Model):
    """One statement of a customer. Its first words are kept for ever: no service writes `words` twice."""

    class Kind(models.TextChoices):
        PRAISE = "praise", _("Praise")
        SUGGESTION = "suggestion", _("Suggestion")
        COMPLAINT = "complaint", _("Complaint")

    class State(models.TextChoices):
        READ = "read", _("Read by the system")
        UNSURE = "unsure", _("Unsure")
        DECIDED = "decided", _("Decided by a person")
        NOTHING = "nothing", _("No feedback in it")

    class Deed(models.TextChoices):
        """How a person decided; empty where only the reader has."""

        ENTERED = "entered", _("Entered")
        CORRECTED = "corrected", _("Corrected")
        AGREED = "agreed", _("Agreed")

    class Reader(models.TextChoices):
        """Who read it: the local reader; a language model that was asked; the local reader because that one could not be asked."""

        LOCAL = "local", _("Read locally")
        ASKED = "asked", _("A language model was asked")
        FALLBACK = "fallback", _("Read locally, because the language model did not answer")

    class Urgency(models.IntegerChoices):
        NONE = 0, _("Not urgent")
        SOON = 1, _("Soon")
        NOW = 2, _("At once")

    customer = models.ForeignKey(Customer, models.CASCADE, null=True, related_name="feedback")
    """None: words of somebody whose name is not known. Then nothing here leads to the answers they were said in."""
    branch = models.ForeignKey(Branch, models.PROTECT, null=True, related_name="+")
    """Of nameless words only, where enough people of the branch have said something; otherwise they are the whole business's."""
    record = models.ForeignKey(Record, models.CASCADE, null=True, related_name="feedback")
    source = models.CharField(max_length=40, null=True, unique=True)  # noqa: DJ001 - unique where there is one
    """Where the reader found it, once: ``record:12``, ``answer:40``, ``reply:7``; none for what a person entered."""
    kind = models.CharField(max_length=12, choices=Kind.choices)
    topic = models.CharField(max_length=60, blank=True)
    """Key of a topic of the tree, or words where a person wrote some that are none."""
    words = SealedTextField()
    at = models.DateTimeField()
    """When it was said; of nameless words the last second of the month, nothing finer is known."""
    state = models.CharField(max_length=10, choices=State.choices, default=State.DECIDED, db_default="decided")
    deed = models.CharField(max_length=10, choices=Deed.choices, blank=True, default=Deed.ENTERED, db_default="entered")
    urgency = models.PositiveSmallIntegerField(choices=Urgency.choices, default=0, db_default=0)
    sentiment = models.FloatField(null=True)
    """From -1 to 1, by the words alone."""
    confidence = models.FloatField(null=True)
    topic_confidence = models.FloatField(null=True)
    read_kind = models.CharField(max_length=12, blank=True, default="", db_default="")
    read_topic = models.CharField(max_length=60, blank=True, default="", db_default="")
    """What the reader had read before a person decided; stays."""
    reader = models.CharField(max_length=10, choices=Reader.choices, default=Reader.LOCAL, db_default="local")
    reader_model = models.CharField(max_length=100, blank=True, default="", db_default="")
    """Name of the language model that was asked."""
    decided_by = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    group = models.ForeignKey(FeedbackGroup, models.SET_NULL, null=True, related_name="statements")
    case = models.ForeignKey(Case, models.SET_NULL, null=True, related_name="statements")
    """The case in which it is dealt with, where one was opened for it or it was said again while one was open."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["state", "-at"]),
            models.Index(fields=["-at", "-id"]),
            models.Index(fields=["topic", "-at"]),
        ]

    def __str__(self) -> str:
        return self.kind


class TopicTreeVersion(models.Model):
    """The business's tree of topics as text; the newest holds. Without one the tree of the trade does."""

    text = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        return str(self.at)


class FeedbackModel(models.Model):
    """What was learned from people's decisions; the newest reads. Sealed, because parts of customers' words are in it."""

    at = models.DateTimeField()
    kinds = SealedTextField()
    """The arrays as an npz file, base64."""
    topics = SealedTextField(default="", blank=True)
    deeper = models.BooleanField(default=False, db_default=False)
    """Whether a reader that knows meaning learned the same, for what this one is unsure of; its arrays follow."""
    deeper_kinds = SealedTextField(default="", blank=True)
    deeper_topics = SealedTextField(default="", blank=True)
    tree = models.ForeignKey(TopicTreeVersion, models.SET_NULL, null=True, related_name="+")
    decided = models.PositiveIntegerField()
    topics_decided = models.PositiveIntegerField(default=0)
    asked = models.PositiveIntegerField(default=0)
    """Statements held out to see how well it reads; `right`, `sure`, `sure_right` are shares, `error` is the calibration error."""
    right = models.FloatField(null=True)
    sure = models.FloatField(null=True)
    sure_right = models.FloatField(null=True)
    error = models.FloatField(null=True)

    def __str__(self) -> str:
        return str(self.at)
