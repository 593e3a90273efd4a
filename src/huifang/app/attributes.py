"""Attributes as they are kept, as JSON, and as playbooks declare them."""

from __future__ import annotations

from datetime import date
from math import isfinite
from typing import Any


def typed(value: Any, kind: str) -> object:
    """A kept attribute as a value of its declared type; None where it is none. No number is infinite or “not a number”."""
    if value is None or value == "":
        return None
    try:
        match kind:
            case "number":
                number = float(value)
                return number if isfinite(number) else None
            case "date":
                return date.fromisoformat(str(value)[:10])
            case "boolean":
                return value if isinstance(value, bool) else str(value).lower() in ("true", "1", "yes", "是")
            case _:
                return str(value)
    except (ValueError, OverflowError):
        return None
