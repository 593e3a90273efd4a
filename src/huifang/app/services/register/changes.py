"""What was created and changed, remembered so that it can be undone: the fields before, and a hash of the fields after."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from django.db.models import Model

from huifang.app.records.models import Agreement, Branch, ContactPoint, Customer, Event, ImportBatch, ImportChange, Staff

TRACKED: dict[type[Model], tuple[str, ...]] = {
    ContactPoint: ("customer_id", "kind", "value", "label", "primary", "usable", "mobile"),
    Event: ("customer_id", "kind", "code", "at", "day", "amount", "branch_id", "staff_id", "attributes"),
    Agreement: ("customer_id", "kind", "code", "starts", "ends", "status", "amount", "attributes"),
    Customer: (
        "code", "kind", "status", "name", "branch_id", "owner_id", "time_zone", "language", "birthday", "birthday_lunar", "attributes",
        "notes", "first_seen", "merged_into_id",
    ),
    Staff: ("code", "name", "role", "branch_id", "capacity", "skills", "is_active"),
    Branch: ("code", "name", "time_zone", "calendar", "active"),
}  # fmt: skip
"""The fields of each table that count as its content, in the order in which tables are undone."""
MODELS: dict[str, type[Model]] = {str(model._meta.model_name): model for model in TRACKED}


def fingerprint(row: Model) -> str:
    """Hash of a row's content; equal for a row just written and the same row read again."""
    content = [getattr(row, name) for name in TRACKED[type(row)]]
    text = json.dumps(content, default=_plain, sort_keys=True, ensure_ascii=False)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _plain(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


class Changed:
    """Objects of one table that a batch of rows creates or changes."""

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
        self.model._default_manager.bulk_create(self.created, batch_size=2000)
        names = sorted({name for fields in self.before.values() for name in fields})
        if names:
            self.model._default_manager.bulk_update(self.objects.values(), names, batch_size=200)
        entries: list[Sequence[Any]] = [(row.pk, None, fingerprint(row)) for row in self.created]
        entries += [(pk, fields, fingerprint(self.objects[pk])) for pk, fields in self.before.items()]
        if batch is not None and entries:
            text = json.dumps(entries, default=_plain, ensure_ascii=False)
            ImportChange.objects.create(batch=batch, model=str(self.model._meta.model_name), count=len(entries), changes=text)
