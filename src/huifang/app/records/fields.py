"""Model fields for personal data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from huifang.app.crypto import seal, unseal

if TYPE_CHECKING:
    _TextField = models.Field[str, str]
else:
    _TextField = models.Field


class SealedTextField(_TextField):
    """Text that is encrypted at rest. Python sees `str`; the database sees sealed bytes; it cannot be filtered or ordered by.

    The associated data is ``<model>.<column>``, so a value copied into another column does not open.
    """

    def get_internal_type(self) -> str:
        """Stored as bytes."""
        return "BinaryField"

    @property
    def purpose(self) -> str:
        """What a value is sealed for."""
        return f"{self.model._meta.model_name}.{self.column}"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: ARG002
        """Seal; the empty text stays empty bytes."""
        if value is None:
            return None
        return connection.Database.Binary(seal(value, self.purpose) if value else b"")

    def from_db_value(self, value: Any, _expression: object, _connection: object) -> str | None:
        """Unseal."""
        if value is None:
            return None
        return unseal(value, self.purpose) if value else ""
