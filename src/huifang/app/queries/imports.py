"""Imports for pages: the list, and one with its figures. Constant number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from huifang.app.access import IMPORT, imports_for, require
from huifang.app.records.models import ImportBatch, Staff
from huifang.domain.words import Words

SHOWN_REJECTIONS = 50
_RUNNABLE = {ImportBatch.State.READY, ImportBatch.State.STOPPED, ImportBatch.State.FAILED}
_ENDED = {ImportBatch.State.DONE, ImportBatch.State.STOPPED, ImportBatch.State.FAILED}


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One import in the list; `share` is how much of it is done, 0–100."""

    id: int
    file_name: str
    kind: str
    state: str
    by: str
    branch: str
    created_at: datetime
    finished_at: datetime | None
    rows: int
    done_rows: int
    created: int
    updated: int
    unchanged: int
    rejected: int

    @property
    def share(self) -> int:
        """Per cent done."""
        return round(100 * self.done_rows / self.rows) if self.rows else 0


@dataclass(frozen=True, slots=True)
class RejectedLine:
    """One rejected row: line, column, code, reason."""

    line: int
    column: str
    code: str
    reason: Words


@dataclass(frozen=True, slots=True)
class ImportDetail:
    """One import with how its file is read, its first rejected rows, and what can be done with it."""

    line: ImportLine
    sheet: str
    sheets: tuple[dict[str, Any], ...]
    encoding: str
    header_row: int
    names: tuple[str, ...]
    mapping: dict[str, str]
    options: dict[str, Any]
    error: Words | None
    rejections: tuple[RejectedLine, ...]
    can_run: bool
    can_undo: bool
    undone: dict[str, Any] | None


_FIELDS = (
    "id", "file_name", "kind", "state", "by__name", "branch__name", "created_at", "finished_at", "rows", "done_rows", "created", "updated",
    "unchanged", "rejected",
)  # fmt: skip


def imports(by: Staff, first: int = 0, count: int = 50) -> list[ImportLine]:
    """Imports the person may see, newest first. One query."""
    require(by, IMPORT)
    rows = _visible(by).order_by("-id").values_list(*_FIELDS)[first : first + count]
    return [_line(row) for row in rows]


def detail(by: Staff, batch_id: int) -> ImportDetail | None:
    """One import, or None where there is none that the person may see. Two queries."""
    require(by, IMPORT)
    batch = _visible(by).select_related("by", "branch").filter(pk=batch_id).first()
    if batch is None:
        return None
    rejected = batch.rejected_rows.order_by("line").values_list("line", "column", "code", "reason")[:SHOWN_REJECTIONS]
    options = dict(batch.options)
    return ImportDetail(
        line=_line(
            (
                batch.pk, batch.file_name, batch.kind, batch.state, batch.by and batch.by.name, batch.branch and batch.branch.name,
                batch.created_at, batch.finished_at, batch.rows, batch.done_rows, batch.created, batch.updated, batch.unchanged,
                batch.rejected,
            )
        ),
        sheet=batch.sheet, sheets=tuple(options.pop("sheets", ())), encoding=batch.encoding, header_row=batch.header_row,
        names=tuple(options.pop("names", ())), mapping=dict(batch.mapping), undone=options.pop("undone", None), options=options,
        error=Words(batch.error["zh"], batch.error["en"]) if batch.error else None,
        rejections=tuple(RejectedLine(line, column, code, Words(reason["zh"], reason["en"])) for line, column, code, reason in rejected),
        can_run=batch.state in _RUNNABLE, can_undo=batch.state in _ENDED,
    )  # fmt: skip


def _visible(by: Staff) -> Any:
    return ImportBatch.objects.filter(Q(pk__in=imports_for(by).values("pk")) | Q(by=by))


def _line(row: tuple[Any, ...]) -> ImportLine:
    number, name, kind, state, by, branch, *rest = row
    return ImportLine(number, name, kind, state, by or "", branch or "", *rest)
