"""The clocks of a case against an independent, slow reference: minutes counted one by one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from huifang.domain.calendars import Day, WorkingCalendar
from huifang.domain.case_clocks import WorkTime
from huifang.domain.case_history import Happening, Terms, What, days_worked, spent, standing
from huifang.domain.spans import Span, Unit
from huifang.domain.windows import Hours

FIRST, DAYS = date(2026, 1, 1), 150
"""The window of each case's ground, with the clock changes of March in it."""
ORIGIN = datetime(2026, 1, 1, tzinfo=UTC)
BEGINS, LATEST = 3 * 1440, 60 * 1440
HORIZON = (DAYS - 3) * 1440
ZONES = ("Asia/Shanghai", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe")
HOURS = (
    ("09:00-12:00", "14:00-18:00"),
    ("08:00-21:00",),
    ("00:00-24:00",),
    ("09:30-11:45", "11:45-12:15", "20:00-23:59"),
    ("01:30-03:00",),
)
MINUTE = timedelta(minutes=1)
Minutes = np.ndarray[tuple[int], np.dtype[np.bool_]]


class Ground:
    """A calendar, hours and a zone, and beside the engine's `WorkTime` the plain list of all minutes in which people work."""

    def __init__(self, rng: Random) -> None:
        self.zone = ZoneInfo(rng.choice(ZONES))
        hours = rng.choice(HOURS)
        days = rng.choice(("working", "working", "every", ("mon", "thu", "sat")))
        self.off = {FIRST + timedelta(days=n): rng.random() < 0.35 for n in range(-2, DAYS + 2)}
        calendar = WorkingCalendar("made", (Day(day, not off) for day, off in self.off.items()))
        self.work = WorkTime(days_worked(calendar, days), tuple(Hours.parse(text) for text in hours), self.zone)
        clock = [tuple(int(part) for part in text.replace("-", ":").split(":")) for text in hours]
        self.at_work = np.zeros(HORIZON, bool)
        self.closing: dict[date, int] = {}
        for minute in range(HORIZON):
            local = (ORIGIN + minute * MINUTE).astimezone(self.zone)
            at = local.hour * 60 + local.minute
            if self.counts(local.date(), days) and any(h * 60 + m <= at < end * 60 + last for h, m, end, last in clock):
                self.at_work[minute] = True
                self.closing[local.date()] = minute + 1

    def counts(self, day: date, days: object) -> bool:
        if days == "every":
            return True
        return not self.off[day] if days == "working" else day.strftime("%a").lower() in days  # type: ignore[operator]


def reference(ground: Ground, history: list[tuple[What, int]], first: Span, solve: Span, now: int) -> tuple[object, ...]:
    """Round, first answer due, solution due, minutes spent by both: from single minutes, without any of the engine's code."""
    last = max(place for place, (what, _) in enumerate(history) if what in (What.OPENED, What.REOPENED))
    start, answered, solved = history[last][1], None, None
    held = np.zeros(HORIZON, bool)
    since = None
    for what, at in history[last + 1 :]:
        if what is What.ANSWERED and answered is None:
            answered = at
        elif what is What.PAUSED and since is None and solved is None:
            since = at
        elif what in (What.RESUMED, What.SOLVED) and since is not None:
            held[since:at] = True
            since = None
        if what is What.SOLVED and solved is None:
            solved = at
    if since is not None:
        held[since:] = True
    number = sum(what in (What.OPENED, What.REOPENED) for what, _ in history)
    free = np.zeros(HORIZON, bool)
    end = answered if answered is not None else now
    until = solved if solved is not None else now
    return (
        number, due(ground, start, first, free), due(ground, start, solve, held),
        int(ground.at_work[start:end].sum()), int((ground.at_work[start:until] & ~held[start:until]).sum()),
    )  # fmt: skip


def due(ground: Ground, start: int, span: Span, held: Minutes) -> int | None:
    """The minute at which the span is over; None where a pause without an end holds it."""
    if span.unit in (Unit.MINUTE, Unit.HOUR):
        return worked(ground, start, span.amount * (60 if span.unit is Unit.HOUR else 1), held)
    local = (ORIGIN + start * MINUTE).astimezone(ground.zone)
    if span.unit is Unit.DAY:
        wall = datetime.combine(local.date() + timedelta(days=span.amount), local.time(), ground.zone)
        return gone_by(start, int((wall - ORIGIN) / MINUTE), held)
    day = local.date()
    for _ in range(span.amount):
        day += timedelta(days=1)
        while not ground.work.calendar.is_working(day):
            day += timedelta(days=1)
    plain = max(start, ground.closing[day])
    if not held[start:plain].any():
        return plain
    return worked(ground, start, int(ground.at_work[start:plain].sum()), held)


def worked(ground: Ground, start: int, minutes: int, held: Minutes) -> int | None:
    """The minute after so many minutes of work that were not held, picked from the list of them."""
    return after(start, minutes, ground.at_work[start:] & ~held[start:])


def gone_by(start: int, end: int, held: Minutes) -> int | None:
    """The minute after as many minutes not held as lie from `start` to `end`."""
    return after(start, end - start, ~held[start:])


def after(start: int, minutes: int, counting: Minutes) -> int | None:
    """The minute after the n-th that counts, from `start` on."""
    if not minutes:
        return start
    found = np.flatnonzero(counting)
    return start + int(found[minutes - 1]) + 1 if len(found) >= minutes else None


def spans(rng: Random) -> tuple[Span, Span]:
    first = Span(rng.choice((30, 60, 90, 241)), Unit.MINUTE) if rng.random() < 0.3 else Span(rng.choice((1, 2, 4, 12, 24)), Unit.HOUR)
    solve = rng.choice((Span(rng.randint(0, 30), Unit.HOUR), Span(rng.randint(1, 5), Unit.WORKING_DAY), Span(rng.randint(1, 6), Unit.DAY)))
    return first, solve


def timeline(rng: Random) -> list[tuple[What, int]]:
    """What happens to a case, in order, sensible or not: answered twice, gone on without a pause, reopened before it was solved."""
    at = rng.randint(BEGINS, LATEST)
    found = [(What.OPENED, at)]
    for _ in range(rng.choice((0, 1, 2, 3, 5, 8))):
        at += rng.choice((0, 1, rng.randint(1, 300), rng.randint(1, 3000)))
        found.append((rng.choice((What.ANSWERED, What.PAUSED, What.PAUSED, What.RESUMED, What.RESUMED, What.SOLVED, What.REOPENED)), at))
    return found


def differences(number: int, seed: int, each_ground: int = 4000) -> int:
    """How many of so many random timelines the engine and the reference tell differently."""
    rng, wrong, ground = Random(seed), 0, None
    for place in range(number):
        if ground is None or place % each_ground == 0:
            ground = Ground(rng)
        history, (first, solve) = timeline(rng), spans(rng)
        now = history[-1][1] + rng.randint(0, 4000)
        expected = reference(ground, history, first, solve, now)
        steps = [Happening(what, ORIGIN + at * MINUTE) for what, at in history]
        stand = standing(steps, Terms(first, solve, ground.work))
        used = spent(stand, ground.work, ORIGIN + now * MINUTE)
        told = (stand.round, _minute(stand.first_answer_due), _minute(stand.solve_due), used[0] / MINUTE, used[1] / MINUTE)
        wrong += told != expected
    return wrong


def _minute(at: datetime | None) -> float | None:
    return None if at is None else (at - ORIGIN) / MINUTE


def test_twelve_thousand_timelines_are_told_as_counting_minutes_tells_them() -> None:
    assert differences(12_000, 1, each_ground=2500) == 0


@pytest.mark.full
def test_a_million_timelines_are_told_as_counting_minutes_tells_them() -> None:
    assert sum(differences(50_000, seed, each_ground=5000) for seed in range(20)) == 0
