"""Occurrences: what every programme has to decide on the day, each once.

New ones are born by the triggers, for subjects and customers that the programme is `for`; open ones come back from `known`; nothing is
born that an earlier plan has seen with the same cause, and nothing at all of a programme that happens once and has been seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import reduce

import ibis
import ibis.expr.types as ir

from huifang.engine import conditions
from huifang.engine.facts import EventFacts, last_column
from huifang.engine.facts import event_facts as event_facts_of
from huifang.engine.facts import facts as facts_table
from huifang.engine.joins import among, beside, matched, not_among
from huifang.engine.keeping import keep, keep_rows
from huifang.engine.needs import Needs, needs
from huifang.engine.portable import read
from huifang.engine.schedule import Active
from huifang.engine.stages import OCCURRENCES, Inputs, PlanContext
from huifang.engine.triggers import adaptive, after_event, becomes, before_date, cadence, festival, lapse, request
from huifang.engine.triggers.ground import SLOT, Days, Ground, Slot, chosen, fact_of, read_calendars, read_days
from huifang.engine.triggers.near import near
from huifang.engine.without_rows import rowless
from huifang.playbooks.expressions import parse
from huifang.playbooks.schema import Adaptive, AfterEvent, Becomes, BeforeDate, Cadence, Festival, Lapse, OnAnswer

_KEY = ["playbook", "programme", "customer_id", "cause"]


def facts(inputs: Inputs, context: PlanContext, needed: Needs | None = None) -> ir.Table:
    """The table of facts (`engine.facts`), computed and kept; without `needed` all that conditions could name."""
    return keep(context.connection, "facts", facts_table(inputs, context, needed))


def event_facts(inputs: Inputs, context: PlanContext) -> EventFacts | None:
    """What a plan takes from the events for facts; once computed for a day, `Inputs.event_facts` hands it to the day's plan."""
    return event_facts_of(inputs, context, needs(context.playbooks), _lapsing(context))


def occurrences(inputs: Inputs, context: PlanContext, days: Days | None = None) -> tuple[ir.Table, ir.Table]:
    """The table of occurrences (`stages.OCCURRENCES`), and the facts of their customers that conditions need; both computed and kept.

    It holds every occurrence that fell due since the last plan, every one that is due, has not expired and was not seen before, every
    open one of `known`, whatever its age, and every one that a contact was promised for. `days` are those of the calendars, where they
    have been read already.
    """
    days = read_days(context, inputs) if days is None else days
    needed = needs(context.playbooks)
    ground = Ground(inputs, context, read_calendars(days), days, _Earlier(inputs, context, needed).facts_on)
    slots = [slot for trigger in _SLOTS for slot in trigger(ground)]
    table = keep_rows(context.connection, "slots", SLOT, [slot.row() for slot in slots])
    ground = replace(ground, near=near(ground, table, slots))
    opened = keep(context.connection, "open", _open(inputs, context))
    births = _unseen(ground, table, slots, opened)
    people = _people(context, [opened] if births is None else [births, opened])
    theirs = _of(inputs, people)
    found = keep(context.connection, "facts", facts_table(theirs, context, needed, _lapsing(context), theirs.event_facts))
    opened = among(opened, found, "customer_id")
    rows = opened if births is None else _new(ground, births, found)
    if births is not None and not rowless(opened):
        rows = rows.union(opened, distinct=False)
    return keep(context.connection, "occurrences", _promised(rows, inputs)), found


def _unseen(ground: Ground, table: ir.Table, slots: list[Slot], opened: ir.Table) -> ir.Table | None:
    """Births that no earlier plan has seen and no promise has brought back, kept; None where no trigger looks for any day."""
    births = _births(ground, table, slots)
    if births is None:
        return None
    return keep(ground.context.connection, "births", not_among(births.distinct(), (ground.inputs.known, _KEY), (opened, _KEY)))


def _people(context: PlanContext, tables: list[ir.Table]) -> ir.Table:
    """Everybody whom the tables concern, kept."""
    named = [table.select("customer_id") for table in tables if not rowless(table)] or [tables[0].select("customer_id")]
    return keep(context.connection, "people", reduce(lambda a, b: a.union(b), named).distinct())


def _of(inputs: Inputs, people: ir.Table) -> Inputs:
    """The rows that facts are made of, of these customers only."""
    named = ("customers", "events", "agreements", "contact_points", "contacts", "answers", "cases", "learned")
    kept = [] if inputs.event_facts is None else ["event_facts"]
    return replace(inputs, **{name: among(getattr(inputs, name), people, "customer_id") for name in (*named, *kept)})


