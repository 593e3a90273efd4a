"""Bring one file in, from the state it is in: the entry of the job and of the command line."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from huifang.app.records.models import ImportBatch
from huifang.app.services import audit, intake
from huifang.app.services.imports import files, reading
from huifang.app.services.imports.apply import apply
from huifang.app.services.imports.overview import Overview
from huifang.app.services.imports.reading import BadLine, Line
from huifang.app.services.imports.rows import RowReader
from huifang.app.services.imports.spool import Spool
from huifang.app.services.imports.sum_lines import SumLines
from huifang.app.services.imports.targets import Reading
from huifang.app.services.register import scope as scopes
from huifang.domain.errors import Conflict, ImportRefused, Problem
from huifang.domain.words import Words

SHOWN_LEFT = 20
"""Sum lines that are named; the number beside them counts all."""
_FROM = (ImportBatch.State.READY, ImportBatch.State.RUNNING, ImportBatch.State.STOPPED, ImportBatch.State.FAILED)


def run(batch_id: int, now: datetime, stop: Callable[[], bool] = lambda: False) -> ImportBatch:
    """Bring in what is not in yet. Safe to call again after a crash, a stop or a failure; a finished import is left as it is.

    Where today is planned already, it is soon planned again with what was new.

    `stop` is asked between batches of rows. A file that turns out unreadable ends as FAILED with its
    reason; the rows before stay and can be undone. Raises `Conflict` where the import is not ready.
    """
    batch = _begin(batch_id)
    if batch.state == ImportBatch.State.DONE:
        return batch
    try:
        finished = _bring(batch, now, stop)
    except ImportRefused as error:
        problem = error.problems[0]
        words = {"code": problem.code, "zh": f"{problem.what.zh}{problem.remedy.zh}", "en": f"{problem.what.en} {problem.remedy.en}"}
        return _end(batch, ImportBatch.State.FAILED, now, words)
    return _end(batch, ImportBatch.State.DONE if finished else ImportBatch.State.STOPPED, now, {})


def _bring(batch: ImportBatch, now: datetime, stop: Callable[[], bool]) -> bool:
    reader = reader_of(batch)
    with Spool(Path(settings.MEDIA_ROOT)) as spool, _seldom_collecting():
        overview, sums = Overview(sum_lines=batch.options.get("lines") == "sum"), SumLines(batch.mapping)
        overview.read(lines_of(batch, sums=sums), reader, lambda line, _, key: spool.put(line, key))
        batch.rows, batch.options["left_out"] = overview.rows, {"count": len(sums.left), "lines": sums.left[:SHOWN_LEFT]}
        ImportBatch.objects.filter(pk=batch.pk).update(rows=batch.rows, options=batch.options)
        return apply(batch, spool.lines(), reader, overview, scopes.of(batch.by, batch.branch), now, stop)


@contextlib.contextmanager
def _seldom_collecting() -> Iterator[None]:
    """Rows are many small objects without cycles; looking for cycles among them costs a sixth of an import."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


@transaction.atomic
def _begin(batch_id: int) -> ImportBatch:
    batch = ImportBatch.objects.select_for_update(of=("self",)).select_related("by", "branch").get(pk=batch_id)
    if batch.state == ImportBatch.State.DONE:
        return batch
    if batch.state not in _FROM:
        raise Conflict(
            Problem(
                "import.not-ready",
                Words("这次导入还没有确认，或已撤销。", "This import is not confirmed yet, or was undone."),
                Words("请先确认列的对应关系。", "Confirm the columns first."),
            )
        )
    batch.state = ImportBatch.State.RUNNING
    batch.save(update_fields=["state"])
    return batch


@transaction.atomic
def _end(batch: ImportBatch, state: ImportBatch.State, now: datetime, error: dict[str, str]) -> ImportBatch:
    batch.state, batch.error, batch.finished_at = state, error, now
    batch.save(update_fields=["state", "error", "finished_at"])
    counts = {name: getattr(batch, name) for name in ("rows", "created", "updated", "unchanged", "rejected")}
    audit.write(batch.by, f"import.{state.value}", f"import:{batch.pk}", kind=batch.kind, **counts)
    if batch.created or batch.updated:
        intake.plan_soon(now)
    return batch


def stored(batch: ImportBatch) -> Path:
    """Where the file of an import is kept."""
    return Path(settings.MEDIA_ROOT) / batch.stored_as


def lines_of(batch: ImportBatch, first: int | None = None, sums: SumLines | None = None) -> Iterator[Line | BadLine]:
    """The rows below the header, at most `first`, without sum lines; `sums` notes which were left out. Raises `ImportRefused`."""
    most = None if first is None else first + batch.header_row
    kept = reading.rows(
        files.pieces(stored(batch)), batch.options["file"], batch.sheet, batch.encoding, batch.options.get("delimiter", ""), most
    )
    return (sums or SumLines(batch.mapping)).without(line for line in kept if line.number > batch.header_row)


def reader_of(batch: ImportBatch) -> RowReader:
    """The reader for an import's columns, its dates without a year near the day it was brought."""
    zone = ZoneInfo(settings.TIME_ZONE)
    options = batch.options
    return RowReader(
        Reading(
            batch.kind, tuple(options["names"]), batch.mapping, batch.created_at.astimezone(zone).date(), zone,
            options.get("event_kind", ""), options.get("region", "CN"), options.get("area_code", ""), options.get("types", {}),
        )
    )  # fmt: skip
