"""What was created and changed, remembered so that it can be undone: the fields before, and a hash of the fields after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from hashlib import blake2b
from operator import attrgetter
from typing import Any

from django.db.models import Model

from huifang.app.records import bulk
from huifang.app.records.json_text import json_text_in_order
from huifang.app.records.models import Agreement, Branch, ContactPoint, Customer, Event, ImportBatch, ImportChange, Staff

TRACKED: dict[type[Model], tuple[str, ...]] = {
    ContactPoint: ("customer_id", "kind", "value", "label", "primary", "usable", "mobile"),
    Event: ("customer_id", "kind", "code", "at", "day", "amount", "branch_id", "staff_id", "attributes"),
    Agreement: ("customer_id", "kind", "code", "starts", "ends", "status", "amount", "attributes"),
    Customer: (
        "code", "kind", "status", "name", "branch_id", "owner_id", "time_zone", "language", "birthday", "birthday_lunar", "attributes",
        "notes", "first_seen", "merged_into_id",
    ),
    Staff: ("code", "name", "role", "branch_id", "department", "capacity", "hours", "skills", "is_active"),
    Branch: ("code", "name", "time_zone", "calendar", "active"),
}  # fmt: skip
"""The fields of each table that count as its content, in the order in which tables are undone."""
MODELS: dict[str, type[Model]] = {str(model._meta.model_name): model for model in TRACKED}


_WRITTEN: dict[type[Model], tuple[str, ...]] = {
    Customer: (*TRACKED[Customer], "name_index"),
    ContactPoint: (*TRACKED[ContactPoint], "value_index", "tail_index"),
    Event: TRACKED[Event],
    Agreement: TRACKED[Agreement],
}
"""The fields of plain rows that are written when they are new; the others take their defaults."""
_AS_THEY_ARE = {str, int, bool, type(None)}
_CONTENT: dict[type[Model], Callable[[Any], tuple[Any, ...]]] = {model: attrgetter(*names) for model, names in TRACKED.items()}
ENTRIES = 2_000
"""Rows of one line of what is remembered."""


def fingerprint(row: Model) -> str:
    """Hash of a row's content; equal for a row just written and the same row read again."""
    return _fingerprints(type(row), [row])[0]


def _fingerprints(model: type[Model], rows: Sequence[Any]) -> list[str]:
    columns = map(_said, zip(*map(_CONTENT[model], rows), strict=True))
    said = (repr(one).encode("utf-8", "surrogatepass") for one in zip(*columns, strict=True))
    return [blake2b(one, digest_size=8).hexdigest() for one in said]


def _said(column: Sequence[Any]) -> Sequence[Any]:
    """A column as text, numbers and None, the same however its values were made."""
    kinds = {*map(type, column)} - _AS_THEY_ARE
    if not kinds:
        return column
    if kinds <= {date, datetime}:
        known: dict[Any, str | None] = {value: str(value) for value in set(column)} | {None: None}
        return [known[value] for value in column]
    tell = json_text_in_order if kinds <= {dict, list} else str
    return [None if value is None else tell(value) for value in column]


class Changed:
    """Rows of one table that a batch of rows creates or changes: plain rows of `held`, or objects of the model."""

    def __init__(self, model: type[Model]) -> None:
        self.model = model
        self.created: list[Any] = []
        self.before: dict[int, dict[str, Any]] = {}
        self.objects: dict[int, Any] = {}

    def put(self, row: Any, name: str, value: Any) -> bool:
        """Set a field; whether that changes anything. A row not yet written is just filled."""
        old = getattr(row, name)
        if old == value:
            return False
        if row.pk is not None:
            kept = self.before.setdefault(row.pk, {})
            kept.setdefault(name, old)
            self.objects[row.pk] = row
        setattr(row, name, value)
        return True

    def write(self, batch: ImportBatch | None) -> None:
        """Write everything, and remember it for `batch`."""
        self._create()
        self._change()
        if batch is None:
            return
        before = [None] * len(self.created) + list(self.before.values())
        rows = self.created + [self.objects[pk] for pk in self.before]
        entries = list(zip((row.pk for row in rows), before, _fingerprints(self.model, rows), strict=True))
        ImportChange.objects.bulk_create(
            ImportChange(batch=batch, model=str(self.model._meta.model_name), count=len(some), changes=json_text_in_order(some))
            for some in (entries[start : start + ENTRIES] for start in range(0, len(entries), ENTRIES))
        )

    def _create(self) -> None:
        if self.model not in _WRITTEN:
            self.model._default_manager.bulk_create(self.created, batch_size=2000)
            return
        for row, number in zip(self.created, bulk.numbers(self.model, len(self.created)), strict=True):
            row.pk = number
        names = _WRITTEN[self.model]
        bulk.write(self.model, ("id", *names), map(attrgetter("pk", *names), self.created))

    def _change(self) -> None:
        alike: dict[tuple[str, ...], list[int]] = {}
        for pk, fields in self.before.items():
            alike.setdefault(tuple(sorted(fields)), []).append(pk)
        for names, numbers in alike.items():
            bulk.change(self.model, names, list(map(attrgetter(*names, "pk"), map(self.objects.__getitem__, numbers))))
