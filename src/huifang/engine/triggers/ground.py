"""What all triggers stand on: the inputs, the facts, the programmes and the table of the days they look for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import TypeVar

import ibis
import ibis.expr.types as ir

from huifang.domain.calendars import Day, WorkingCalendar
from huifang.engine import conditions
from huifang.engine.keeping import fetch
from huifang.engine.schedule import Active, Window, uses_working_days, windows
from huifang.engine.stages import Inputs, PlanContext, fact_column
from huifang.playbooks.expressions import parse
from huifang.playbooks.schema import Trigger

SLOT: dict[str, str] = {
    "playbook": "string", "programme": "string", "trigger": "string", "subject": "string", "calendar": "string",
    "number": "int64", "base": "date", "cause": "string", "zone": "string", "opens": "timestamp", "closes": "timestamp", "due": "date",
    "deadline": "date", "expires": "date",
}  # fmt: skip
"""Columns of the table of slots; what `subject`, `number`, `base` and `cause` hold is the trigger's own."""
T = TypeVar("T", bound=Trigger)
Days = tuple[tuple[str, Day], ...]
"""Days of calendars, each with its calendar's name."""
BIRTH = ("playbook", "programme", "calendar", "customer_id", "cause", "event_id", "cause_day", "due", "deadline", "expires",
         "handler_id", "amount", "lapsed")  # fmt: skip
"""Columns of an occurrence at its birth; nothing of the kind `lapsed` may have come after its `cause_day`."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A base day that a programme looks for, with the window of what falls due for it."""

    active: Active
    trigger: str
    calendar: str | None
    window: Window
    base: date
    subject: str = ""
    number: int | None = None
    cause: str | None = None
    zone: str | None = None
    opens: datetime | None = None
    closes: datetime | None = None

    def row(self) -> tuple[object, ...]:
        """In the order of `SLOT`."""
        window = self.window
        return (
            self.active.name, self.active.key, self.trigger, self.subject, self.calendar, self.number, self.base, self.cause,
            self.zone, self.opens, self.closes, window.due, window.deadline, window.expires,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ground:
    """A plan's day as the triggers see it."""

    inputs: Inputs
    context: PlanContext
    calendars: Mapping[str, WorkingCalendar]
    days: Days
    facts_on: Callable[[date], ir.Table] = field(repr=False)
    """The facts of everybody as they were on a day up to the plan's."""
    near: ir.Table = field(repr=False, default=None)
    """The events on the days that slots start from (`triggers.near`); None where no slot starts from an event's day."""

    def each(self, kind: type[T]) -> Iterator[tuple[Active, T]]:
        """The programmes with a trigger of that kind, with the trigger."""
        for playbook in self.context.playbooks:
            for key, programme in playbook.programmes.items():
                if isinstance(programme.when, kind):
                    yield Active(playbook, key, programme), programme.when

    def looks(self, active: Active) -> Iterator[tuple[str | None, WorkingCalendar | None, dict[date, Window]]]:
        """The programme's windows for every calendar that makes a difference to it; None stands for any."""
        country = active.playbook.calendar.country
        if uses_working_days(active.programme):
            for name in sorted({country, *self.calendars}):
                calendar = self.calendars.get(name)
                yield name, calendar, windows(active.programme, calendar, self.context.day, self.context.since)
        else:
            calendar = self.calendars.get(country)
            yield None, calendar, windows(active.programme, calendar, self.context.day, self.context.since)


def read_days(context: PlanContext, inputs: Inputs) -> Days:
    """Every day of every calendar, with the calendar's name."""
    columns = ("calendar", "day", "working", "final", "label", "lunar_month", "lunar_day", "lunar_leap", "festival")
    return tuple(
        (name, Day(day, working, final, label or "", month, number, bool(leap), festival or ""))
        for name, day, working, final, label, month, number, leap, festival in fetch(
            context.connection, inputs.calendar_days.select(*columns)
        )
    )


def read_calendars(days: Days) -> dict[str, WorkingCalendar]:
    """The working calendars by name."""
    by_name: dict[str, list[Day]] = {}
    for name, day in days:
        by_name.setdefault(name, []).append(day)
    return {name: WorkingCalendar(name, found) for name, found in by_name.items()}


def born(ground: Ground, rows: ir.Table, **columns: ir.Value) -> ir.Table:
    """Births from rows that were joined with their slots; `columns` gives what the trigger knows of each."""
    events = ground.inputs.events
    unknown = {
        "event_id": ibis.null(events.event_id.type()),
        "handler_id": ibis.null(events.staff_id.type()),
        "amount": ibis.null("float64"),
        "lapsed": ibis.null("string"),
    }
    slot = {name: rows[name] for name in ("playbook", "programme", "calendar", "due", "deadline", "expires")}
    given = {**slot, **unknown, **columns}
    return rows.select(**{name: given[name] for name in BIRTH})


def slots_of(slots: ir.Table, trigger: str) -> ir.Table:
    """The slots of one trigger."""
    return slots.filter(slots.trigger == trigger)


def looked_for(slots: Iterable[Slot]) -> tuple[date, date]:
    """The first and the last base day of some slots."""
    days = [slot.base for slot in slots]
    return min(days), max(days)


def chosen(rows: ir.Table, active: Active) -> ir.BooleanValue:
    """The rows of one programme."""
    return (rows.playbook == active.name) & (rows.programme == active.key)


Rule = tuple[Active, str | None]
"""A programme with a condition of it."""


def only(rows: ir.Table, rules: Iterable[Rule], resolve: Callable[[Active, str], ir.Value], today: date) -> ir.Table:
    """The rows that meet the condition of their own programme; a programme without one keeps all of its rows."""
    kept = ibis.literal(value=True)
    for active, rule in rules:
        if rule is not None:
            holds = conditions.holds(parse(rule), partial(resolve, active), today)
            kept = kept & (~chosen(rows, active) | holds)
    return rows.filter(kept)


def fact_of(rows: ir.Table, active: Active, name: str) -> ir.Value:
    """The column of a fact as a playbook's condition names it."""
    column = fact_column(active.name, name)
    return rows[column] if column in rows.columns else rows[name]
