"""Money for contacts: what one costs, and what a programme may spend in a calendar month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Price:
    """What a contact on a channel costs: for each contact, and for each minute it lasts."""

    contact: float = 0.0
    minute: float = 0.0

    def of(self, contacts: int, seconds: float) -> float:
        """The cost of so many contacts that lasted so long together.

        >>> Price(0.5, 0.3).of(2, 90)
        1.45
        """
        return self.contact * contacts + self.minute * seconds / 60


@dataclass(frozen=True, slots=True)
class Budget:
    """What a programme may spend until `ends` (UTC, the first moment of the next month), what it has spent, what one more contact costs."""

    limit: float
    spent: float
    price: float
    ends: datetime

    def until(self, moment: datetime) -> datetime | None:
        """Until when the budget forbids one more contact; None where there is money, or none is needed.

        A single contact that costs more than the whole budget is forbidden in every month; the end of this one is told all the same.
        """
        left = moment < self.ends and self.price > 0 and self.spent + self.price > self.limit + _ROUNDING
        return self.ends if left else None


def month_of(day: date) -> tuple[date, date]:
    """The first day of a day's month, and of the next.

    >>> month_of(date(2026, 12, 31))
    (datetime.date(2026, 12, 1), datetime.date(2027, 1, 1))
    """
    first = day.replace(day=1)
    return first, date(first.year + first.month // 12, first.month % 12 + 1, 1)


def month_ends(day: date, zone: ZoneInfo) -> datetime:
    """The first moment, UTC, of the month after a day's.

    >>> month_ends(date(2026, 11, 20), ZoneInfo("Asia/Shanghai")).isoformat()
    '2026-11-30T16:00:00+00:00'
    """
    return datetime.combine(month_of(day)[1], time(), zone).astimezone(UTC)
