"""Facts: everything that conditions can name about a customer, one row each, computed in one pass over the events.

The aggregates of all active playbooks become conditional aggregates of one grouped pass over the events; contacts, answers, agreements,
contact points, cases and learned numbers have one pass each. Derived facts, classes and ladders are columns over these. An aggregate that
several facts share is computed once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from typing import TypeVar

import ibis
import ibis.expr.types as ir

from huifang.domain.spans import Span, shift
from huifang.engine import conditions
from huifang.engine.joins import beside
from huifang.engine.learned import latest
from huifang.engine.needs import Needs
from huifang.engine.portable import SUM_DIGITS, read, rounded
from huifang.engine.stages import BUILT_IN, Inputs, PlanContext, fact_column
from huifang.playbooks.expressions import Call, Node, ValueType, parse, walk
from huifang.playbooks.facts import Fact
from huifang.playbooks.facts import facts as read_facts
from huifang.playbooks.known_names import LEARNED
from huifang.playbooks.schema import Playbook

T = TypeVar("T")
_TYPES = {"text": "string", "number": "float64", "date": "date", "boolean": "boolean"}


@dataclass(slots=True)
class Aggregates:
    """The aggregates wanted of one table, each once, with the column that holds it."""

    prefix: str
    columns: dict[str, ir.Value] = field(default_factory=dict)
    names: dict[object, str] = field(default_factory=dict)

    def want(self, what: object, value: ir.Value) -> str:
        """The column of an aggregate, added where it is new."""
        if what not in self.names:
            self.names[what] = f"{self.prefix}{len(self.names)}"
            self.columns[self.names[what]] = value
        return self.names[what]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The aggregates of each source, and the columns that hold each playbook's facts and each kind's last day."""

    of: dict[str, Aggregates]
    places: dict[tuple[str, str], str]
    last: dict[str, str]
    event_facts: tuple[Fact, ...]


def facts(
    inputs: Inputs, context: PlanContext, needed: Needs | None = None, kinds: Iterable[str] = (), kept: ir.Table | None = None
) -> ir.Table:
    """The table of facts on the context's day: `stages.BUILT_IN` and, for each playbook, its columns (`stages.fact_column`).

    `needed` names the columns that are wanted (`engine.needs`); beside them there are those that every plan needs (`ALWAYS`). Without it
    there are all. Of each of the event `kinds` the last day is told in `last_column`. `kept` is the table of `event_facts` where it was
    computed before: the events are not read then. The table is not yet computed.
    """
    wanted = _wanted(inputs, context, needed, kinds)
    found = [
        kept if name == "event" and kept is not None else _grouped(inputs, name, aggregates, context.day)
        for name, aggregates in wanted.of.items()
        if aggregates.columns
    ]
    base = beside(_built_in(inputs, context.day), _homes(inputs), *((grouped, "customer_id") for grouped in found))
    known = _columns(base, context, wanted.places, needed)
    last = {last_column(kind): base[name] for kind, name in wanted.last.items()}
    return base.select(customer_id=base.customer_id, **known, **last, _calendar=base["_calendar"])


@dataclass(frozen=True, slots=True)
class EventFacts:
    """What facts take from the events, one row per customer who has any that count.

    `spans` are the sliding windows. `steady`: from one day to the next it changes only for customers with events that are new, that were
    changed, whose day has come, or that leave a window. `meaning` is the same text where the columns mean the same.
    """

    table: ir.Table
    spans: tuple[Span, ...]
    steady: bool
    meaning: str


