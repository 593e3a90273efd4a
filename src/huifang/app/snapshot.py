"""The database as the engine's input tables, in memory.

Rows are read in batches and handed over by Arrow; only the columns the engine's contracts name and the attributes that the playbooks in
force declare. Sealed fields are never read. Times are UTC without a zone, branches are known by their code.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import islice
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import DateTimeField, F, Model, Q, QuerySet, Value
from django.db.models.functions import NullIf

from huifang.app.attributes import typed
from huifang.app.business_time import business_day
from huifang.app.calendars import engine_rows
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
    ContactPolicy,
    Customer,
    Event,
    LearnedNumber,
    Occurrence,
    OptOut,
    Promise,
    Request,
    ScheduledContact,
    Staff,
    WeekSchedule,
)
from huifang.domain.contact import Channel
from huifang.domain.spans import Unit
from huifang.engine import tables
from huifang.engine.frequency import caps
from huifang.playbooks.schema import Adaptive, AfterEvent, Attribute, Playbook

_BATCH = 20_000
_SAID = ("customer_id", "purpose", "channel", "allowed", "proven")
_WEEK = timedelta(days=7)
_ARROW = {
    "string": pa.string(), "boolean": pa.bool_(), "int64": pa.int64(), "float64": pa.float64(), "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}  # fmt: skip
_ATTRIBUTE = {"text": pa.string(), "number": pa.float64(), "date": pa.date32(), "boolean": pa.bool_()}
_TEXT_KEYS = ("branch_id",)

Row = Sequence[Any]


def load(engine: Any, playbooks: Sequence[Playbook], day: date, only: int | None = None) -> dict[str, ir.Table]:
    """The input tables of `engine.tables` that the playbooks need, loaded into an ibis connection. About twenty queries, whatever the size.

    With `only`, the rows of that customer alone, and no staff.
    """
    made = {
        "customers": _customers(playbooks, only),
        "events": _events(playbooks, only),
        "agreements": _agreements(playbooks, only),
        "contact_points": arrow(tables.CONTACT_POINTS, _contact_points(only)),
        "consents": arrow(tables.CONSENTS, _consents(only)),
        "contacts": arrow(tables.CONTACTS, _contacts(playbooks, only)),
        "answers": arrow(tables.ANSWERS, _answers(only)),
        "cases": arrow(tables.CASES, _cases(only)),
        "promises": arrow(tables.PROMISES, _promises(only)),
        "requests": arrow(tables.REQUESTS, _rows(_of(Request.objects.all(), only), "pk", "customer_id", "programme", "day")),
        "known": arrow(tables.KNOWN, _known(only)),
        "learned": arrow(tables.LEARNED, _learned(playbooks, only)),
        "staff": arrow(tables.STAFF, _staff() if only is None else ()),
        "absences": arrow(tables.ABSENCES, _rows(Absence.objects.all(), "staff_id", "first_day", "last_day", "substitute_id")),
        "branches": arrow(tables.BRANCHES, _rows(Branch.objects.all(), "code", "time_zone", "calendar")),
        "calendar_days": _calendar_days(playbooks, day),
        "schedule": arrow(tables.SCHEDULE, _schedule(day)),
    }
    if any(programme.unasked or isinstance(programme.when, Adaptive) for book in playbooks for programme in book.programmes.values()):
        made["contact_policy"] = arrow(tables.CONTACT_POLICY, _contact_policy(only))
    return {name: engine.create_table(name, table, temp=True) for name, table in made.items()}


def _of(query: QuerySet[Any, Any], only: int | None, whose: str = "customer_id") -> QuerySet[Any, Any]:
    """Everybody's rows, or those of one customer."""
    return query if only is None else query.filter(**{whose: only})


def _rows(query: QuerySet[Any, Any], *columns: str) -> Iterator[Row]:
    model: type[Model] = query.model
    found: Iterator[Row] = query.values_list(*columns).order_by(model._meta.pk.name if model._meta.pk else "pk").iterator(_BATCH)
    return found


def _raw(query: QuerySet[Any, Any], *columns: Any) -> Iterator[Row]:
    """The same rows as the database gives them (SQLite: days and JSON as text), for tables of many rows; `_array` understands them."""
    try:
        sql, parameters = query.order_by("pk").values_list(*columns).query.sql_with_params()
    except EmptyResultSet:  # it asks for none of no kinds
        return
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        while rows := cursor.fetchmany(_BATCH):
            yield from rows


def arrow(table: tables.Table, rows: Iterable[Row], declared: Mapping[str, str] | None = None) -> pa.Table:
    """Rows in the order of the contract's columns as Arrow; with `declared`, a last column holds the attributes as JSON."""
    types = {column.name: _type(column) for column in table.columns}
    schema = pa.schema(list((types | _types(declared or {})).items()))
    batches, source = [], iter(rows)
    while chunk := list(islice(source, _BATCH)):
        columns = list(zip(*chunk, strict=True))
        arrays = [_array(values, kind) for values, kind in zip(columns, types.values(), strict=False)]
        if declared:
            arrays += _attributes(columns[-1], declared)
        batches.append(pa.RecordBatch.from_arrays(arrays, schema=schema))
    return pa.Table.from_batches(batches, schema)


