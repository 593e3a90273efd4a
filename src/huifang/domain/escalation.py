"""Who is called next when a case is not answered or not solved: each level once in a round, more often only where the rule says so,
and never at night.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from huifang.domain.case_clocks import WorkTime, due_at
from huifang.domain.case_history import Standing
from huifang.domain.spans import Span
from huifang.domain.windows import Hours, next_opening

DAYTIME = (Hours(8 * 60, 21 * 60),)
"""Nobody is called outside these hours by the wall clock, whatever the clock of the case."""
Waiting = Literal["unanswered", "unsolved"]


@dataclass(frozen=True, slots=True)
class Level:
    """One level: called so much working time after the round began while the case is still `still`; `again`: and then every so often."""

    after: Span
    still: Waiting = "unsolved"
    again: Span | None = None


@dataclass(frozen=True, slots=True)
class Called:
    """What a level has done in this round: how often, and when last."""

    times: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Call:
    """The next call: its level from 1, which time it is from 1, the moment, UTC."""

    level: int
    times: int
    at: datetime


def next_call(levels: Sequence[Level], called: Mapping[int, Called], stand: Standing, work: WorkTime) -> Call | None:
    """The earliest call that is still to be made in this round, earliest level first; None where nothing more is to come.

    A call that would fall outside `DAYTIME` waits for the next morning. While the case is paused the levels that wait for a solution wait.
    """
    found = [call for number, level in enumerate(levels, 1) if (call := _call(number, level, called.get(number), stand, work))]
    return min(found, key=lambda call: (call.at, call.level), default=None)


def _call(number: int, level: Level, called: Called | None, stand: Standing, work: WorkTime) -> Call | None:
    if stand.solved_at is not None or (level.still == "unanswered" and stand.answered_at is not None):
        return None
    span = level.after if called is None else level.again
    if span is None:
        return None
    pauses = stand.pauses if level.still == "unsolved" else ()
    due = due_at(called.at if called else stand.start, span, work, pauses)
    at = due and next_opening(due, DAYTIME, "every", None, work.zone)
    return Call(number, called.times + 1 if called else 1, at) if at else None


def reopened_too_often(round_number: int, times: int | None) -> bool:
    """Whether a case that has come to its n-th round was reopened at least `times` times; never where the rule is silent.

    >>> reopened_too_often(3, 2), reopened_too_often(2, 2), reopened_too_often(9, None)
    (True, False, False)
    """
    return times is not None and round_number - 1 >= times