def event_facts(inputs: Inputs, context: PlanContext, needed: Needs, kinds: Iterable[str]) -> EventFacts | None:
    """The event aggregates behind `facts`; None where no fact is taken from the events. The table is not yet computed."""
    wanted = _wanted(inputs, context, needed, kinds)
    aggregates = wanted.of["event"]
    if not aggregates.columns:
        return None
    spans = {fact.window for fact in wanted.event_facts if fact.window is not None}
    meaning = [str(inputs.events.schema()), *sorted(aggregates.columns), *(f"{name}: {what}" for what, name in aggregates.names.items())]
    return EventFacts(
        _grouped(inputs, "event", aggregates, context.day),
        tuple(sorted(spans, key=str)),
        not any(fact.aggregate == "next" or _looks_at_today(fact.where) for fact in wanted.event_facts),
        "\n".join(meaning),
    )


def _looks_at_today(where: Node | None) -> bool:
    return where is not None and any(isinstance(node, Call) and node.function in _BY_TODAY for node in walk(where))


_BY_TODAY = frozenset({"days_since", "days_until", "months_since"})


def _grouped(inputs: Inputs, source: str, aggregates: Aggregates, day: date) -> ir.Table:
    return _rows(inputs, source, day).group_by("customer_id").aggregate(**aggregates.columns)


def _wanted(inputs: Inputs, context: PlanContext, needed: Needs | None, kinds: Iterable[str]) -> _Wanted:
    of = _sources(inputs, context.day, _built_in_names(needed))
    places: dict[tuple[str, str], str] = {}
    from_events: list[Fact] = []

    def want(fact: Fact) -> str:
        if fact.source == "event":
            from_events.append(fact)
        return of[fact.source].want(_signature(fact), _aggregate(fact, inputs, context.day))

    for playbook in context.playbooks:
        for fact in read_facts(playbook):
            if fact.source != "derived" and _is_needed(needed, playbook, fact.name):
                places[playbook.playbook, fact.name] = want(fact)
    lasts = {kind: Fact("", "event", kind, None, "last", None, None, None, ValueType.DATE) for kind in kinds}
    return _Wanted(of, places, {kind: want(fact) for kind, fact in lasts.items()}, tuple(from_events))


def last_column(kind: str) -> str:
    """The column with the day of a customer's last event of a kind."""
    return f"_last {kind}"


ALWAYS = frozenset({"kind", "status", "branch_id", "owner_id", "time_zone", "open_cases"})
"""The built-in columns that every plan needs."""


def _built_in_names(needed: Needs | None) -> frozenset[str]:
    return frozenset(BUILT_IN) if needed is None else ALWAYS.union(*needed.values()) & frozenset(BUILT_IN)


def _is_needed(needed: Needs | None, playbook: Playbook, name: str) -> bool:
    return needed is None or name in needed[playbook.playbook]


def _sources(inputs: Inputs, day: date, built_in: frozenset[str]) -> dict[str, Aggregates]:
    """The aggregates of each source, with those of the built-in columns."""
    wanted = {name: Aggregates(f"_{name}") for name in ("event", "contact", "answer", "agreement", "point", "case", "learned")}
    contacts, points = inputs.contacts, inputs.contact_points
    recent = contacts.counted & (contacts.day > shift(day, Span.parse("30 days"), -1))
    found: dict[str, tuple[str, ir.Value]] = {
        "first_seen": ("event", inputs.events.day.min()),
        "contacts_30d": ("contact", contacts.customer_id.count(where=recent)),
        "last_contact": ("contact", contacts.day.max(where=contacts.counted)),
        "open_cases": ("case", inputs.cases.customer_id.count().cast("int64")),
        **{f"has_{name}": ("point", (points.channel == name).any()) for name in _CHANNELS},
        **{name: ("learned", latest(inputs.learned, name)) for name in LEARNED},
    }
    for name, (source, value) in found.items():
        if name in built_in:
            wanted[source].columns[f"_{name}"] = value
    return wanted


_CHANNELS = ("phone", "sms", "email", "wecom")


def _signature(fact: Fact) -> object:
    return (fact.source, fact.kind, fact.field, fact.aggregate, str(fact.window), fact.where, fact.type)


