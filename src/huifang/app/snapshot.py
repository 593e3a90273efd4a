"""The database as the engine's input tables, in memory.

Rows are read in batches and handed over by Arrow; only the columns the engine's contracts name and the attributes that the playbooks in
force declare. Sealed fields are never read. Times are UTC without a zone, branches are known by their code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from django.db.models import Model, QuerySet

from huifang.app.calendars import engine_rows
from huifang.app.queries.customer_facts import typed
from huifang.app.reach import channels_of
from huifang.app.records.models import (
    Absence,
    Agreement,
    Answer,
    Attempt,
    Branch,
    Case,
    Consent,
    ContactPoint,
    Customer,
    Event,
    Occurrence,
    OptOut,
    Promise,
    Request,
    Staff,
)
from huifang.domain.contact import Channel
from huifang.domain.spans import Unit
from huifang.engine import tables
from huifang.playbooks.schema import AfterEvent, Attribute, Playbook

_BATCH = 20_000
_ARROW = {
    "string": pa.string(), "boolean": pa.bool_(), "int64": pa.int64(), "float64": pa.float64(), "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}  # fmt: skip
_ATTRIBUTE = {"text": pa.string(), "number": pa.float64(), "date": pa.date32(), "boolean": pa.bool_()}
_TEXT_KEYS = ("branch_id",)

Row = Sequence[Any]


def load(connection: Any, playbooks: Sequence[Playbook], day: date) -> dict[str, ir.Table]:
    """Every input table of `engine.tables`, loaded into an ibis connection. About twenty queries, whatever the size."""
    made = {
        "customers": _customers(playbooks),
        "events": _events(playbooks),
        "agreements": _agreements(playbooks),
        "contact_points": _arrow(tables.CONTACT_POINTS, _contact_points()),
        "consents": _arrow(tables.CONSENTS, _consents()),
        "contacts": _arrow(tables.CONTACTS, _contacts()),
        "answers": _arrow(tables.ANSWERS, _answers()),
        "cases": _arrow(tables.CASES, _cases()),
        "promises": _arrow(tables.PROMISES, _promises()),
        "requests": _arrow(tables.REQUESTS, _rows(Request.objects.all(), "pk", "customer_id", "programme", "day")),
        "known": _arrow(tables.KNOWN, _known()),
        "staff": _arrow(tables.STAFF, _staff()),
        "absences": _arrow(tables.ABSENCES, _rows(Absence.objects.all(), "staff_id", "first_day", "last_day", "substitute_id")),
        "branches": _arrow(tables.BRANCHES, _rows(Branch.objects.all(), "code", "time_zone", "calendar")),
        "calendar_days": _calendar_days(playbooks, day),
    }
    return {name: connection.create_table(name, table, temp=True) for name, table in made.items()}


def _rows(query: QuerySet[Any, Any], *columns: str) -> Iterator[Row]:
    model: type[Model] = query.model
    found: Iterator[Row] = query.values_list(*columns).order_by(model._meta.pk.name if model._meta.pk else "pk").iterator(_BATCH)
    return found


def _arrow(table: tables.Table, rows: Iterable[Row], more: Mapping[str, pa.DataType] | None = None) -> pa.Table:
    """Rows in the order of the contract's columns, then of `more`, as Arrow."""
    types = {column.name: _type(column) for column in table.columns} | dict(more or {})
    schema = pa.schema(list(types.items()))
    batches, source = [], iter(rows)
    while chunk := list(islice(source, _BATCH)):
        columns = [pa.array(values, kind) for values, kind in zip(zip(*chunk, strict=True), types.values(), strict=True)]
        batches.append(pa.RecordBatch.from_arrays(columns, schema=schema))
    return pa.Table.from_batches(batches, schema)


def _type(column: tables.Column) -> pa.DataType:
    if column.type == "key":
        return pa.string() if column.name in _TEXT_KEYS else pa.int64()
    return _ARROW[column.type]


def _customers(playbooks: Sequence[Playbook]) -> pa.Table:
    declared = _declared(playbook.attributes for playbook in playbooks)
    columns = (
        "pk", "kind", "status", "branch__code", "owner_id", "time_zone", "language", "birthday", "birthday_lunar", "first_seen",
        "attributes",
    )  # fmt: skip
    rows = (
        (*row[:5], row[5] or None, row[6] or None, *row[7:10], *_values(row[10], declared))
        for row in _rows(Customer.objects.filter(merged_into=None), *columns)
    )
    return _arrow(tables.CUSTOMERS, rows, _types(declared))


def _events(playbooks: Sequence[Playbook]) -> pa.Table:
    """Events of declared kinds; the moment only where a playbook counts in hours."""
    declared = _declared(kind.attributes for playbook in playbooks for kind in playbook.events.values())
    kinds = {kind for playbook in playbooks for kind in playbook.events}
    hours = any(
        isinstance(each.when, AfterEvent) and each.when.wait.unit in (Unit.HOUR, Unit.MINUTE)
        for playbook in playbooks
        for each in playbook.programmes.values()
    )
    columns = ("pk", "customer_id", "kind", "at" if hours else "pk", "day", "amount", "branch__code", "staff_id", "attributes")
    rows = (
        (*row[:3], _utc(row[3]) if hours else None, row[4], _number(row[5]), *row[6:8], *_values(row[8], declared))
        for row in _rows(Event.objects.filter(kind__in=kinds, customer__merged_into=None), *columns)
    )
    return _arrow(tables.EVENTS, rows, _types(declared))