def _array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """One column of a batch, whichever way the database gives days, moments, amounts and truth values."""
    first = next((value for value in values if value is not None), None)
    if isinstance(first, str) and not pa.types.is_string(kind):
        return pa.array(values, pa.string()).cast(kind)
    if isinstance(first, Decimal):
        values = [_number(value) for value in values]
    elif isinstance(first, datetime):
        values = [value and _utc(value) for value in values]
    elif isinstance(first, int) and pa.types.is_boolean(kind):
        values = [None if value is None else bool(value) for value in values]
    return pa.array(values, kind)


def _attributes(kept: Sequence[Any], declared: Mapping[str, str]) -> list[pa.Array]:
    """A column for each declared attribute of a batch."""
    read = [json.loads(each) if isinstance(each, str) else each for each in kept]
    return [pa.array([typed(each.get(name), kind) for each in read], _ATTRIBUTE[kind]) for name, kind in declared.items()]


def _type(column: tables.Column) -> pa.DataType:
    if column.type == "key":
        return pa.string() if column.name in _TEXT_KEYS else pa.int64()
    return _ARROW[column.type]


def _customers(playbooks: Sequence[Playbook], only: int | None) -> pa.Table:
    declared = _declared(playbook.attributes for playbook in playbooks)
    columns = (
        "pk", "kind", "status", "branch__code", "owner_id", NullIf("time_zone", Value("")), NullIf("language", Value("")), "birthday",
        "birthday_lunar", "first_seen", "attributes",
    )  # fmt: skip
    return arrow(tables.CUSTOMERS, _raw(_of(Customer.objects.filter(merged_into=None), only, "pk"), *columns), declared)


def _events(playbooks: Sequence[Playbook], only: int | None) -> pa.Table:
    """Events of declared kinds; the moment only where a playbook counts in hours."""
    declared = _declared(kind.attributes for playbook in playbooks for kind in playbook.events.values())
    kinds = {kind for playbook in playbooks for kind in playbook.events}
    hours = any(
        isinstance(each.when, AfterEvent) and each.when.wait.unit in (Unit.HOUR, Unit.MINUTE)
        for playbook in playbooks
        for each in playbook.programmes.values()
    )
    at = F("at") if hours else Value(None, output_field=DateTimeField())
    columns = ("pk", "customer_id", "kind", at, "day", "amount", "branch__code", "staff_id", "attributes")
    found = _of(Event.objects.filter(kind__in=kinds, customer__merged_into=None), only)
    return arrow(tables.EVENTS, _raw(found, *columns), declared)


def _agreements(playbooks: Sequence[Playbook], only: int | None) -> pa.Table:
    declared = _declared(kind.attributes for playbook in playbooks for kind in playbook.agreements.values())
    kinds = {kind for playbook in playbooks for kind in playbook.agreements}
    columns = ("pk", "customer_id", "kind", "starts", "ends", "status", "amount", "attributes")
    found = _of(Agreement.objects.filter(kind__in=kinds, customer__merged_into=None), only)
    return arrow(tables.AGREEMENTS, _raw(found, *columns), declared)


def _contact_points(only: int | None) -> Iterator[Row]:
    usable: dict[tuple[int, Channel], bool] = {}
    serves = cache(channels_of)
    points = _of(ContactPoint.objects.all(), only).values_list("customer_id", "kind", "mobile", "usable")
    for customer, kind, mobile, good in points.iterator(_BATCH):
        for channel in serves(kind, mobile):
            usable[customer, channel] = good or usable.get((customer, channel), False)
    return ((customer, channel.value, good) for (customer, channel), good in usable.items())


def _consents(only: int | None) -> Iterator[Row]:
    """The last word for each purpose and channel, then every refusal that clings to a number."""
    last: dict[tuple[int, str, str], tuple[bool, bool]] = {}
    said = _of(Consent.objects.order_by("at", "pk"), only).annotate(proven=Q(~Q(proof="")))
    for customer, purpose, channel, allowed, proven in said.values_list(*_SAID).iterator(_BATCH):
        last[customer, purpose, channel] = allowed, proven
    refused: dict[str, list[tuple[str, str]]] = {}
    held = OptOut.objects.all() if only is None else OptOut.objects.filter(value_index__in=_indexes(only))
    for index, purpose, channel in held.values_list("value_index", "purpose", "channel"):
        refused.setdefault(index, []).append((purpose, channel))
    if refused:
        points = _of(ContactPoint.objects.all(), only).values_list("customer_id", "value_index")
        for customer, index in points.iterator(_BATCH):
            for purpose, channel in refused.get(index, ()):
                last[customer, purpose, channel] = False, False
    return ((*key, *words) for key, words in last.items())


