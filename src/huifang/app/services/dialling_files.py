"""Files of results: read in a child process, row by row, shown before anything is taken, taken once however often they come."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import IO, Any, BinaryIO, cast

from django.db import transaction

from huifang.app.access import TELL_CALLS, require
from huifang.app.business_time import business_day, business_zone
from huifang.app.records.models import DiallingResults, Staff
from huifang.app.services import audit, dialling_results
from huifang.app.services.dialling_lists import dialler
from huifang.app.services.imports import files, reading, values
from huifang.app.services.imports.reading import BadLine, Line
from huifang.app.services.register.rows import Unreadable
from huifang.channels.dialler import FILE_FIELDS, setup
from huifang.channels.dialler.fields import RESULTS
from huifang.domain.dialler import Told, loose
from huifang.domain.errors import HuifangError, Invalid, NotAllowed, Problem
from huifang.domain.words import Words

MOST = 5000
"""Rows of one file."""
_LARGEST = 5_000_000
_NEEDED = ("key", "outcome", "began")
_ALSO = {
    "key": ("回访编号", "编号"), "outcome": ("结果", "通话结果", "status", "disposition"),
    "began": ("拨打时间", "开始时间", "call_date", "start"),
    "seconds": ("通话秒数", "时长", "duration", "billsec"), "recording": ("录音", "录音链接", "recording_url"), "agent": ("工号", "坐席"),
    "callback": ("约定时间",), "words": ("客户原话", "备注", "comments"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """One row of a file: its line, what became or would become of it (`taken`, `known`, `recording`, `wrong`), and why not."""

    line: int
    key: str
    code: str
    state: str
    problems: tuple[Words, ...] = ()
    customer: str = ""


def read(by: Staff, source: IO[bytes], name: str, now: datetime) -> DiallingResults:
    """Read a file and keep what it says, sealed. Raises `ImportRefused` for what is no table, `Invalid` for one without the columns."""
    require(by, TELL_CALLS)
    source.seek(0)
    content = source.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise _invalid("dialler.large", Words("文件超过 5 MB。", "The file has more than 5 MB."))
    kind = files.kind_of(cast("BinaryIO", source), len(content))
    table = list(reading.rows(iter([content]), kind, first=MOST + 2))
    columns, body = _columns(table)
    if len(body) > MOST:
        raise _invalid("dialler.many", Words(f"文件超过 {MOST} 行。", f"The file has more than {MOST} rows."))
    rows = [_row(line, columns, now) for line in body]
    with transaction.atomic():
        kept = DiallingResults.objects.create(by=by, name=name[:120], at=now, rows=json.dumps(rows, ensure_ascii=False))
        audit.write(by, "dialler.read", f"dialling-results:{kept.pk}", rows=len(rows))
    return kept


def find(by: Staff, results_id: int) -> DiallingResults:
    """One's own file; people of all branches find every one. Raises `NotAllowed` for another's."""
    require(by, TELL_CALLS)
    found = DiallingResults.objects.filter(pk=results_id).first()
    if found is None or not (found.by_id == by.pk or by.all_branches):
        words = Words("没有这个结果文件，或不是您上传的。", "There is no such file of results, or it is not yours.")
        raise NotAllowed(Problem("dialler.missing", words, Words("请重新上传。", "Upload it again.")))
    return found


def preview(by: Staff, kept: DiallingResults, now: datetime) -> list[Shown]:
    """What would become of each row, or became of it; of a key that comes twice in the file with different words, the first counts."""
    if kept.taken_at is not None:
        return [Shown(**{**row["became"], "problems": tuple(Words(*each) for each in row["became"]["problems"])}) for row in _kept(kept)]
    seen: dict[str, str] = {}
    return [_shown(by, row, seen, now) for row in _kept(kept)]


def take(by: Staff, kept: DiallingResults, now: datetime) -> Counter[str]:
    """Take every row that can be taken, each by itself; how many were taken, known, brought a recording, or are wrong."""
    if kept.taken_at is not None:
        return Counter(each.state for each in preview(by, kept, now))
    rows, counts = _kept(kept), Counter[str]()
    for row in rows:
        became = _taken(by, row, now)
        counts[became.state] += 1
        row["became"] = {**asdict(became), "problems": [[each.zh, each.en] for each in became.problems]}
    with transaction.atomic():
        kept.rows, kept.taken_at = json.dumps(rows, ensure_ascii=False), now
        kept.save(update_fields=["rows", "taken_at"])
        audit.write(by, "dialler.results-taken", f"dialling-results:{kept.pk}", **counts)
    return counts


def _kept(kept: DiallingResults) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(kept.rows)
    return rows


def _shown(by: Staff, row: Mapping[str, Any], seen: dict[str, str], now: datetime) -> Shown:
    try:
        told = _told(row)
        judged = dialling_results.judge(by, told, now)
    except HuifangError as error:
        return _wrong_row(row, error)
    before = seen.setdefault(told.key, dialling_results.digest(told))
    if before != dialling_results.digest(told):
        return Shown(row["line"], told.key, told.code, "wrong", (_TWICE,), judged.row.followup.customer.name)
    return Shown(row["line"], told.key, told.code, judged.state, customer=judged.row.followup.customer.name)


_TWICE = Words("同一编号在文件中有两个不同的结果，先到的算数。", "This key has two different results in the file; the first counts.")


def _taken(by: Staff, row: Mapping[str, Any], now: datetime) -> Shown:
    try:
        told = _told(row)
        return Shown(row["line"], told.key, told.code, dialling_results.take(by, told, now))
    except HuifangError as error:
        return _wrong_row(row, error)


def _wrong_row(row: Mapping[str, Any], error: HuifangError) -> Shown:
    said = row.get("told") or {}
    return Shown(row["line"], said.get("key", ""), said.get("code", ""), "wrong", tuple(each.what for each in error.problems))


def _told(row: Mapping[str, Any]) -> Told:
    if "problem" in row:
        raise Invalid(Problem("dialler.unreadable", Words(*row["problem"]), Words("请改正这一行。", "Mend this row.")))
    said = row["told"]
    callback = datetime.fromisoformat(said["callback"]) if said["callback"] else None
    return Told(**{**said, "began": datetime.fromisoformat(said["began"]), "callback": callback})


def _columns(table: list[Line | BadLine]) -> tuple[dict[str, int], list[Line | BadLine]]:
    """Our column → its place, and the rows below the headings."""
    found = dialler()
    named = found.setup.results if found else setup(FILE_FIELDS, {}).results
    wanted = {name: {loose(each) for each in (named[name], name, *_ALSO[name])} for name in RESULTS}
    head = table[0] if table else None
    cells = [loose(values.text(cell)) for cell in head.cells] if isinstance(head, Line) else []
    columns = {name: place for name, words in wanted.items() for place, cell in reversed(list(enumerate(cells))) if cell in words}
    missing = [named[name] for name in _NEEDED if name not in columns]
    if missing:
        said = Words(f"第一行里找不到列：{'、'.join(missing)}。", f"The first row lacks columns: {', '.join(missing)}.")
        raise _invalid("dialler.columns", said)
    return columns, table[1:]


def _row(line: Line | BadLine, columns: Mapping[str, int], now: datetime) -> dict[str, Any]:
    if isinstance(line, BadLine):
        return {"line": line.number, "problem": ["这一行读不出来。", "This row cannot be read."]}
    said = {name: line.cells[place] if place < len(line.cells) else None for name, place in columns.items()}
    try:
        seconds = values.number(said.get("seconds"))
        told = {
            "key": values.text(said["key"]), "code": values.text(said["outcome"]), "began": _moment(said["began"], now, needed=True),
            "seconds": int(seconds or 0), "agent": values.text(said.get("agent")), "recording": values.text(said.get("recording")),
            "callback": _moment(said.get("callback"), now, needed=False), "words": values.text(said.get("words")),
        }  # fmt: skip
    except Unreadable as error:
        return {"line": line.number, "problem": [error.words.zh, error.words.en]}
    return {"line": line.number, "told": told}


def _moment(cell: Any, now: datetime, *, needed: bool) -> str:
    """ISO, UTC; a moment without a zone is the business's. Empty where nothing stands there and nothing is needed."""
    found = values.moment(cell, business_day(now), business_zone())
    if isinstance(found, datetime):
        return found.replace(tzinfo=business_zone()).astimezone(UTC).isoformat()
    if found is None and not needed:
        return ""
    raise Unreadable(
        "dialler.moment", Words(f"“{values.text(cell)[:40]}”不是日期加时间。", f"“{values.text(cell)[:40]}” is no date with a time.")
    )


def _invalid(code: str, what: Words) -> Invalid:
    return Invalid(Problem(code, what, Words("请在外呼系统里重新导出。", "Export it from the dialler again.")))
