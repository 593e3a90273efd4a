"""Files that answer a question."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from huifang.app.records.fields import SealedTextField
from huifang.app.records.models.contact import Record
from huifang.app.records.models.organisation import Staff
from huifang.app.records.models.plan import FollowUp
from huifang.app.records.models.survey import SurveyPart, SurveyResponse


class AnswerFile(models.Model):
    """A picture or PDF given as an answer, sealed at rest below the uploads folder; the answer itself is its name.

    It belongs to the form it was given in (`part`, or `followup` and `staff`) until that is sent off, then to the record or response.
    """

    key = models.UUIDField(unique=True)
    """Name of the sealed file."""
    question = models.CharField(max_length=60)
    name = SealedTextField()
    media_type = models.CharField(max_length=20)
    size = models.PositiveBigIntegerField()
    """Bytes of the open file."""
    day = models.DateField()
    """When it was given; no finer, like the answers of those who have no name."""
    part = models.ForeignKey(SurveyPart, models.CASCADE, null=True, related_name="files")
    followup = models.ForeignKey(FollowUp, models.CASCADE, null=True, related_name="answer_files")
    staff = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")
    record = models.ForeignKey(Record, models.CASCADE, null=True, related_name="files")
    response = models.ForeignKey(SurveyResponse, models.CASCADE, null=True, related_name="files")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["day"], condition=Q(record=None, response=None), name="answer_file_waiting")]

    def __str__(self) -> str:
        return str(self.key)
