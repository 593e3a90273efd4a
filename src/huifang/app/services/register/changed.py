"""What a batch of rows creates and changes in one table, before any of it is written. Pure."""

from __future__ import annotations

from typing import Any


class Changed:
    """Rows of one table: plain rows of `held`, or objects of the model. `before`: id → the changed fields as they were."""

    def __init__(self) -> None:
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
