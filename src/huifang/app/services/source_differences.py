"""A file of events compared with our records: nothing is written, the file may have been brought in or not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from huifang.app.access import IMPORT, customers_for, occurrences_for, require
from huifang.app.records.models import Event, ImportBatch, Staff
from huifang.app.services.imports.run import lines_of, reader_of
from huifang.app.services.register.rows import Row
from huifang.domain.errors import Invalid, Problem
from huifang.domain.source_differences import Differences, Fact, Key, differences
from huifang.domain.words import Words

MOST = 20_000
"""Rows of a file that are compared: a day's or a month's export, not the history of years."""
SHOWN = 200
_CHUNK = 1000
_NOT_DUE = ("held-out", "suppressed")


@dataclass(frozen=True, slots=True)
class Line:
    """One event of a list: its code, day and amount, and the customer (with the id where we know them)."""

    kind: str
    code: str
    fact: Fact
    name: str
    customer_id: int | None = None
    there: Fact | None = None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """The whole comparison; lists hold the first `SHOWN`, the numbers count all. `first` and `last`: the days of the file's events."""

    first: date
    last: date
    rows: int
    unread: int
    """Rows that cannot be read or have no code; they are compared with nothing."""
    same: int
    missing_here: tuple[Line, ...]
    missing_there: tuple[Line, ...]
    differing: tuple[Line, ...]
    not_contacted: tuple[Line, ...]
    """Both know them, they are due, and nobody has been contacted about them."""
    counts: Mapping[str, int]


def compare(staff: Staff, batch: ImportBatch, today: date) -> Compared:
    """Compare the file's events, by kind and code, with ours of the same kinds and days in the person's scope.

    Raises `Invalid` for a file of something else, without codes or of more than `MOST` rows, `ImportRefused` for one that cannot be read.
    """
    require(staff, IMPORT)
    if batch.kind != "events":
        raise Invalid(_problem("differences.kind", Words("只能比对业务记录文件。", "Only files of events are compared.")))
    there, names, rows = _there(batch)
    if rows > MOST:
        raise Invalid(_problem("differences.long", Words(f"文件超过 {MOST} 行。", f"The file has more than {MOST} rows.")))
    if not there:
        raise Invalid(_problem("differences.codes", Words("文件中没有带编号的业务记录。", "No event in the file has a code.")))
    days = [fact.day for fact in there.values()]
    first, last = min(days), max(days)
    ours = _here(staff, batch, there, first, last)
    found = differences(there, {key: _fact(row) for key, row in ours.items()})
    return _compared(staff, found, there, names, ours, (first, last), rows, today)


def _there(batch: ImportBatch) -> tuple[dict[Key, Fact], dict[Key, str], int]:
    lines = list(islice(lines_of(batch, MOST + 1), MOST + 1))
    found: dict[Key, Fact] = {}
    names: dict[Key, str] = {}
    for row in reader_of(batch).read(lines):
        if isinstance(row, Row) and row.event is not None and row.event.code:
            key = row.event.kind, row.event.code
            found[key] = Fact(row.event.day, row.event.amount, row.customer.code if row.customer else "")
            names[key] = row.customer.name if row.customer else ""
    return found, names, len(lines)


_COLUMNS = ("pk", "kind", "code", "day", "amount", "customer_id", "customer__code", "customer__name")


def _here(staff: Staff, batch: ImportBatch, there: Mapping[Key, Fact], first: date, last: date) -> dict[Key, dict[str, Any]]:
    """Our events of the file's days, and those of its codes on other days."""
    reach = customers_for(staff)
    reach = reach.filter(branch=batch.branch) if batch.branch_id else reach
    kinds = {kind for kind, _code in there}
    scope: QuerySet[Event] = Event.objects.filter(customer__in=reach.values("pk"), kind__in=kinds).exclude(code="")
    found = _by_key(scope.filter(day__range=(first, last)).values(*_COLUMNS))
    elsewhere = [code for key, code in ((key, key[1]) for key in there) if key not in found]
    for start in range(0, len(elsewhere), _CHUNK):
        rows = _by_key(scope.filter(code__in=elsewhere[start : start + _CHUNK]).values(*_COLUMNS))
        found |= {key: row for key, row in rows.items() if key in there}
    return found


def _by_key(rows: Iterable[Any]) -> dict[Key, dict[str, Any]]:
    return {(row["kind"], row["code"]): row for row in rows}


def _fact(row: Mapping[str, Any]) -> Fact:
    return Fact(row["day"], row["amount"], row["customer__code"] or "")


def _compared(
    staff: Staff, found: Differences, there: Mapping[Key, Fact], names: Mapping[Key, str], ours: Mapping[Key, dict[str, Any]],
    days: tuple[date, date], rows: int, today: date,
) -> Compared:  # fmt: skip
    def our(key: Key, **more: Any) -> Line:
        row = ours[key]
        return Line(*key, _fact(row), row["customer__name"], row["customer_id"], **more)

    known = {ours[key]["pk"]: key for key in there if key in ours}
    waiting = sorted({known[pk] for pk in _waiting(staff, list(known), today)})
    return Compared(
        *days, rows=rows, unread=rows - len(there), same=found.same,
        missing_here=tuple(Line(*key, there[key], names[key]) for key in found.missing_here[:SHOWN]),
        missing_there=tuple(our(key) for key in found.missing_there[:SHOWN]),
        differing=tuple(our(one.key, there=one.there, fields=one.fields) for one in found.differing[:SHOWN]),
        not_contacted=tuple(our(key) for key in waiting[:SHOWN]),
        counts={
            "missing_here": len(found.missing_here), "missing_there": len(found.missing_there), "differing": len(found.differing),
            "not_contacted": len(waiting),
        },
    )  # fmt: skip


def _waiting(staff: Staff, events: list[int], today: date) -> Iterable[int]:
    """Events with an occurrence that is due and was not contacted."""
    for start in range(0, len(events), _CHUNK):
        rows = occurrences_for(staff).filter(event__in=events[start : start + _CHUNK], due__lte=today, attempts=0)
        rows = rows.exclude(decision__in=_NOT_DUE).exclude(closed_as__in=("done", "replied"))
        yield from rows.exclude(followup__attempts__reached=True).values_list("event_id", flat=True)


def _problem(code: str, what: Words) -> Problem:
    return Problem(code, what, Words("请换一个文件，或缩短导出的日期。", "Choose another file, or export fewer days."))
