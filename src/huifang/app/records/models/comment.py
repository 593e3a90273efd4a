"""What colleagues say to each other about a customer."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from huifang.app.records.fields import SealedTextField
from huifang.app.records.models.customer import Customer
from huifang.app.records.models.organisation import Staff


class Comment(models.Model):
    """One remark about a customer, for colleagues; those whom it speaks to have been told."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="comments")
    by = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")
    words = SealedTextField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["customer", "-at"])]

    def __str__(self) -> str:
        return str(self.at)
