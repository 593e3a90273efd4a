"""Rows of a file into the register, a batch of rows and its progress in one transaction: whatever stops it, it goes on where it was."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from django.db import transaction

from huifang.app.records.models import FollowUp, ImportBatch, RejectedRow
from huifang.app.services.imports.preparing import Ready, Rows, Seen
from huifang.app.services.imports.reading import BadLine, Cell, Line
from huifang.app.services.imports.rows import RowReader
from huifang.app.services.imports.values import text
from huifang.app.services.register.deciding import ERASED
from huifang.app.services.register.reach import Scope
from huifang.app.services.register.rows import Outcome, Rejection
from huifang.app.services.register.take import take, take_draft
from huifang.domain.errors import Conflict, ImportRefused, Problem
from huifang.domain.words import Words

ROWS = 10_000
"""Rows of one transaction."""
FIRST_ROWS = 50_000
"""Rows of one transaction until the first follow-up is planned: nobody waits to save, and what most rows change is written less often."""


def apply(
    batch: ImportBatch, prepared: Iterable[Seen | Ready], reader: RowReader, scope: Scope, now: datetime, stop: Callable[[], bool]
) -> bool:
    """Bring in what is not done yet, of which `reader` reads the lines; False where `stop` asked to stop between two batches of rows.

    Raises `Conflict` where somebody else runs the import.
    """
    most = ROWS if FollowUp.objects.exists() else FIRST_ROWS
    told = _told(prepared)
    for one in told:
        if isinstance(one, Seen):
            _note(batch, one)
            continue
        with transaction.atomic():
            _hold(batch)
            end = batch.done_rows + most
            following: Seen | Ready | ImportRefused | None = one
            while isinstance(following, Ready):
                if stop():
                    return False
                _write(batch, following, reader, scope, now)
                following = next(told, None) if batch.done_rows < end else None
        if isinstance(following, ImportRefused):
            raise following
    return True


def _told(prepared: Iterable[Seen | Ready]) -> Iterator[Seen | Ready | ImportRefused]:
    """What is prepared, and as the last of it why the rest of the file cannot be taken: the rows before it stay."""
    try:
        yield from prepared
    except ImportRefused as error:
        yield error


def _note(batch: ImportBatch, seen: Seen) -> None:
    batch.rows, batch.options["left_out"] = seen.rows, {"count": seen.left_out, "lines": list(seen.left)}
    batch.options["kinds"] = list(seen.kinds)
    ImportBatch.objects.filter(pk=batch.pk).update(rows=batch.rows, options=batch.options)


def _write(batch: ImportBatch, ready: Ready, reader: RowReader, scope: Scope, now: datetime) -> None:
    final = (take_draft(ready.draft, batch) if ready.draft else None) or _take_rows(batch, ready.opened(reader), scope, now)
    counts = {name: final.count(name) for name in ("created", "updated", "unchanged")}
    counts["rejected"] = len(final) - sum(counts.values())
    if counts["rejected"]:
        RejectedRow.objects.bulk_create(_rejected(batch, ready.lines(), final))
    for name, counted in counts.items():
        setattr(batch, name, getattr(batch, name) + counted)
    batch.done_rows += len(final)
    batch.save(update_fields=["created", "updated", "unchanged", "rejected", "done_rows"])


def _take_rows(batch: ImportBatch, read: Rows, scope: Scope, now: datetime) -> Sequence[Outcome | Rejection]:
    outcomes = iter(take(read.good, scope, now, batch, read.known))
    return [row if isinstance(row, Rejection) else next(outcomes) for row in read.rows]


def _hold(batch: ImportBatch) -> None:
    """Lock the import; it must stand where this run left it."""
    done = (
        ImportBatch.objects.select_for_update(no_key=True)
        .filter(pk=batch.pk, state=ImportBatch.State.RUNNING)
        .values_list("done_rows", flat=True)
        .first()
    )
    if done != batch.done_rows:
        raise Conflict(
            Problem(
                "import.elsewhere",
                Words("这次导入正在别处进行，或已停止。", "This import is running elsewhere, or was stopped."),
                Words("请刷新页面查看进度。", "Reload the page to see how far it is."),
            )
        )


def _rejected(batch: ImportBatch, lines: list[Line | BadLine], final: Sequence[Outcome | Rejection]) -> Iterator[RejectedRow]:
    for line, outcome in zip(lines, final, strict=True):
        if isinstance(outcome, Rejection):
            cells: list[Cell] = [line.raw] if isinstance(line, BadLine) else line.cells
            if outcome.code == ERASED:
                cells = []  # nothing of them is kept, not even to correct
            yield RejectedRow(
                batch=batch, line=outcome.line, column=outcome.column[:120], code=outcome.code,
                reason={"zh": outcome.words.zh, "en": outcome.words.en},
                cells=json.dumps([text(cell) for cell in cells], ensure_ascii=False),
            )  # fmt: skip
