"""That somebody's personal data were erased on request: kept by keyed hash, so that the same file does not bring them back."""

from __future__ import annotations

from django.db import models

from huifang.app.records.models.customer import Customer


class ErasedIdentity(models.Model):
    """By what an import would know an erased person again: the business's number, or a phone with the name; a keyed hash of each."""

    index = models.CharField(max_length=32, unique=True)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="erased_identities")

    def __str__(self) -> str:
        return str(self.customer_id)
