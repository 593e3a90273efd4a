"""Calendar months."""

from __future__ import annotations

from datetime import date

from huifang.domain.spans import add_months


def full_months(day: date, count: int) -> list[date]:
    """The first days of the last `count` months that were over before `day`, the earliest first.

    >>> [str(each) for each in full_months(date(2026, 1, 31), 2)]
    ['2025-11-01', '2025-12-01']
    """
    first = day.replace(day=1)
    return [add_months(first, -back) for back in range(count, 0, -1)]
