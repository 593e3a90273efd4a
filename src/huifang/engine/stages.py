"""What passes between the stages of a plan: complete inputs, its context, the contracts of the tables in between.

    inputs → facts → occurrences → decisions → follow-ups

A stage takes ibis tables and returns ibis tables; `keeping.keep` materialises one where several later stages read it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir

from huifang.domain.errors import Place, Problem, TableError
from huifang.domain.words import Words
from huifang.engine.keeping import Connection
from huifang.engine.keys import key_problems
from huifang.engine.learned import unknown_names
from huifang.engine.staff_problems import staff_problems
from huifang.engine.tables import INPUTS, Column, ColumnType, Table
from huifang.playbooks.known_names import LEARNED
from huifang.playbooks.schema import Playbook

OCCURRENCES: dict[str, str] = {
    "playbook": "string", "programme": "string", "customer_id": "key", "cause": "string", "event_id": "key",
    "cause_day": "date", "due": "date", "deadline": "date", "expires": "date", "attempts": "int64", "next_on": "date",
    "last_staff_id": "key", "handler_id": "key", "amount": "float64", "promised": "boolean",
    "promise_opens_at": "timestamp", "promise_closes_at": "timestamp", "promise_staff_id": "key",
    "promise_day": "date", "late_known": "boolean",
}  # fmt: skip
"""One row for each (playbook, programme, customer_id, cause) that is to be decided on the plan's day.

`deadline` is the last day of `within`, `expires` the last day it is kept; `attempts`, `next_on` and `last_staff_id` come
from `known`; `handler_id` is the event's staff; the `promise_` columns are the earliest promise's of that occurrence;
`late_known`: an earlier plan has seen it already.
"""

BUILT_IN: dict[str, str] = {
    "kind": "string", "status": "string", "branch_id": "key", "owner_id": "key", "time_zone": "string",
    "language": "string", "age": "int64", "first_seen": "date", "open_cases": "int64", "has_phone": "boolean",
    "has_sms": "boolean", "has_email": "boolean", "has_wecom": "boolean", "contacts_30d": "int64", "last_contact": "date",
    **dict.fromkeys(LEARNED, "float64"),
}  # fmt: skip
"""Columns that the table of facts has without any playbook.

