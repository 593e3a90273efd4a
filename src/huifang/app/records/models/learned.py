"""What was learned about customers, and the history of their classes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from huifang.app.records.fields import SealedTextField
from huifang.app.records.models.customer import Customer


class LearnedNumber(models.Model):
    """One learned number of one customer (`playbooks.known_names.LEARNED`), of the last learning and the one before."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="learned")
    name = models.CharField(max_length=40)
    value = models.FloatField()
    as_of = models.DateField()
    model = models.CharField(max_length=40)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["customer", "name", "as_of"], name="learned_number_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.as_of}"


class ClassSpell(models.Model):
    """A time in which a customer had a class or a step of a ladder (`domain.class_history.Spell`). The reason's figures are sealed."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="class_spells")
    playbook = models.CharField(max_length=60)
    name = models.CharField(max_length=60)
    step = models.CharField(max_length=60, blank=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    by = models.CharField(max_length=10)
    reason_zh = SealedTextField()
    reason_en = SealedTextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "playbook", "name", "step"], condition=models.Q(until=None), name="class_spell_open_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["customer", "since"])]

    def __str__(self) -> str:
        return f"{self.playbook} {self.name} {self.since}"
