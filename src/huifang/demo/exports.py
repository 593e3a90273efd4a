"""A generated business as the engine's tables, in Parquet or CSV.

Columns follow `engine.tables`; attributes become further columns, named as they are. Moments are UTC without a zone,
days the business's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from huifang.demo.business import Attributes, Business, Contact, Customer, Occurrence, Promise, Staff
from huifang.engine import tables as contract

TableFormat = Literal["parquet", "csv"]
_ARROW = {
    "key": pa.string(), "string": pa.string(), "boolean": pa.bool_(), "int64": pa.int64(), "float64": pa.float64(),
    "date": pa.date32(), "timestamp": pa.timestamp("us"),
}  # fmt: skip
_PYTHON = {str: pa.string(), bool: pa.bool_(), int: pa.int64(), float: pa.float64(), date: pa.date32()}


def utc(at: datetime) -> datetime:
    """The moment in UTC, without a zone."""
    return at.astimezone(UTC).replace(tzinfo=None)


def engine_tables(business: Business) -> dict[str, pa.Table]:
    """The input tables by name; calendars are not the business's to give."""
    return {
        "customers": _customers(business.customers),
        "events": _events(business),
        "agreements": _agreements(business),
        "contact_points": _contact_points(business.customers),
        "consents": _rows(contract.CONSENTS, [(c.customer, c.purpose, c.channel, c.allowed, bool(c.source)) for c in business.consents]),
        "contacts": _contacts(business.contacts),
        "answers": _rows(contract.ANSWERS, [(a.customer, a.programme, a.question, a.day, a.score, a.value) for a in business.answers]),
        "cases": _cases(business),
        "promises": _rows(contract.PROMISES, [_promise(one) for one in business.promises]),
        "requests": _rows(contract.REQUESTS, [(one.code, one.customer, one.programme, one.day) for one in business.requests]),
        "absences": _rows(contract.ABSENCES, [(one.staff, one.first_day, one.last_day, one.substitute) for one in business.absences]),
        "known": _known(business.key, business.occurrences),
        "staff": _staff(business.staff),
        "branches": _rows(contract.BRANCHES, [(branch.code, "Asia/Shanghai", "CN") for branch in business.branches]),
    }


def write_tables(business: Business, directory: Path, table_format: TableFormat = "parquet") -> list[Path]:
    """Write one file a table into `directory` (made if missing); returns the paths."""
    directory.mkdir(parents=True, exist_ok=True)
    write: Callable[[pa.Table, Path], None] = pa.parquet.write_table if table_format == "parquet" else pa.csv.write_csv
    paths = []
    for name, table in engine_tables(business).items():
        path = directory / f"{name}.{table_format}"
        write(table, path)
        paths.append(path)
    return paths


def _rows(table: contract.Table, rows: Sequence[tuple[Any, ...]], more: Mapping[str, pa.Array] | None = None) -> pa.Table:
    """Rows in the order of the contract's columns, as an Arrow table; `more` are attribute columns."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(table.columns)
    arrays = {column.name: pa.array(values, type=_ARROW[column.type]) for column, values in zip(table.columns, columns, strict=True)}
    return pa.table({**arrays, **(more or {})})


def _attributes(found: Sequence[Attributes]) -> dict[str, pa.Array]:
    """One column for each attribute that any row has; its type is that of its values."""
    kinds: dict[str, type] = {}
    for attributes in found:
        for name, value in attributes.items():
            kinds.setdefault(name, type(value))
    return {name: pa.array([attributes.get(name) for attributes in found], type=_PYTHON[kind]) for name, kind in kinds.items()}


def _customers(customers: Sequence[Customer]) -> pa.Table:
    rows = [
        (
            one.code,
            one.kind,
            one.status,
            one.branch,
            one.owner,
            None,
            "zh",
            one.birthday,
            one.birthday_lunar,
            one.first_seen,
        )
        for one in customers
    ]
    names = {"name": pa.array([one.name for one in customers], type=pa.string())}
    return _rows(contract.CUSTOMERS, rows, {**names, **_attributes([one.attributes for one in customers])})


def _events(business: Business) -> pa.Table:
    rows = [
        (
            event.code,
            event.customer,
            event.kind,
            utc(event.at),
            event.at.date(),
            event.amount,
            event.branch,
            event.staff,
        )
        for event in business.events
    ]
    return _rows(contract.EVENTS, rows, _attributes([event.attributes for event in business.events]))


def _agreements(business: Business) -> pa.Table:
    rows = [(one.code, one.customer, one.kind, one.starts, one.ends, one.status, one.amount) for one in business.agreements]
    return _rows(contract.AGREEMENTS, rows, _attributes([one.attributes for one in business.agreements]))


def _contact_points(customers: Iterable[Customer]) -> pa.Table:
    rows: list[tuple[str, str, bool]] = []
    for customer in customers:
        usable = any(phone.usable for phone in customer.phones)
        rows += [(customer.code, "phone", usable), (customer.code, "sms", usable)]
        if customer.email:
            rows.append((customer.code, "email", True))
    return _rows(contract.CONTACT_POINTS, rows)


def _contacts(contacts: Iterable[Contact]) -> pa.Table:
    rows = [
        (
            one.code,
            one.customer,
            one.channel,
            one.purpose,
            one.programme,
            one.at.date(),
            one.at.date(),
            utc(one.at),
            one.reached,
            one.counted,
            one.staff,
        )
        for one in contacts
    ]
    return _rows(contract.CONTACTS, rows)


def _cases(business: Business) -> pa.Table:
    rows = [
        (
            case.code,
            case.customer,
            case.kind,
            case.closed is None,
            case.opened.date(),
            case.closed.date() if case.closed else None,
        )
        for case in business.cases
    ]
    return _rows(contract.CASES, rows)


def _promise(one: Promise) -> tuple[Any, ...]:
    opens = utc(one.opens)
    return one.code, one.customer, one.programme, one.cause, one.opens.date(), opens, opens + timedelta(hours=2), one.staff


def _known(playbook: str, occurrences: Iterable[Occurrence]) -> pa.Table:
    rows = [
        (
            playbook,
            one.programme,
            one.customer,
            one.cause,
            None,
            None,
            one.due,
            None,
            one.expires,
            one.open,
            one.attempts,
            one.next_on,
            one.staff,
        )
        for one in occurrences
    ]
    return _rows(contract.KNOWN, rows)


def _staff(people: Iterable[Staff]) -> pa.Table:
    return _rows(contract.STAFF, [(one.code, one.branch, one.capacity, True, None, None) for one in people if one.capacity])