`kind` and `status` are never null (person, active); `time_zone` is the customer's or the branch's, null where neither
has one; `age` is in full years on the day; `contacts_30d` are the counted contacts of the 30 days before the day.
"""


@dataclass(frozen=True, slots=True)
class Inputs:
    """Every input table, complete: a table that was left out is empty, a column that was left out is null."""

    customers: ir.Table
    events: ir.Table
    agreements: ir.Table
    contact_points: ir.Table
    consents: ir.Table
    contacts: ir.Table
    answers: ir.Table
    cases: ir.Table
    promises: ir.Table
    requests: ir.Table
    known: ir.Table
    learned: ir.Table
    staff: ir.Table
    absences: ir.Table
    branches: ir.Table
    calendar_days: ir.Table
    contact_policy: ir.Table
    schedule: ir.Table
    policy_given: bool = False
    """Whether `contact_policy` was handed over at all; without it nobody has an account and no class rests."""
    event_facts: ir.Table | None = None
    """Not an input but what was kept of one: `occurrences.event_facts` of this day, its table computed."""


Everybody = Callable[[Connection, ir.Table, ir.Table], ir.Table]
"""A way of aggregating by customer (`analytics.customer_record`): connection, events, expression; the same table, computed or not."""


@dataclass(frozen=True, slots=True)
class PlanContext:
    """What a plan is made for.

    `day` is the business's day; `since` the day of the last plan (None: there was none); `playbooks` the active ones;
    `connection` the ibis backend that holds the tables; `everybody` is another way to aggregate everybody's events than
    the database's own.
    """

    day: date
    since: date | None
    playbooks: tuple[Playbook, ...]
    connection: Connection
    everybody: Everybody | None = None


def fact_column(playbook: str, name: str) -> str:
    """Column of a playbook's fact, class, ladder or attribute in the table of facts.

    >>> fact_column("repair-shop", "jobs_12m")
    'repair_shop__jobs_12m'
    """
    return f"{playbook.replace('-', '_')}__{name}"


def inputs(tables: Mapping[str, ir.Table]) -> Inputs:
    """The input tables, checked against `engine.tables` and completed.

    `tables` are ibis tables of one connection by name. Extra columns of customers, events and agreements are kept: they
    are attributes. Raises `TableError` that names every table and column that is wrong, and ids that are empty or there twice.
    """
    problems = list(_problems(tables)) or key_problems(tables) + unknown_names(tables) + staff_problems(tables)
    if problems:
        raise TableError(*problems)
    keys = _key_types(tables)
    nobody = tables["customers"].filter(ibis.literal(value=False))
    made = {table.name: _complete(table, tables.get(table.name), nobody, keys) for table in INPUTS}
    return Inputs(**made, policy_given="contact_policy" in tables)


_EXTRA = ("customers", "events", "agreements")
_FAMILIES = {"owner_id": "staff_id", "substitute_id": "staff_id"}


def _family(column: str) -> str:
    return _FAMILIES.get(column, column)


def _problems(tables: Mapping[str, ir.Table]) -> Iterator[Problem]:
    names = [table.name for table in INPUTS]
    for unknown in sorted(set(tables) - set(names)):
        yield Problem(
            "table.unknown",
            Words(f"没有名为“{unknown}”的输入表。", f"There is no input table “{unknown}”."),
            Words(f"可用的表：{'、'.join(names)}。", f"The tables are: {', '.join(names)}."),
            Place(unknown),
        )
    families: dict[str, tuple[str, str]] = {}
    for table in INPUTS:
        if table.name in tables:
            yield from _column_problems(table, tables[table.name])
            yield from _key_problems(table, tables[table.name], families)
        elif table.required:
            required = [column.name for column in table.columns if column.required]
            yield Problem(
                "table.missing",
                Words(f"缺少“{table.name}”表。", f"The table “{table.name}” is missing."),
                Words(f"请提供列：{'、'.join(required)}。", f"Give it with the columns {', '.join(required)}."),
                Place(table.name),
            )


def _column_problems(table: Table, given: ir.Table) -> Iterator[Problem]:
    schema = given.schema()
    for column in table.columns:
        if column.name not in schema:
            if column.required:
                yield Problem(
                    "column.missing",
                    Words(f"“{table.name}”表缺少“{column.name}”列。", f"“{table.name}” has no column “{column.name}”."),
                    Words(f"请补上该列（{column.type}）。", f"Add it as {column.type}: {column.meaning}."),
                    Place(table.name, key=column.name),
                )
        elif not _fits(column.type, schema[column.name]):
            found = str(schema[column.name])
            yield Problem(
                "column.type",
                Words(
                    f"“{table.name}”表的“{column.name}”列类型是 {found}，应为 {column.type}。",
                    f"Column “{column.name}” of “{table.name}” is {found}; it must be {column.type}.",
                ),
                Words("请先转换再交给计划。", "Convert it before it is handed over."),
                Place(table.name, key=column.name),
            )


def _key_problems(table: Table, given: ir.Table, families: dict[str, tuple[str, str]]) -> Iterator[Problem]:
    schema = given.schema()
    for column in table.columns:
        if column.type != "key" or column.name not in schema or not _fits("key", schema[column.name]):
            continue
        if schema[column.name].is_null():
            continue
        found = "string" if schema[column.name].is_string() else "int64"
        where, expected = families.setdefault(_family(column.name), (f"{table.name}.{column.name}", found))
        if found != expected:
            yield Problem(
                "column.key",
                Words(
                    f"“{table.name}”表的“{column.name}”列是 {found}，而 {where} 是 {expected}。",
                    f"“{table.name}.{column.name}” is {found} but {where} is {expected}.",
                ),
                Words("同一编号在各表中请用同一类型。", "Use one type for the same key in every table."),
                Place(table.name, key=column.name),
            )


_FITS: dict[str, Callable[[Any], bool]] = {
    "key": lambda found: found.is_integer() or found.is_string(),
    "string": lambda found: found.is_string(),
    "boolean": lambda found: found.is_boolean(),
    "int64": lambda found: found.is_integer(),
    "float64": lambda found: found.is_numeric() and not found.is_boolean(),
    "date": lambda found: found.is_date(),
    "timestamp": lambda found: found.is_timestamp() and found.timezone is None,
}


def _fits(kind: ColumnType, found: Any) -> bool:
    return bool(found.is_null() or _FITS[kind](found))


def _key_types(tables: Mapping[str, ir.Table]) -> dict[str, str]:
    types: dict[str, str] = {}
    for table in INPUTS:
        schema = tables[table.name].schema() if table.name in tables else {}
        for column in table.columns:
            if column.type == "key" and column.name in schema and not schema[column.name].is_null():
                types.setdefault(_family(column.name), "string" if schema[column.name].is_string() else "int64")
    return types


def _complete(table: Table, given: ir.Table | None, nobody: ir.Table, keys: Mapping[str, str]) -> ir.Table:
    types = {column.name: _type(column, keys) for column in table.columns}
    if given is None:
        return nobody.select(**{name: ibis.null(kind) for name, kind in types.items()})
    schema = given.schema()
    columns = {name: _column(given, name, kind) for name, kind in types.items()}
    extra = [name for name in schema if name not in types] if table.name in _EXTRA else []
    return given.select(**columns, **{name: given[name] for name in extra})


def _column(given: ir.Table, name: str, kind: str) -> ir.Value:
    if name not in given.columns:
        return ibis.null(kind)
    found = given[name].type()
    same = found == ibis.dtype(kind) or (kind == "timestamp" and found.is_timestamp())
    return given[name] if same else given[name].cast(kind)


def _type(column: Column, keys: Mapping[str, str]) -> str:
    return keys.get(_family(column.name), "string") if column.type == "key" else column.type
