"""Calendars made for tests: weekends off, with the holidays and make-up days that a test names."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from huifang.domain.calendars import Day, WorkingCalendar

MAY_OFF = [date(2026, 5, day) for day in range(1, 6)]
MAY_MADE_UP = [date(2026, 5, 9)]


def made(first: date, last: date, off: Iterable[date] = (), on: Iterable[date] = (), final_until: date | None = None) -> WorkingCalendar:
    off, on = set(off), set(on)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return WorkingCalendar(
        "CN",
        [Day(d, d in on or (d.weekday() < 5 and d not in off), final=final_until is None or d <= final_until) for d in days],
    )


def china_2026() -> WorkingCalendar:
    """2026 with the May holiday and its make-up Saturday only."""
    return made(date(2026, 1, 1), date(2026, 12, 31), MAY_OFF, MAY_MADE_UP)