def _table(inputs: Inputs, source: str) -> ir.Table:
    tables = {
        "event": inputs.events, "contact": inputs.contacts, "answer": inputs.answers, "agreement": inputs.agreements,
        "point": inputs.contact_points, "case": inputs.cases, "learned": inputs.learned,
    }  # fmt: skip
    return tables[source]


def _rows(inputs: Inputs, source: str, day: date) -> ir.Table:
    """Rows that count on the day: not after it, agreements that are active on it, usable contact points, open cases."""
    table = _table(inputs, source)
    match source:
        case "point":
            return table.filter(table.usable)
        case "case":
            return table.filter(table["open"])
        case "learned":
            return table.filter(table.as_of <= day)
        case "event" | "contact" | "answer":
            return table.filter(table.day <= day)
    active = table.status.fill_null("active") == "active"
    return table.filter(active, table.starts.fill_null(day) <= day, table.ends.fill_null(day) >= day)


def _aggregate(fact: Fact, inputs: Inputs, day: date) -> ir.Value:
    table = _table(inputs, fact.source)
    where = _where(fact, table, day)
    given = _field(fact, table)
    match fact.aggregate:
        case "count":
            return table.customer_id.count(where=where & given.notnull() if fact.field not in (None, "reached") else where)
        case "first" | "last" if fact.field in (None, "reached"):
            return given.min(where=where) if fact.aggregate == "first" else given.max(where=where)
        case "first":
            return given.argmin(_order(fact, table), where=where & given.notnull())
        case "last":
            return given.argmax(_order(fact, table), where=where & given.notnull())
        case "next":
            return given.min(where=where & (given >= day))
        case _:
            found = getattr(given, str(fact.aggregate))(where=where)
            return rounded(found, SUM_DIGITS) if found.type().is_floating() else found


def _where(fact: Fact, table: ir.Table, day: date) -> ir.BooleanValue:
    """Which rows are aggregated; an aggregate passes over a row for which this is unknown."""
    key = {"contact": "channel", "answer": "question"}.get(fact.source, "kind")
    rules = [table[key] == fact.kind] if fact.kind is not None else [table.customer_id.notnull()]
    if fact.field == "reached":
        rules.append(table.reached)
    if fact.window is not None:
        rules.append(table.day > shift(day, fact.window, -1))
    if fact.where is not None:
        rules.append(conditions.holds(fact.where, lambda name: _named(fact, table, name), day))
    return reduce(lambda a, b: a & b, rules)


def _field(fact: Fact, table: ir.Table) -> ir.Value:
    if fact.field in (None, "reached"):
        return table.day if "day" in table.columns else table.starts
    return _named(fact, table, str(fact.field))


def _said(value: ir.Value, kind: ValueType) -> ir.Value:
    """An answer as it was written, in its type; what cannot be read is null."""
    if kind is ValueType.BOOLEAN:
        return value.lower().isin(["yes", "true", "1"])
    return value if kind is ValueType.TEXT else read(value, _TYPES[kind.value])


def _named(fact: Fact, table: ir.Table, name: str) -> ir.Value:
    if fact.source == "answer" and name == "value":
        return _said(table.value, fact.said)
    return table[name] if name in table.columns else unknown(table, _TYPES[fact.type.value])


def unknown(table: ir.Table, kind: str) -> ir.Value:
    """A column of a table that holds nothing."""
    return ibis.ifelse(table.customer_id.isnull(), ibis.null(kind), ibis.null(kind))


def _order(fact: Fact, table: ir.Table) -> ir.Value:
    """Rows in time; of several on one day or at one moment, in the order of their ids as text."""
    parts = {
        "event": ("day", "at", "event_id"),
        "agreement": ("starts", "ends", "agreement_id"),
        "answer": ("day", "programme", "value"),
    }
    texts = [table[name].cast("string").fill_null("") for name in parts[fact.source]]
    return texts[0] + "|" + texts[1] + "|" + texts[2]


