"""Rows of a file into the register, a batch of rows and its progress in one transaction: whatever stops it, it goes on where it was."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import TypeVar

from django.db import transaction

from huifang.app.records.models import ImportBatch, RejectedRow
from huifang.app.services.imports.overview import Overview
from huifang.app.services.imports.reading import BadLine, Cell, Line
from huifang.app.services.imports.rows import RowReader
from huifang.app.services.imports.values import text
from huifang.app.services.register.rows import Outcome, Rejection, Row
from huifang.app.services.register.scope import Scope
from huifang.app.services.register.take import take
from huifang.domain.errors import Conflict, Problem
from huifang.domain.words import Words

ROWS = 10_000
"""Rows of one transaction."""
T = TypeVar("T")


def apply(
    batch: ImportBatch,
    lines: Iterable[Line | BadLine],
    reader: RowReader,
    overview: Overview,
    scope: Scope,
    now: datetime,
    stop: Callable[[], bool],
) -> bool:
    """Bring in what is not done yet; False where `stop` asked to stop between two batches of rows.

    Raises `Conflict` where somebody else runs the import.
    """
    left = islice(lines, batch.done_rows, None)
    for some in _batches(left, ROWS):
        if stop():
            return False
        _write(batch, some, reader, overview, scope, now)
    return True


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while some := list(islice(iterator, size)):
        yield some


def _write(batch: ImportBatch, lines: list[Line | BadLine], reader: RowReader, overview: Overview, scope: Scope, now: datetime) -> None:
    read = [_settled(row, overview) for row in reader.read(lines)]
    rows = [row for row in read if isinstance(row, Row)]
    with transaction.atomic():
        _hold(batch)
        outcomes = iter(take(rows, scope, now, batch))
        final: list[Outcome | Rejection] = [row if isinstance(row, Rejection) else next(outcomes) for row in read]
        RejectedRow.objects.bulk_create(
            _rejected(batch, line, outcome) for line, outcome in zip(lines, final, strict=True) if isinstance(outcome, Rejection)
        )
        counts = Counter("rejected" if isinstance(outcome, Rejection) else outcome for outcome in final)
        for name in ("created", "updated", "unchanged", "rejected"):
            setattr(batch, name, getattr(batch, name) + counts[name])
        batch.done_rows += len(lines)
        batch.save(update_fields=["created", "updated", "unchanged", "rejected", "done_rows"])


def _settled(row: Row | Rejection, overview: Overview) -> Row | Rejection:
    return overview.settle(row) if isinstance(row, Row) else row


def _hold(batch: ImportBatch) -> None:
    """Lock the import; it must stand where this run left it."""
    done = (
        ImportBatch.objects.select_for_update()
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


def _rejected(batch: ImportBatch, line: Line | BadLine, rejection: Rejection) -> RejectedRow:
    cells: list[Cell] = [line.raw] if isinstance(line, BadLine) else line.cells
    return RejectedRow(
        batch=batch, line=rejection.line, column=rejection.column[:120], code=rejection.code,
        reason={"zh": rejection.words.zh, "en": rejection.words.en}, cells=json.dumps([text(cell) for cell in cells], ensure_ascii=False),
    )  # fmt: skip