def _agreements(playbooks: Sequence[Playbook]) -> pa.Table:
    declared = _declared(kind.attributes for playbook in playbooks for kind in playbook.agreements.values())
    kinds = {kind for playbook in playbooks for kind in playbook.agreements}
    columns = ("pk", "customer_id", "kind", "starts", "ends", "status", "amount", "attributes")
    rows = (
        (*row[:6], _number(row[6]), *_values(row[7], declared))
        for row in _rows(Agreement.objects.filter(kind__in=kinds, customer__merged_into=None), *columns)
    )
    return _arrow(tables.AGREEMENTS, rows, _types(declared))


def _contact_points() -> Iterator[Row]:
    usable: dict[tuple[int, Channel], bool] = {}
    for customer, kind, mobile, good in ContactPoint.objects.values_list("customer_id", "kind", "mobile", "usable").iterator(_BATCH):
        for channel in channels_of(kind, mobile):
            usable[customer, channel] = good or usable.get((customer, channel), False)
    return ((customer, channel.value, good) for (customer, channel), good in usable.items())


def _consents() -> Iterator[Row]:
    """The last word for each purpose and channel, then every refusal that clings to a number."""
    last: dict[tuple[int, str, str], bool] = {}
    said = Consent.objects.order_by("at", "pk").values_list("customer_id", "purpose", "channel", "allowed")
    for customer, purpose, channel, allowed in said.iterator(_BATCH):
        last[customer, purpose, channel] = allowed
    refused: dict[str, list[tuple[str, str]]] = {}
    for index, purpose, channel in OptOut.objects.values_list("value_index", "purpose", "channel"):
        refused.setdefault(index, []).append((purpose, channel))
    if refused:
        for customer, index in ContactPoint.objects.values_list("customer_id", "value_index").iterator(_BATCH):
            for purpose, channel in refused.get(index, ()):
                last[customer, purpose, channel] = False
    return ((*key, allowed) for key, allowed in last.items())


def _contacts() -> Iterator[Row]:
    return _rows(Attempt.objects.all(), "pk", "customer_id", "channel", "purpose", "programme", "day", "reached", "counted", "staff_id")


def _answers() -> Iterator[Row]:
    return _rows(Answer.objects.all(), "record__customer_id", "record__programme", "question", "record__day", "score", "value")


def _cases() -> Iterator[Row]:
    for pk, customer, kind, state, opened, closed in _rows(
        Case.objects.all(), "pk", "customer_id", "kind", "state", "opened_at", "closed_at"
    ):
        yield pk, customer, kind, state != Case.State.CLOSED, opened.date(), closed.date() if closed else None


def _promises() -> Iterator[Row]:
    columns = ("pk", "customer_id", "occurrence__programme", "occurrence__cause", "day", "opens_at", "closes_at", "staff_id")
    for row in _rows(Promise.objects.filter(open=True), *columns):
        yield (*row[:5], _utc(row[5]), _utc(row[6]), row[7])


def _known() -> Iterator[Row]:
    columns = (
        "playbook", "programme", "customer_id", "cause", "event_id", "cause_day", "due", "deadline", "expires", "open", "attempts",
        "next_on", "last_staff_id",
    )  # fmt: skip
    return _rows(Occurrence.objects.all(), *columns)


def _staff() -> Iterator[Row]:
    for pk, branch, capacity, active, skills in _rows(
        Staff.objects.filter(capacity__gt=0), "pk", "branch__code", "capacity", "is_active", "skills"
    ):
        yield pk, branch, capacity, active, ",".join(skills)


def _calendar_days(playbooks: Sequence[Playbook], day: date) -> pa.Table:
    names = {playbook.calendar.country for playbook in playbooks} | set(Branch.objects.values_list("calendar", flat=True))
    columns = tables.CALENDAR_DAYS.names
    rows = ([row.get(column) for column in columns] for name in sorted(names) for row in engine_rows(name, day))
    return _arrow(tables.CALENDAR_DAYS, rows)


def _declared(groups: Iterable[Mapping[str, Attribute]]) -> dict[str, str]:
    """Attribute names with their type; where playbooks disagree about one, it is text."""
    found: dict[str, str] = {}
    for attributes in groups:
        for name, attribute in attributes.items():
            found[name] = attribute.type if found.get(name, attribute.type) == attribute.type else "text"
    return found


def _types(declared: Mapping[str, str]) -> dict[str, pa.DataType]:
    return {name: _ATTRIBUTE[kind] for name, kind in declared.items()}


def _values(kept: Mapping[str, Any], declared: Mapping[str, str]) -> Iterator[object]:
    return (typed(kept.get(name), kind) for name, kind in declared.items())


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


def _number(amount: Any) -> float | None:
    return None if amount is None else float(amount)


def connect() -> Any:
    """A fresh engine database in memory."""
    return ibis.duckdb.connect(":memory:")
