"""Facts: everything that conditions can name about a customer, one row each, computed in one pass over the events.

The aggregates of all active playbooks, and the days that their triggers need, become conditional aggregates of one grouped pass over the
events; contacts, answers, agreements, contact points and cases have one pass each. Derived facts, classes and ladders are columns over
these. An aggregate that several facts share is computed once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import reduce

import ibis
import ibis.expr.types as ir

from huifang.domain.spans import Span, shift
from huifang.engine import conditions
from huifang.engine.stages import Inputs, PlanContext, fact_column
from huifang.playbooks.expressions import ValueType, parse
from huifang.playbooks.facts import Fact
from huifang.playbooks.facts import facts as read_facts
from huifang.playbooks.schema import Playbook

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


def facts(inputs: Inputs, context: PlanContext, marks: Mapping[str, ir.Value]) -> ir.Table:
    """The table of facts on the context's day: `stages.BUILT_IN` and, for each playbook, its columns (`stages.fact_column`).

    `marks` are further aggregates over `inputs.events`, by column, that triggers need. The table is not yet computed.
    """
    day = context.day
    sources = {name: _rows(inputs, name, day) for name in ("event", "contact", "answer", "agreement")}
    wanted = {name: Aggregates(f"_{name}") for name in sources}
    events = inputs.events
    wanted["event"].columns |= {"_first_day": events.day.min(), **marks}
    contacts = inputs.contacts
    recent = contacts.counted & (contacts.day > shift(day, Span.parse("30 days"), -1))
    wanted["contact"].columns |= {
        "contacts_30d": contacts.customer_id.count(where=recent),
        "last_contact": contacts.day.max(where=contacts.counted),
    }
    plans = [(playbook, read_facts(playbook)) for playbook in context.playbooks]
    places = {
        (playbook.playbook, fact.name): wanted[fact.source].want(_signature(fact), _aggregate(fact, inputs, day))
        for playbook, found in plans
        for fact in found
        if fact.source != "derived"
    }
    base = _built_in(inputs, day)
    for name, rows in sources.items():
        if wanted[name].columns:
            grouped = rows.group_by("customer_id").aggregate(**wanted[name].columns)
            base = _beside(base, grouped)
    return _columns(base, context, plans, places, list(marks))


def _signature(fact: Fact) -> object:
    return (fact.source, fact.kind, fact.field, fact.aggregate, str(fact.window), fact.where, fact.type)


def _table(inputs: Inputs, source: str) -> ir.Table:
    tables = {"event": inputs.events, "contact": inputs.contacts, "answer": inputs.answers}
    return tables.get(source, inputs.agreements)


def _rows(inputs: Inputs, source: str, day: date) -> ir.Table:
    """Rows that count on the day: not after it; agreements that are active on it."""
    table = _table(inputs, source)
    if source != "agreement":
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
            return getattr(given, str(fact.aggregate))(where=where)


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
    if fact.source == "answer" and fact.field == "value":
        return _said(table.value, fact.type)
    return _named(fact, table, str(fact.field))


def _said(value: ir.Value, kind: ValueType) -> ir.Value:
    """An answer as it was written, in its type; what cannot be read is null."""
    if kind is ValueType.BOOLEAN:
        return value.lower().isin(["yes", "true", "1"])
    return value if kind is ValueType.TEXT else value.try_cast(_TYPES[kind.value])


def _named(fact: Fact, table: ir.Table, name: str) -> ir.Value:
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


def _beside(base: ir.Table, grouped: ir.Table) -> ir.Table:
    named = grouped.rename(_whose="customer_id")
    return base.left_join(named, base.customer_id == named["_whose"]).drop("_whose")


def _built_in(inputs: Inputs, day: date) -> ir.Table:
    customers, branches, points, cases = inputs.customers, inputs.branches, inputs.contact_points, inputs.cases
    homes = branches.select(_branch="branch_id", _zone="time_zone", _calendar="calendar")
    base = customers.mutate(kind=customers.kind.fill_null("person"), status=customers.status.fill_null("active"), age=_age(customers, day))
    base = base.left_join(homes, base.branch_id == homes["_branch"]).drop("_branch")
    base = base.mutate(time_zone=ibis.coalesce(base.time_zone, base["_zone"])).drop("_zone")
    usable = points.filter(points.usable)
    reach = usable.group_by("customer_id").aggregate(
        **{f"has_{name}": (usable.channel == name).any() for name in ("phone", "sms", "email", "wecom")}
    )
    opened = cases.filter(cases["open"]).group_by("customer_id").aggregate(open_cases=ibis._.count().cast("int64"))
    return _beside(_beside(base, reach), opened)


def _age(customers: ir.Table, day: date) -> ir.Value:
    born = customers.birthday
    later = (born.month().cast("int64") * 100 + born.day()) > day.month * 100 + day.day
    return (day.year - born.year() - later.cast("int64")).cast("int64")


def _columns(
    base: ir.Table,
    context: PlanContext,
    plans: Iterable[tuple[Playbook, tuple[Fact, ...]]],
    places: Mapping[tuple[str, str], str],
    marks: list[str],
) -> ir.Table:
    known = _built_in_columns(base)
    columns = dict(known)
    for playbook, found in plans:
        for name, column in _playbook_columns(playbook, found, base, known, places, context.day):
            columns[fact_column(playbook.playbook, name)] = column
    hidden = {name: base[name] for name in ("_calendar", *marks)}
    return base.select(customer_id=base.customer_id, **columns, **hidden)


def _built_in_columns(base: ir.Table) -> dict[str, ir.Value]:
    plain = ("kind", "status", "branch_id", "owner_id", "time_zone", "language", "age", "last_contact")
    return {
        **{name: base[name] for name in plain},
        "first_seen": ibis.coalesce(base.first_seen, base["_first_day"]),
        "open_cases": base.open_cases.fill_null(0),
        "contacts_30d": base.contacts_30d.fill_null(0),
        **{f"has_{name}": base[f"has_{name}"].fill_null(False) for name in ("phone", "sms", "email", "wecom")},
    }


def _playbook_columns(
    playbook: Playbook,
    found: tuple[Fact, ...],
    base: ir.Table,
    known: Mapping[str, ir.Value],
    places: Mapping[tuple[str, str], str],
    day: date,
) -> Iterator[tuple[str, ir.Value]]:
    """Attributes, facts in order, classes and ladders: each can name those before it."""
    values = {**known, "branch": base.branch_id.cast("string")}

    def give(name: str, column: ir.Value) -> tuple[str, ir.Value]:
        values[name] = column
        return name, column

    for name, attribute in playbook.attributes.items():
        kind = _TYPES[attribute.type]
        yield give(name, base[name].cast(kind) if name in base.columns else ibis.null(kind))
    for fact in found:
        if fact.expression is not None:
            yield give(fact.name, conditions.value(fact.expression, values.__getitem__, day))
        else:
            column = base[places[playbook.playbook, fact.name]]
            yield give(fact.name, column.fill_null(0) if fact.aggregate == "count" else column)
    for name, rule in playbook.classes.items():
        yield give(name, conditions.holds(parse(rule.when), values.__getitem__, day))
    for name, ladder in playbook.ladders.items():
        cases = [
            (ibis.literal(value=True) if step.when == "else" else conditions.holds(parse(step.when), values.__getitem__, day), key)
            for key, step in ladder.steps.items()
        ]
        yield give(name, ibis.cases(*cases, else_=None))
