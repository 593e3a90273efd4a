"""What was created and changed is written, and remembered so that it can be undone: the fields before, and a hash of the fields after."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from operator import attrgetter
from typing import Any

from django.db.models import Model

from huifang.app.records import bulk
from huifang.app.records.json_text import json_text_in_order
from huifang.app.records.models import Agreement, Branch, ContactPoint, Customer, Event, ImportBatch, ImportChange, Staff
from huifang.app.services.register.changed import Changed
from huifang.app.services.register.content import CONTENT, WRITTEN, Columns, columns, fingerprints

MODELS: dict[str, type[Model]] = {str(model._meta.model_name): model for model in (ContactPoint, Event, Agreement, Customer, Staff, Branch)}
TRACKED: dict[type[Model], tuple[str, ...]] = {MODELS[table]: names for table, names in CONTENT.items()}
"""`content.CONTENT` by the model of the table."""
ENTRIES = 2_000
"""Rows of one line of what is remembered."""


def fingerprint(row: Model) -> str:
    """Fingerprint of a row's content; equal for a row just written and the same row read again."""
    table = str(row._meta.model_name)
    return fingerprints(table, columns(CONTENT[table], [row]))[0]


def write(table: str, changed: Changed, batch: ImportBatch | None) -> None:
    """Write everything that `changed` says of a table, and remember it for `batch`."""
    content = _create(table, changed.created)
    _change(table, changed)
    if batch is None:
        return
    new = created((row.pk for row in changed.created), fingerprints(table, content)) if changed.created else []
    said = fingerprints(table, columns(CONTENT[table], [changed.objects[pk] for pk in changed.before]))
    old = [json_text_in_order((pk, before, after)) for (pk, before), after in zip(changed.before.items(), said, strict=True)]
    remember(table, new + old, batch)


def created(numbers: Any, said: Sequence[str]) -> list[str]:
    """What is remembered of new rows: their numbers and fingerprints."""
    return [f'[{number}, null, "{one}"]' for number, one in zip(numbers, said, strict=True)]


def remember(table: str, entries: Sequence[str], batch: ImportBatch) -> None:
    """Keep what an import has done to rows of a table, many rows to a line."""
    ImportChange.objects.bulk_create(
        ImportChange(batch=batch, model=table, count=len(some), changes=f"[{', '.join(some)}]")
        for some in (entries[start : start + ENTRIES] for start in range(0, len(entries), ENTRIES))
    )


def write_new(table: str, numbers: Sequence[int], written: Columns, ready: Collection[str] = ()) -> None:
    """Write new rows as the columns of `content.WRITTEN`; those of `ready` are as the database takes them."""
    bulk.write_columns(MODELS[table], ("id", *WRITTEN[table]), [numbers, *written], ready)


def _create(table: str, rows: list[Any]) -> Columns:
    """Write what is new; its content, a column at a time."""
    model = MODELS[table]
    if table not in WRITTEN:
        model._default_manager.bulk_create(rows, batch_size=2000)
        return columns(CONTENT[table], rows)
    if not rows:
        return []
    numbers = bulk.numbers(model, len(rows))
    for row, number in zip(rows, numbers, strict=True):
        row.pk = number
    written = columns(WRITTEN[table], rows)
    write_new(table, numbers, written)
    return written[: len(CONTENT[table])]


def _change(table: str, changed: Changed) -> None:
    alike: dict[tuple[str, ...], list[int]] = {}
    for pk, fields in changed.before.items():
        alike.setdefault(tuple(sorted(fields)), []).append(pk)
    for names, numbers in alike.items():
        bulk.change(MODELS[table], names, list(map(attrgetter(*names, "pk"), map(changed.objects.__getitem__, numbers))))