def _indexes(customer: int) -> QuerySet[Any, Any]:
    return ContactPoint.objects.filter(customer_id=customer).values("value_index")


def _contacts(playbooks: Sequence[Playbook], only: int | None) -> Iterator[Row]:
    """Every attempt; the moment only where a cap counts hours."""
    at = F("at") if any(cap.hours for cap in caps(playbooks)) else Value(None, output_field=DateTimeField())
    columns = ("pk", "customer_id", "channel", "purpose", "programme", "day", "local_day", at, "reached", "counted", "staff_id")
    return _raw(_of(Attempt.objects.all(), only), *columns)


def _answers(only: int | None) -> Iterator[Row]:
    columns = ("record__customer_id", "record__programme", "question", "record__day", "score", "value")
    return _raw(_of(Answer.objects.all(), only, "record__customer_id"), *columns)


def _cases(only: int | None) -> Iterator[Row]:
    columns = ("pk", "customer_id", "kind", "state", "opened_at", "closed_at")
    for pk, customer, kind, state, opened, closed in _rows(_of(Case.objects.all(), only), *columns):
        yield pk, customer, kind, state != Case.State.CLOSED, business_day(opened), business_day(closed) if closed else None


def _promises(only: int | None) -> Iterator[Row]:
    columns = ("pk", "customer_id", "occurrence__programme", "occurrence__cause", "day", "opens_at", "closes_at", "staff_id")
    for row in _rows(_of(Promise.objects.filter(open=True, occurrence__open=True), only), *columns):
        yield (*row[:5], _utc(row[5]), _utc(row[6]), row[7])


def _known(only: int | None) -> Iterator[Row]:
    columns = (
        "playbook", "programme", "customer_id", "cause", "event_id", "cause_day", "due", "deadline", "expires", "open", "attempts",
        "next_on", "last_staff_id",
    )  # fmt: skip
    return _raw(_of(Occurrence.objects.all(), only), *columns)


def _learned(playbooks: Sequence[Playbook], only: int | None) -> Iterator[Row]:
    """Learned numbers, where a playbook has any learned."""
    if any(playbook.value is not None for playbook in playbooks):
        found = _of(LearnedNumber.objects.filter(customer__merged_into=None), only)
        yield from _raw(found, "customer_id", "name", "value", "as_of", "model")


def _contact_policy(only: int | None) -> Iterator[Row]:
    """What was learned about contacting: worth, accounts, classes that rest."""
    return _raw(_of(ContactPolicy.objects.filter(customer__merged_into=None), only), *tables.CONTACT_POLICY.names)


def _staff() -> Iterator[Row]:
    """Everybody who has places; where nobody has any, everybody: then there are people, and what needs one waits."""
    able = Staff.objects.filter(capacity__gt=0)
    who = able if able.exists() else Staff.objects.all()
    for pk, branch, capacity, active, skills, hours in _rows(who, "pk", "branch__code", "capacity", "is_active", "skills", "hours"):
        yield pk, branch, capacity, active, ",".join(skills), hours or None


def _schedule(day: date) -> Iterator[Row]:
    """Approved schedules of this week, the next and the one before: a row for each occurrence, bundled ones too."""
    near = (day - 2 * _WEEK, day + 2 * _WEEK)
    rows = ScheduledContact.objects.filter(schedule__state=WeekSchedule.State.APPROVED, schedule__first_day__range=near)
    for playbook, programme, customer, cause, bundled, on, who in _rows(
        rows, "playbook", "programme", "customer_id", "cause", "bundled", "day", "staff_id"
    ):
        for key in ((playbook, programme, cause), *bundled):
            yield key[0], key[1], customer, key[2], on, who


def _calendar_days(playbooks: Sequence[Playbook], day: date) -> pa.Table:
    names = {playbook.calendar.country for playbook in playbooks} | set(Branch.objects.values_list("calendar", flat=True))
    columns = tables.CALENDAR_DAYS.names
    rows = ([row.get(column) for column in columns] for name in sorted(names) for row in engine_rows(name, day))
    return arrow(tables.CALENDAR_DAYS, rows)


def _declared(groups: Iterable[Mapping[str, Attribute]]) -> dict[str, str]:
    """Attribute names with their type; where playbooks disagree about one, it is text."""
    found: dict[str, str] = {}
    for attributes in groups:
        for name, attribute in attributes.items():
            found[name] = attribute.type if found.get(name, attribute.type) == attribute.type else "text"
    return found


def _types(declared: Mapping[str, str]) -> dict[str, pa.DataType]:
    return {name: _ATTRIBUTE[kind] for name, kind in declared.items()}


def _utc(moment: datetime) -> datetime:
    """In UTC without a zone, as the engine keeps moments; what has no zone is UTC already."""
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def _number(amount: Any) -> float | None:
    return None if amount is None else float(amount)


def connect() -> Any:
    """A fresh engine database in memory."""
    return ibis.duckdb.connect(":memory:")
