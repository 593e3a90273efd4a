"""Bring one file in, from the state it is in: the entry of the job and of the command line."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from huifang.app.records.models import ImportBatch
from huifang.app.services import audit
from huifang.app.services.imports import apply as applying
from huifang.app.services.imports.apply import apply
from huifang.app.services.imports.preparing import Task, lines, seldom_collecting
from huifang.app.services.imports.reading import BadLine, Line
from huifang.app.services.imports.rows import RowReader
from huifang.app.services.imports.second_process import ready
from huifang.app.services.imports.sum_lines import SumLines
from huifang.app.services.imports.targets import Reading
from huifang.app.services.register import scope as scopes
from huifang.app.services.replanning import plan_soon
from huifang.domain.errors import Conflict, ImportRefused, Problem
from huifang.domain.words import Words

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
    scope = scopes.of(batch.by, batch.branch)
    task = replace(task_of(batch), scope=scope)
    with seldom_collecting(), contextlib.closing(ready(task, batch.options.get("rows", 0))) as prepared:
        return apply(batch, prepared, RowReader(task.reading), scope, now, stop)


@transaction.atomic
def _begin(batch_id: int) -> ImportBatch:
    batch = ImportBatch.objects.select_for_update(of=("self",), no_key=True).select_related("by", "branch").get(pk=batch_id)
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
    if not stored(batch).exists():
        raise Conflict(
            Problem(
                "import.file-gone",
                Words("上传的文件已不在，例如因应要求删除了个人信息。", "The uploaded file is gone, as after somebody's data were erased."),
                Words("请重新上传。", "Upload it again."),
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
        plan_soon(now)
    return batch


def stored(batch: ImportBatch) -> Path:
    """Where the file of an import is kept."""
    return Path(settings.MEDIA_ROOT) / batch.stored_as


def lines_of(batch: ImportBatch, first: int | None = None, sums: SumLines | None = None) -> Iterator[Line | BadLine]:
    """The rows below the header, at most `first`, without sum lines; `sums` notes which were left out. Raises `ImportRefused`."""
    return lines(task_of(batch), first, sums)


def reader_of(batch: ImportBatch) -> RowReader:
    """The reader for an import's columns, its dates without a year near the day it was brought."""
    return RowReader(task_of(batch).reading)


def task_of(batch: ImportBatch) -> Task:
    """How an import's file is read, from the first row that is not in yet."""
    zone, options = ZoneInfo(settings.TIME_ZONE), batch.options
    reading = Reading(
        batch.kind, tuple(options["names"]), batch.mapping, batch.created_at.astimezone(zone).date(), zone,
        options.get("event_kind", ""), options.get("region", "CN"), options.get("area_code", ""), options.get("types", {}),
    )  # fmt: skip
    return Task(
        stored(batch), options["file"], batch.sheet, batch.encoding, options.get("delimiter", ""), batch.header_row, reading,
        options.get("lines") == "sum", Path(settings.MEDIA_ROOT), batch.done_rows, applying.ROWS,
    )  # fmt: skip
