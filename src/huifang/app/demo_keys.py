"""Where a generated business's codes ended up in the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time

BATCH = 2000
MIDNIGHT = time(0)


@dataclass(slots=True)
class Keys:
    """Code → row, for each kind. By row: `branch_of` a customer, `phones` its first number; `event_days` and `handlers` of an event."""

    branches: dict[str, int] = field(default_factory=dict)
    staff: dict[str, int] = field(default_factory=dict)
    customers: dict[str, int] = field(default_factory=dict)
    branch_of: dict[int, int] = field(default_factory=dict)
    phones: dict[int, int] = field(default_factory=dict)
    events: dict[str, int] = field(default_factory=dict)
    event_days: dict[int, date] = field(default_factory=dict)
    handlers: dict[int, int | None] = field(default_factory=dict)
    agreements: dict[str, int] = field(default_factory=dict)

    requests: dict[str, int] = field(default_factory=dict)

    def cause(self, cause: str) -> str:
        """A cause with codes as the engine writes it with row numbers."""
        code, colon, rest = cause.partition(":")
        number = self.agreements.get(code) if colon else self.events.get(code) or self.requests.get(code)
        return cause if number is None else f"{number}{colon}{rest}"