def _programmes(ground: Ground) -> list[Active]:
    return [Active(book, key, programme) for book in ground.context.playbooks for key, programme in book.programmes.items()]


class _Earlier:
    """The facts of everybody as they were on some day, each day computed once."""

    def __init__(self, inputs: Inputs, context: PlanContext, needed: Needs) -> None:
        self.inputs, self.context, self.needed = inputs, context, needed
        self.kept: dict[date, ir.Table] = {}

    def facts_on(self, day: date) -> ir.Table:
        """The facts on that day, from the tables of today."""
        if day not in self.kept:
            context = replace(self.context, day=day, since=None)
            self.kept[day] = keep(context.connection, "facts", facts_table(self.inputs, context, self.needed, (), self._of_events(context)))
        return self.kept[day]

    def _of_events(self, context: PlanContext) -> ir.Table | None:
        """What these facts take from the events: the kept state's where it is of that day."""
        if context.day == self.context.day and self.inputs.event_facts is not None:
            return self.inputs.event_facts
        way = context.everybody
        found = event_facts_of(self.inputs, context, self.needed, ()) if way else None
        return way(context.connection, self.inputs.events, found.table) if way and found else None


_SLOTS: tuple[Callable[[Ground], Iterator[Slot]], ...] = (
    after_event.slots, before_date.slots, lapse.slots, cadence.slots, festival.slots, becomes.slots, request.slots, adaptive.slots,
)  # fmt: skip


_ONE_TABLE: tuple[tuple[type, Callable[[Ground, ir.Table], ir.Table]], ...] = (
    (AfterEvent, after_event.births), (Lapse, lapse.births), (Festival, festival.births), (OnAnswer, request.births),
)  # fmt: skip
_SEVERAL: tuple[tuple[type, Callable[[Ground, ir.Table], Iterator[ir.Table]]], ...] = (
    (BeforeDate, before_date.births), (Cadence, cadence.births), (Becomes, becomes.births), (Adaptive, adaptive.births),
)  # fmt: skip


def _births(ground: Ground, table: ir.Table, slots: list[Slot]) -> ir.Table | None:
    """The births of all triggers that look for any day at all."""
    looked = {type(slot.active.programme.when) for slot in slots}
    parts: list[ir.Table] = []
    parts.extend(births(ground, table) for kind, births in _ONE_TABLE if kind in looked)
    parts.extend(part for kind, births in _SEVERAL if kind in looked for part in births(ground, table))
    return reduce(lambda a, b: a.union(b, distinct=False), parts) if parts else None


def _lapsing(context: PlanContext) -> list[str]:
    """The kinds of events that programmes wait for in vain."""
    rules = [programme.when for playbook in context.playbooks for programme in playbook.programmes.values()]
    return sorted({rule.lapse for rule in rules if isinstance(rule, Lapse)})


def _new(ground: Ground, births: ir.Table, found: ir.Table) -> ir.Table:
    """Births of the right subjects and customers; of a programme that happens once, the first one where none was ever known."""
    known = ground.inputs.known
    joined = matched(births, (found, "customer_id"))
    kept = ibis.literal(value=True)
    for active in _programmes(ground):
        kept = kept & (~chosen(joined, active) | _for(joined, active, ground))
    lasts = [(joined.lapsed == kind, joined[last_column(kind)]) for kind in _lapsing(ground.context)]
    if lasts:
        kept = kept & (joined.lapsed.isnull() | (ibis.cases(*lasts, else_=None) <= joined.cause_day))
    rows = joined.filter(kept).select(
        *[name for name in OCCURRENCES if name in births.columns], attempts=ibis.literal(0, "int64"), next_on=ibis.null("date"),
        last_staff_id=ibis.null(known.staff_id.type()), late_known=ibis.literal(value=False),
    )  # fmt: skip
    once = [active for active in _programmes(ground) if active.programme.again == "once"]
    return _once(rows, known, once) if once else rows


def _for(rows: ir.Table, active: Active, ground: Ground) -> ir.BooleanValue:
    """Subject, customer, and the calendar of the customer's branch where days differ between calendars."""
    wanted = rows["kind"].isin(active.playbook.subjects)
    known = rows["_calendar"].isin(sorted(ground.calendars)).fill_null(False)
    home = ibis.ifelse(known, rows["_calendar"], active.playbook.calendar.country)
    wanted = wanted & (rows.calendar.isnull() | (rows.calendar == home))
    if active.programme.for_ is not None:
        tree = parse(active.programme.for_)
        wanted = wanted & conditions.holds(tree, lambda name: fact_of(rows, active, name), ground.context.day)
    return wanted