def _built_in(inputs: Inputs, day: date) -> ir.Table:
    customers = inputs.customers
    return customers.mutate(kind=customers.kind.fill_null("person"), status=customers.status.fill_null("active"), age=_age(customers, day))


def _homes(inputs: Inputs) -> tuple[ir.Table, str]:
    return inputs.branches.select("branch_id", _zone="time_zone", _calendar="calendar"), "branch_id"


def _age(customers: ir.Table, day: date) -> ir.Value:
    born = customers.birthday
    later = (born.month().cast("int64") * 100 + born.day()) > day.month * 100 + day.day
    return (day.year - born.year() - later.cast("int64")).cast("int64")


def _columns(
    base: ir.Table,
    context: PlanContext,
    places: Mapping[tuple[str, str], str],
    needed: Needs | None,
) -> dict[str, ir.Value]:
    known = {name: column for name, column in _built_in_columns(base) if name in _built_in_names(needed)}
    columns = dict(known)
    for playbook in context.playbooks:
        for name, column in _playbook_columns(playbook, read_facts(playbook), base, known, places, context.day, needed):
            columns[fact_column(playbook.playbook, name)] = column
    return columns


def _built_in_columns(base: ir.Table) -> Iterator[tuple[str, ir.Value]]:
    for name in ("kind", "status", "branch_id", "owner_id", "language", "age"):
        yield name, base[name]
    yield "time_zone", ibis.coalesce(base.time_zone, base["_zone"])
    for name in ("contacts_30d", "open_cases"):
        if f"_{name}" in base.columns:
            yield name, base[f"_{name}"].fill_null(0)
    for name in (f"has_{channel}" for channel in _CHANNELS):
        if f"_{name}" in base.columns:
            yield name, base[f"_{name}"].fill_null(False)
    for name in ("last_contact", *LEARNED):
        if f"_{name}" in base.columns:
            yield name, base[f"_{name}"]
    if "_first_seen" in base.columns:
        yield "first_seen", ibis.coalesce(base.first_seen, base["_first_seen"])


def _playbook_columns(
    playbook: Playbook,
    found: tuple[Fact, ...],
    base: ir.Table,
    known: Mapping[str, ir.Value],
    places: Mapping[tuple[str, str], str],
    day: date,
    needed: Needs | None,
) -> Iterator[tuple[str, ir.Value]]:
    """Attributes, facts in order, classes and ladders, as far as needed: each can name those before it."""
    values = {**known, "branch": base.branch_id.cast("string")}

    def give(name: str, column: ir.Value) -> tuple[str, ir.Value]:
        values[name] = column
        return name, column

    for name, attribute in _of(needed, playbook, playbook.attributes.items()):
        kind = _TYPES[attribute.type]
        yield give(name, base[name].cast(kind) if name in base.columns else ibis.null(kind))
    for _, fact in _of(needed, playbook, ((fact.name, fact) for fact in found)):
        if fact.expression is not None:
            yield give(fact.name, conditions.value(fact.expression, values.__getitem__, day))
        else:
            column = base[places[playbook.playbook, fact.name]]
            yield give(fact.name, column.fill_null(0) if fact.aggregate == "count" else column)
    for name, rule in _of(needed, playbook, playbook.classes.items()):
        yield give(name, conditions.holds(parse(rule.when), values.__getitem__, day))
    for name, ladder in _of(needed, playbook, playbook.ladders.items()):
        cases = [
            (ibis.literal(value=True) if step.when == "else" else conditions.holds(parse(step.when), values.__getitem__, day), key)
            for key, step in ladder.steps.items()
        ]
        yield give(name, ibis.cases(*cases, else_=None))


def _of(needed: Needs | None, playbook: Playbook, named: Iterable[tuple[str, T]]) -> Iterator[tuple[str, T]]:
    return ((name, value) for name, value in named if _is_needed(needed, playbook, name))
