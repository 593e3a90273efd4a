"""What falls due, worked out slowly: customer by customer, row by row, day by day, with `domain.spans` and the working calendar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from huifang.domain.calendars import WorkingCalendar
from huifang.domain.spans import Span, Unit
from huifang.playbooks.expressions import evaluate, parse
from huifang.playbooks.schema import AfterEvent, BeforeDate, Cadence, Festival, Lapse, OnAnswer, Playbook, Programme

ONE = timedelta(days=1)
Row = Mapping[str, Any]


@dataclass(frozen=True)
class World:
    tables: Mapping[str, Sequence[Row]]
    calendar: WorkingCalendar
    day: date
    since: date | None

    def rows(self, table: str, **wanted: Any) -> list[Row]:
        return [row for row in self.tables.get(table, ()) if all(row.get(name) == value for name, value in wanted.items())]


def expected(world: World, playbook: Playbook) -> set[tuple[Any, ...]]:
    """(programme, customer, cause, due, deadline, expires) of every occurrence, without conditions over facts."""
    found = set()
    for key, programme in playbook.programmes.items():
        seen = world.rows("known", playbook=playbook.playbook, programme=key)
        taken = {(row["customer_id"], row["cause"]) for row in seen}
        fresh = {}
        for customer in world.rows("customers"):
            if (customer.get("kind") or "person") not in playbook.subjects:
                continue
            for cause, cause_day, due in births(world, playbook, key, programme, customer):
                deadline = last(due, programme.within, world.calendar)
                expires = max(deadline, last(due, programme.expires or programme.within, world.calendar))
                late = expires >= world.day
                fell = world.since is not None and world.since < due
                if due <= world.day and (late or fell) and (customer["customer_id"], cause) not in taken:
                    fresh.setdefault(customer["customer_id"], set()).add((due, cause_day, cause, deadline, expires))
        for whose, several in fresh.items():
            kept = sorted(several)
            if programme.again == "once":
                kept = [] if any(row["customer_id"] == whose for row in seen) else kept[:1]
            found |= {(key, whose, cause, due, deadline, expires) for due, _, cause, deadline, expires in kept}
        for row in seen:
            if row["open"]:
                found.add((key, row["customer_id"], row["cause"], row["due"], row.get("deadline") or row["expires"], row["expires"]))
    return found


def last(due: date, span: Span, calendar: WorkingCalendar) -> date:
    if span.unit is Unit.WORKING_DAY:
        return calendar.add_working_days(calendar.next_working(due), span.amount - 1)
    if span.unit is Unit.HOUR:
        return due + ONE * (-(-span.amount // 24) - 1)
    return calendar.due_day(due, span) - ONE


def births(  # noqa: C901 - one case for each trigger
    world: World, playbook: Playbook, key: str, programme: Programme, customer: Row
) -> Iterator[tuple[str, date, date]]:
    """(cause, cause day, due day)."""
    whose, trigger = customer["customer_id"], programme.when
    match trigger:
        case AfterEvent():
            kind = sorted(
                world.rows("events", customer_id=whose, kind=trigger.after),
                key=lambda row: (row["day"], row["at"] is None, row["at"] or datetime(1, 1, 1), row["event_id"]),
            )
            for nth, event in enumerate(kind, 1):
                if trigger.where is None or evaluate(parse(trigger.where), {**event, "nth": nth}, world.day):
                    yield str(event["event_id"]), event["day"], after(event, trigger.wait, customer, playbook, world)
        case Lapse():
            days = [row["day"] for row in world.rows("events", customer_id=whose, kind=trigger.lapse) if row["day"] <= world.day]
            if days:
                yield max(days).isoformat(), max(days), world.calendar.due_day(max(days), trigger.exactly)
        case BeforeDate():
            for cause, base in dates(world, trigger.before, customer):
                yield cause, base, world.calendar.due_day(base, trigger.by, -1)
        case Cadence():
            yield from cadence(world, playbook, key, trigger, customer)
        case Festival():
            days = [day for day in each_day(world) if trigger.festival in world.calendar.day(day).festivals]
            for base in days:
                span, sign = (trigger.before, -1) if trigger.before else (trigger.after or Span(0, Unit.DAY), 1)
                yield base.isoformat(), base, world.calendar.due_day(base, span, sign)
        case OnAnswer():
            for row in world.rows("requests", customer_id=whose, programme=key):
                yield str(row["request_id"]), row["day"], world.calendar.due_day(row["day"], trigger.wait)


def after(event: Row, wait: Span, customer: Row, playbook: Playbook, world: World) -> date:
    if wait.unit is not Unit.HOUR:
        return world.calendar.due_day(event["day"], wait)
    if event["at"] is None:
        return event["day"] + ONE * (wait.amount // 24)
    zone = ZoneInfo(customer.get("time_zone") or playbook.time_zone)
    return (event["at"].replace(tzinfo=UTC) + timedelta(hours=wait.amount)).astimezone(zone).date()


def each_day(world: World) -> Iterator[date]:
    day = world.calendar.first
    while day <= world.calendar.last:
        yield day
        day += ONE


def dates(world: World, before: str, customer: Row) -> Iterator[tuple[str, date]]:  # noqa: C901 - one case for each date
    whose = customer["customer_id"]
    if before == "birthday":
        born = customer.get("birthday")
        for year in range(world.day.year - 1, world.day.year + 2) if born and not customer.get("birthday_lunar") else ():
            try:
                base = born.replace(year=year)
            except ValueError:
                base = date(year, 2, 28)
            if base > born:
                yield str(year), base
    elif before.startswith("agreement."):
        _, kind, end = before.split(".")
        for row in world.rows("agreements", customer_id=whose, kind=kind):
            if row.get(end) and (row.get("status") or "active") == "active":
                yield f"{row['agreement_id']}:{row[end]}", row[end]
    elif before == "attribute.next_service":
        if customer.get("next_service"):
            yield customer["next_service"].isoformat(), customer["next_service"]
    else:
        events = [row for row in world.rows("events", customer_id=whose, kind="job") if row["day"] <= world.day and row["inspect"]]
        for row in events:
            if row["day"] == max(each["day"] for each in events):
                yield row["inspect"].isoformat(), row["inspect"]


def cadence(world: World, playbook: Playbook, key: str, trigger: Cadence, customer: Row) -> Iterator[tuple[str, date, date]]:
    whose = customer["customer_id"]
    seen = world.rows("known", playbook=playbook.playbook, programme=key, customer_id=whose)
    if any(row["open"] for row in seen):
        return
    reached = [row["day"] for row in world.rows("contacts", customer_id=whose, programme=key, reached=True) if row["day"] <= world.day]
    if trigger.times is not None and len(reached) >= trigger.times:
        return
    events = [row["day"] for row in world.rows("events", customer_id=whose) if row["day"] <= world.day]
    if trigger.since:
        events = [row["day"] for row in world.rows("events", customer_id=whose, kind=trigger.since) if row["day"] <= world.day]
    elif customer.get("first_seen"):
        events = [customer["first_seen"]]
    anchors = reached + [row["due"] for row in seen]
    if anchors:
        begin = world.calendar.due_day(max(anchors), trigger.every)
    elif events:
        begin = world.calendar.due_day(min(events), trigger.wait or trigger.every)
    else:
        return
    found, times = None, 0
    while (day := world.calendar.due_day(begin, Span(trigger.every.amount * times, trigger.every.unit))) <= world.day:
        found, times = day, times + 1
    if found is not None:
        yield found.isoformat(), found, found