def _once(rows: ir.Table, known: ir.Table, once: list[Active]) -> ir.Table:
    """Of programmes that happen once: nothing where one is known, and of several causes the earliest."""
    single = reduce(lambda a, b: a | b, [chosen(rows, active) for active in once])
    seen = known.select("playbook", "programme", "customer_id").distinct()
    fresh = not_among(rows.filter(single), (seen, ["playbook", "programme", "customer_id"]))
    order = ibis.window(group_by=["playbook", "programme", "customer_id"], order_by=[fresh.due, fresh.cause_day, fresh.cause])
    first = fresh.mutate(_place=ibis.row_number().over(order)).filter(ibis._["_place"] == 0).drop("_place")
    return rows.filter(~single).union(first, distinct=False)


def _open(inputs: Inputs, context: PlanContext) -> ir.Table:
    """Open occurrences of active programmes, with the event behind them where the cause is one.

    A promise brings back an occurrence that was closed, and one that was never known: a promised call is not lost.
    """
    known, events = inputs.known, inputs.events
    active = [(playbook.playbook, key) for playbook in context.playbooks for key in playbook.programmes]

    def mine(rows: ir.Table) -> ir.BooleanValue:
        return reduce(lambda a, b: a | b, [(rows.playbook == name) & (rows.programme == key) for name, key in active])

    promised = among(known.filter(~known["open"]), inputs.promises, ["programme", "customer_id", "cause"])
    rows = known.filter(known["open"]).union(promised, distinct=False)
    rows = rows.filter(mine(rows)).union(_only_promised(inputs, active), distinct=False)
    by_event = [(active.name, active.key) for active in _after_events(context)]
    of_event = reduce(
        lambda a, b: a | b, [(rows.playbook == name) & (rows.programme == key) for name, key in by_event], ibis.literal(value=False)
    )
    cause = rows.cause if events.event_id.type().is_string() else read(rows.cause, "int64")
    rows = rows.mutate(event_id=ibis.coalesce(rows.event_id, ibis.ifelse(of_event, cause, ibis.null(events.event_id.type()))))
    behind = among(events.select("event_id", "amount", handler_id="staff_id", _day="day"), rows, "event_id")
    rows = beside(rows, (behind, "event_id"))
    return rows.select(
        "playbook", "programme", "customer_id", "cause", "event_id",
        cause_day=ibis.coalesce(rows.cause_day, rows["_day"], rows.due), due=rows.due,
        deadline=ibis.coalesce(rows.deadline, rows.expires), expires=rows.expires, handler_id=rows.handler_id, amount=rows.amount,
        attempts=rows.attempts, next_on=rows.next_on, last_staff_id=rows.staff_id, late_known=ibis.literal(value=True),
    )  # fmt: skip


def _only_promised(inputs: Inputs, active: list[tuple[str, str]]) -> ir.Table:
    """Promises of what `known` does not have, as its rows: due on the first promised day, in the first playbook by name that fits."""
    known, promises = inputs.known, inputs.promises
    books = {key: name for name, key in sorted(active, reverse=True)}
    lost = not_among(promises.filter(promises.programme.isin(sorted(books))), (known, ["programme", "customer_id", "cause"]))
    first = lost.group_by(["programme", "customer_id", "cause"]).aggregate(due=lost.day.min())
    columns = {name: ibis.null(kind) for name, kind in known.schema().items()} | {
        "playbook": ibis.cases(*((first.programme == key, name) for key, name in sorted(books.items())), else_=None),
        "programme": first.programme, "customer_id": first.customer_id, "cause": first.cause, "due": first.due, "expires": first.due,
        "open": ibis.literal(value=True), "attempts": ibis.literal(0, "int64"),
    }  # fmt: skip
    return first.select(**columns)


def _after_events(context: PlanContext) -> list[Active]:
    return [
        Active(playbook, key, programme)
        for playbook in context.playbooks
        for key, programme in playbook.programmes.items()
        if isinstance(programme.when, AfterEvent)
    ]


def _promised(rows: ir.Table, inputs: Inputs) -> ir.Table:
    """With the earliest promise of each occurrence."""
    promises = inputs.promises
    order = ibis.window(group_by=["customer_id", "programme", "cause"], order_by=[promises.day, promises.opens_at, promises.promise_id])
    numbered = promises.select(
        "customer_id", "programme", "cause", promise_day="day", promise_opens_at="opens_at", promise_closes_at="closes_at",
        promise_staff_id="staff_id", _place=ibis.row_number().over(order),
    )  # fmt: skip
    first = numbered.filter(numbered["_place"] == 0)
    joined = beside(rows, (first, ["customer_id", "programme", "cause"]))
    return joined.select(**{name: joined.promise_day.notnull() if name == "promised" else joined[name] for name in OCCURRENCES})
