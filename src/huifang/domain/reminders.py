"""When somebody is reminded of what was promised to a customer: two working hours ahead, or half-way where there is less."""

from __future__ import annotations

from datetime import datetime

from huifang.domain.calendars import to_utc
from huifang.domain.case_clocks import WorkTime, due_at, working_time_between
from huifang.domain.spans import Span, Unit

AHEAD = 120
"""Minutes of working time."""


def reminder_at(made: datetime, due: datetime, work: WorkTime) -> datetime:
    """The moment, UTC, at which the promise made at `made` and due at `due` is recalled; always within working time where there is any
    between the two, else at `made`.
    """
    minutes = int(working_time_between(made, due, work).total_seconds() // 60)
    if minutes == 0:
        return to_utc(made)
    found = due_at(made, Span(max(minutes - AHEAD, minutes // 2, 1), Unit.MINUTE), work)
    return found or to_utc(made)
