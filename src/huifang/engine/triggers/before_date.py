"""So long before a date: a birthday, the start or end of an agreement, a date that customer or event carry.

Birthdays are kept each year from the first on: 29 February on the 28th in other years; a lunar birthday on its lunar day, the 30th on the
29th in a month that has no 30th, a leap month's in the ordinary month of the same number. The cause is the year (the lunar one for lunar
birthdays), the agreement with its date, or the date itself. An event's attribute counts as its latest event states it.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterator
from datetime import date

import ibis
import ibis.expr.types as ir

from huifang.engine.lunar import births_on
from huifang.engine.schedule import ONE_DAY, Active, Window, bases
from huifang.engine.triggers.ground import Ground, Slot, born, slots_of
from huifang.playbooks.schema import BeforeDate

_SOLAR, _LUNAR = "solar", "lunar"


def slots(ground: Ground) -> Iterator[Slot]:
    """A slot for each date; birthdays have one for each date of birth or each day of the year that falls on it."""
    for active, trigger in ground.each(BeforeDate):
        for name, calendar, found in ground.looks(active):
            for base, window in bases(trigger.by, -1, found, calendar):
                if trigger.before == "birthday":
                    yield from _birthday_slots(ground, active, name, window, base)
                else:
                    yield Slot(active, "date", name, window, base, trigger.before)


def births(ground: Ground, table: ir.Table) -> Iterator[ir.Table]:
    """Everyone whose birthday, agreement or date is on a slot's day."""
    befores = sorted({trigger.before for _, trigger in ground.each(BeforeDate)})
    slot = slots_of(table, "date")
    for before in befores:
        here = slot.filter(slot.subject == before)
        if before == "birthday":
            yield from _birthdays(ground, table)
        elif before.startswith("agreement."):
            yield _agreements(ground, here, before)
        else:
            yield _attributes(ground, here, before)


def event_attribute(before: str) -> tuple[str, str] | None:
    """Kind and attribute of ``attribute.job.settled.next_service``; None for an attribute of the customer."""
    kind, _, name = before.removeprefix("attribute.").rpartition(".")
    return (kind, name) if kind else None


def _birthday_slots(ground: Ground, active: Active, name: str | None, window: Window, base: date) -> Iterator[Slot]:
    year = str(base.year)
    numbers = [base.month * 100 + base.day]
    if (base.month, base.day) == (2, 28) and not isleap(base.year):
        numbers.append(229)
    for number in numbers:
        yield Slot(active, "birthday", name, window, base, _SOLAR, number, year)
    days = {day.day: day for key, day in ground.days if key == active.playbook.calendar.country}
    today, tomorrow = days.get(base), days.get(base + ONE_DAY)
    if today is None or today.lunar_month is None or today.lunar_day is None or today.lunar_leap:
        return
    lunar_days = [today.lunar_day]
    if today.lunar_day == 29 and tomorrow is not None and tomorrow.lunar_day == 1:
        lunar_days.append(30)
    lunar_year = f"lunar-{base.year - (today.lunar_month >= 10 and base.month <= 2)}"
    for lunar_day in lunar_days:
        for born_on in births_on(today.lunar_month, lunar_day, base):
            yield Slot(active, "birthday", name, window, base, _LUNAR, _number(born_on), lunar_year)


def _number(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


def _birthdays(ground: Ground, table: ir.Table) -> Iterator[ir.Table]:
    customers = ground.inputs.customers
    day, lunar = customers.birthday, customers.birthday_lunar.fill_null(False)
    year_day = day.month().cast("int64") * 100 + day.day()
    full = day.year().cast("int64") * 10_000 + year_day
    people = customers.filter(day.notnull()).select(
        "customer_id", "birthday", way=ibis.ifelse(lunar, _LUNAR, _SOLAR), number=ibis.ifelse(lunar, full, year_day)
    )
    slot = slots_of(table, "birthday")
    rows = people.join(slot, [people.way == slot.subject, people.number == slot.number])
    rows = rows.filter(rows.birthday < rows.base)
    yield born(ground, rows, customer_id=rows.customer_id, cause=rows.cause, cause_day=rows.base)


def _agreements(ground: Ground, slot: ir.Table, before: str) -> ir.Table:
    kind, _, end = before.removeprefix("agreement.").rpartition(".")
    agreements = ground.inputs.agreements
    standing = agreements.filter(agreements.kind == kind, agreements.status.fill_null("active") == "active")
    standing = standing.select("customer_id", "agreement_id", "amount", on_day=standing[end])
    rows = standing.join(slot, standing.on_day == slot.base)
    cause = rows.agreement_id.cast("string") + ":" + rows.base.cast("string")
    return born(ground, rows, customer_id=rows.customer_id, cause=cause, cause_day=rows.base, amount=rows.amount)


def _attributes(ground: Ground, slot: ir.Table, before: str) -> ir.Table:
    of_event = event_attribute(before)
    if of_event is None:
        dates = _dates(ground.inputs.customers, before.removeprefix("attribute."))
    else:
        kind, name = of_event
        events = ground.inputs.events
        events = _dates(events.filter(events.kind == kind, events.day <= ground.context.day), name, "day")
        last = events.group_by(whose=events.customer_id).aggregate(last_day=events.day.max())
        latest = events.join(last, [events.customer_id == last.whose, events.day == last.last_day])
        dates = latest.select("customer_id", "on_day").distinct()
    rows = dates.join(slot, dates.on_day == slot.base)
    return born(ground, rows, customer_id=rows.customer_id, cause=rows.base.cast("string"), cause_day=rows.base)


def _dates(table: ir.Table, name: str, *more: str) -> ir.Table:
    day = table[name] if name in table.columns else ibis.null("date")
    return table.select("customer_id", *more, on_day=day).filter(ibis._.on_day.notnull())
