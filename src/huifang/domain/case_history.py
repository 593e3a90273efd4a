"""Where a case stands, read from its history: which round, answered or solved, and when its two clocks run out.

The history is the truth and the clocks are computed from it, so a clock can always be told again. A case that is opened again begins a
new round: both clocks start anew. The first answer's clock never stands still (the customer is to be answered whatever is waited for);
the solution's clock stands still between `paused` and `resumed`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from huifang.domain.calendars import Day, WorkingCalendar, to_utc
from huifang.domain.case_clocks import Pause, WorkTime, due_at, working_time_between
from huifang.domain.spans import Span
from huifang.domain.windows import AllowedDays, day_allowed


class What(StrEnum):
    """What moves a case's clocks."""

    OPENED = "opened"
    ANSWERED = "answered"
    PAUSED = "paused"
    RESUMED = "resumed"
    SOLVED = "solved"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Happening:
    """One step of a history that moves a clock; `at` has a zone."""

    what: What
    at: datetime


@dataclass(frozen=True, slots=True)
class Terms:
    """How long a case may take, in the working time of its branch."""

    first_answer: Span
    solve: Span
    work: WorkTime


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands in its present round, all moments UTC. `round` counts from 1; a due moment is None while its clock is held."""

    round: int
    start: datetime
    answered_at: datetime | None = None
    solved_at: datetime | None = None
    pauses: tuple[Pause, ...] = field(default=())
    first_answer_due: datetime | None = None
    solve_due: datetime | None = None

    @property
    def paused(self) -> bool:
        """Whether the solution's clock stands still now."""
        return bool(self.pauses) and self.pauses[-1].end is None


def standing(history: Iterable[Happening], terms: Terms | None = None) -> Standing:
    """Fold a history, oldest first, beginning with `opened`; without `terms` there are no due moments.

    Only the first answer and the first solution of a round count; a pause before the solution ends with it at the latest; pausing twice,
    or going on with what was not paused, changes nothing. Raises ValueError for an empty history and `CalendarError` where the calendar
    of `terms` does not reach.
    """
    now: Standing | None = None
    for step in history:
        now = _next(now, step.what, to_utc(step.at))
    if now is None:
        raise ValueError("a case's history begins with its opening")
    if terms is None:
        return now
    return replace(
        now,
        first_answer_due=due_at(now.start, terms.first_answer, terms.work),
        solve_due=due_at(now.start, terms.solve, terms.work, now.pauses),
    )


def _next(now: Standing | None, what: What, at: datetime) -> Standing:
    if now is None or what is What.REOPENED:
        return Standing(now.round + 1 if now else 1, at)
    match what:
        case What.ANSWERED if now.answered_at is None:
            return replace(now, answered_at=at)
        case What.PAUSED if not now.paused and now.solved_at is None:
            return replace(now, pauses=(*now.pauses, Pause(at)))
        case What.RESUMED if now.paused:
            return replace(now, pauses=_ended(now.pauses, at))
        case What.SOLVED if now.solved_at is None:
            return replace(now, solved_at=at, pauses=_ended(now.pauses, at))
        case _:
            return now


def _ended(pauses: tuple[Pause, ...], at: datetime) -> tuple[Pause, ...]:
    if not pauses or pauses[-1].end is not None:
        return pauses
    return (*pauses[:-1], Pause(pauses[-1].start, at))


def spent(stand: Standing, work: WorkTime, now: datetime) -> tuple[timedelta, timedelta]:
    """Working time used up so far by the first answer and by the solution; a clock that was stopped keeps what it showed."""
    return (
        working_time_between(stand.start, stand.answered_at or now, work),
        working_time_between(stand.start, stand.solved_at or now, work, stand.pauses),
    )


def days_worked(calendar: WorkingCalendar, days: AllowedDays) -> WorkingCalendar:
    """The calendar of a clock that runs on `days`: the working days themselves, every day, or weekdays by name."""
    if days == "working":
        return calendar
    return WorkingCalendar(calendar.name, (Day(each.day, day_allowed(each.day, days, calendar), each.final) for each in calendar))
