"""Take an import back: what it created goes, what it changed is as it was. What somebody has changed or used since stays, and is told."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Field, Model

from huifang.app.access import IMPORT, imports_for, require
from huifang.app.records.models import (
    Agreement,
    Attempt,
    Branch,
    Case,
    ContactPoint,
    Customer,
    Event,
    FollowUp,
    ImportBatch,
    ImportChange,
    Occurrence,
    Promise,
    Record,
    Staff,
)  # fmt: skip
from huifang.app.services import audit
from huifang.app.services.register.changes import MODELS, TRACKED, fingerprint
from huifang.domain.errors import Conflict, Problem
from huifang.domain.words import Words

_LEANS: dict[type[Model], tuple[tuple[type[Model], str], ...]] = {
    Customer: (
        (Event, "customer"), (Agreement, "customer"), (FollowUp, "customer"), (Attempt, "customer"),
        (Record, "customer"), (Case, "customer"),
        (Occurrence, "customer"), (Promise, "customer"), (ContactPoint, "customer"), (Customer, "merged_into"),
    ),
    ContactPoint: ((Attempt, "contact_point"),),
    Event: ((Occurrence, "event"),),
    Agreement: (),
    Staff: ((Customer, "owner"), (Event, "staff"), (FollowUp, "staff"), (Attempt, "staff"), (Record, "staff"), (Case, "owner"),
        (ImportBatch, "by")),
    Branch: ((Customer, "branch"), (Staff, "branch"), (Event, "branch"), (FollowUp, "branch"), (Case, "branch"),
        (ImportBatch, "branch")),
}  # fmt: skip
"""What stands on a row: a created row that anything stands on is not taken away."""


@dataclass(frozen=True, slots=True)
class Undone:
    """How many rows were taken away, how many are as before, and which stay because they were changed or used since."""

    removed: int
    restored: int
    kept: tuple[tuple[str, int], ...]
    """(table, id)"""


def undo(by: Staff | None, batch: ImportBatch, now: datetime) -> Undone:
    """Take an import back in one transaction. Raises `NotAllowed`, and `Conflict` while it runs or when it was undone before."""
    if by is not None:
        require(by, IMPORT)
    with transaction.atomic():
        held = _held(by, batch)
        removed = restored = 0
        kept: list[tuple[str, int]] = []
        for model in TRACKED:
            for change in _changes(held, model):
                away, back, stay = _undo_one(model, json.loads(change.changes))
                removed, restored = removed + away, restored + back
                kept += [(change.model, pk) for pk in stay]
        held.state, held.finished_at = ImportBatch.State.UNDONE, now
        held.options |= {"undone": {"removed": removed, "restored": restored, "kept": kept[:1000], "kept_count": len(kept)}}
        held.save(update_fields=["state", "finished_at", "options"])
        audit.write(by, "import.undone", f"import:{batch.pk}", removed=removed, restored=restored, kept=len(kept))
    return Undone(removed, restored, tuple(kept))


def _held(by: Staff | None, batch: ImportBatch) -> ImportBatch:
    visible = ImportBatch.objects.all() if by is None else imports_for(by) | ImportBatch.objects.filter(by=by)
    ended = (ImportBatch.State.DONE, ImportBatch.State.STOPPED, ImportBatch.State.FAILED)
    held = ImportBatch.objects.select_for_update(no_key=True).filter(pk=batch.pk, pk__in=visible.values("pk"), state__in=ended).first()
    if held is None:
        raise Conflict(
            Problem(
                "import.not-ended",
                Words("这次导入正在进行、已撤销，或不在您的范围内。", "This import is running, was undone, or is not in your scope."),
                Words("请先停止导入，再撤销。", "Stop it first, then undo it."),
            )
        )
    return held


def _changes(batch: ImportBatch, model: type[Model]) -> Iterator[ImportChange]:
    name = next(name for name, found in MODELS.items() if found is model)
    return ImportChange.objects.filter(batch=batch, model=name).order_by("-id").iterator(chunk_size=10)


def _undo_one(model: type[Model], entries: list[tuple[int, dict[str, Any] | None, str]]) -> tuple[int, int, list[int]]:
    """Undo one batch of rows of a table: how many removed, restored, and ids that stay."""
    rows: dict[int, Any] = model._default_manager.in_bulk([pk for pk, _, _ in entries])
    used = _used(model, [pk for pk, before, _ in entries if before is None and pk in rows])
    away: list[int] = []
    stay: list[int] = []
    back: list[Any] = []
    names: set[str] = set()
    for pk, before, after in entries:
        row = rows.get(pk)
        if row is None:
            continue
        if fingerprint(row) != after or (before is None and pk in used):
            stay.append(pk)
        elif before is None:
            away.append(pk)
        else:
            names |= before.keys()
            back.append(_set(row, before))
    if names:
        model._default_manager.bulk_update(back, sorted(names), batch_size=200)
    for some in (away[start : start + 500] for start in range(0, len(away), 500)):
        model._default_manager.filter(pk__in=some).delete()
    return len(away), len(back), stay


def _used(model: type[Model], ids: Iterable[int]) -> set[int]:
    found: set[int] = set()
    for leaning, name in _LEANS[model]:
        found |= set(leaning._default_manager.filter(**{f"{name}__in": list(ids)}).values_list(name, flat=True))
    return found


def _set(row: Any, before: dict[str, Any]) -> Any:
    for name, value in before.items():
        field: Field[Any, Any] = row._meta.get_field(name.removesuffix("_id") if name.endswith("_id") else name)
        setattr(row, name, value if field.is_relation or field.get_internal_type() == "JSONField" else field.to_python(value))
    return row
