"""From an uploaded file to an import that is ready: keep it, look into it, guess its columns, let a person choose, confirm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction

from huifang.app.access import IMPORT, MANAGE_STAFF, branches_for, require
from huifang.app.records.models import Branch, ImportBatch, RememberedMapping, Staff
from huifang.app.services import audit
from huifang.app.services.imports import columns, files, headers, limits, reading
from huifang.app.services.imports.limits import refused
from huifang.app.services.imports.rows import BAD_LINES
from huifang.app.services.imports.run import stored
from huifang.domain.errors import Conflict, ImportRefused, Invalid, NotAllowed, Problem
from huifang.domain.words import Words

KINDS = ("customers", "events", "agreements", "staff", "branches")
_ORGANISATION = ("staff", "branches")
_SHEET_NAME = ImportBatch._meta.get_field("sheet").max_length or 0
_OPTIONS = frozenset({"event_kind", "lines", "region", "area_code", "types", "delimiter"})


def upload(by: Staff | None, source: BinaryIO, file_name: str, now: datetime, branch: Branch | None = None, kind: str = "") -> ImportBatch:
    """Keep a file and guess everything about it; it is UPLOADED then and nothing is brought in. Of a refused file nothing is kept.

    Raises `ImportRefused`, `NotAllowed`.
    """
    _check_person(by, kind, branch)
    kept = files.keep(source, Path(settings.MEDIA_ROOT))
    batch = ImportBatch(
        file_name=Path(file_name.replace("\\", "/")).name[-255:], stored_as=kept.stored_as, sha256=kept.sha256, kind=kind,
        branch=branch, by=by,
        options={"file": kept.kind},
    )  # fmt: skip
    try:
        _look(batch)
    except ImportRefused:
        _forget(batch)
        raise
    with transaction.atomic():
        batch.save(force_insert=True)
        ImportBatch.objects.filter(pk=batch.pk).update(created_at=now)
        batch.created_at = now
        audit.write(by, "import.uploaded", f"import:{batch.pk}", sha256=kept.sha256, size=kept.size)
    return batch


def choose(
    by: Staff | None, batch: ImportBatch, *, kind: str | None = None, sheet: str | None = None, encoding: str | None = None,
    header_row: int | None = None, mapping: Mapping[str, str] | None = None, options: Mapping[str, Any] | None = None,
) -> ImportBatch:  # fmt: skip
    """Change what was guessed; what is None stays. Another kind, sheet, encoding or header is looked at again.

    Raises `Invalid`, `Conflict`, `NotAllowed`.
    """
    _check_person(by, batch.kind if kind is None else kind, batch.branch)
    if batch.state not in (ImportBatch.State.UPLOADED, ImportBatch.State.READY):
        raise Conflict(
            Problem(
                "import.begun", Words("导入已经开始。", "The import has begun."), Words("如需更改请先撤销。", "Undo it first to change it.")
            )
        )
    if kind is not None and kind not in KINDS:
        raise _invalid("import.kind", Words(f"没有“{kind}”这种导入。", f"There is no import of kind “{kind}”."))
    batch.options |= {name: value for name, value in (options or {}).items() if name in _OPTIONS}
    if (kind, sheet, encoding, header_row) != (None, None, None, None):
        batch.kind = kind or batch.kind
        batch.encoding = batch.encoding if encoding is None else encoding
        _look(batch, sheet=sheet, header_row=header_row)
    if mapping is not None:
        _check_mapping(mapping, len(batch.options["names"]))
        batch.mapping = {column: target for column, target in mapping.items() if target}
    batch.state = ImportBatch.State.UPLOADED
    batch.save()
    return batch


def confirm(by: Staff | None, batch: ImportBatch, now: datetime) -> ImportBatch:
    """The columns are right: the import is READY to run, and its mapping is remembered for files with the same header. Raises `Invalid`."""
    _check_person(by, batch.kind, batch.branch)
    targets = set(batch.mapping.values())
    needed = {
        "customers": {"customer.name", "phone", "customer.code"}, "events": {"event.at"},
        "agreements": {"agreement.ends", "agreement.code"},
        "staff": {"staff.code"}, "branches": {"branch.code"},
    }[batch.kind]  # fmt: skip
    if not targets & needed:
        titles = [columns.TARGETS[target] for target in sorted(needed)]
        zh, en = "、".join(title.zh for title in titles), ", ".join(title.en for title in titles)
        raise _invalid("import.columns", Words(f"没有一列对应：{zh}。", f"No column stands for: {en}."))
    with transaction.atomic():
        batch.state = ImportBatch.State.READY
        batch.save(update_fields=["state"])
        RememberedMapping.objects.update_or_create(
            header=columns.header_hash(batch.options["names"]),
            defaults={"kind": batch.kind, "mapping": {"mapping": batch.mapping, "options": _kept_options(batch)}, "used_at": now},
        )
    return batch


def drop(batch: ImportBatch) -> None:
    """Take back an upload from which nothing was brought in, as if it had never come."""
    with transaction.atomic():
        ImportBatch.objects.filter(pk=batch.pk, state__in=(ImportBatch.State.UPLOADED, ImportBatch.State.READY)).delete()
        _forget(batch)


def _forget(batch: ImportBatch) -> None:
    """Take the file away, unless it was uploaded another time too."""
    if not ImportBatch.objects.filter(stored_as=batch.stored_as).exists():
        files.forget(Path(settings.MEDIA_ROOT), batch.stored_as)


def _kept_options(batch: ImportBatch) -> dict[str, Any]:
    return {name: value for name, value in batch.options.items() if name in _OPTIONS - {"delimiter"}}


def _look(batch: ImportBatch, *, sheet: str | None = None, header_row: int | None = None) -> None:
    """Find sheet, header and mapping again, as far as they are not given."""
    sheets = reading.survey(_content(batch), batch.options["file"], batch.encoding, batch.options.get("delimiter", ""))
    if not any(one.head for one in sheets):
        raise _nothing(sheets)
    chosen = [one for one in sheets if sheet is not None and one.name == sheet] or list(sheets)
    found, header = headers.best_sheet(chosen, batch.kind)
    if len(found.name) > _SHEET_NAME:
        raise refused(
            "sheet-name",
            Words(
                f"工作表的名称有 {len(found.name)} 个字，最多 {_SHEET_NAME} 个。",
                f"A sheet's name has {len(found.name)} characters; the most is {_SHEET_NAME}.",
            ),
            Words("请把工作表改个短名再导入。", "Give the sheet a short name and import again."),
        )
    if header_row is not None:
        header = headers.at(found.head, header_row)
    batch.sheet, batch.encoding, batch.header_row = found.name, found.encoding, header.line
    batch.options |= {
        "names": list(header.names), "delimiter": found.delimiter, "rows": found.rows,
        "sheets": [{"name": one.name, "rows": one.rows, "columns": one.columns} for one in sheets],
    }  # fmt: skip
    _guess(batch, header, found)


def _nothing(sheets: Sequence[reading.Sheet]) -> ImportRefused:
    """Why there is nothing to look at: no line can be read, or there is none."""
    bad = next((one.bad for one in sheets if one.bad), "")
    if bad:
        return refused(bad, BAD_LINES[bad], limits.SAVE_AGAIN)
    return refused(
        "empty", Words("文件里没有数据。", "The file holds no data."), Words("请检查导出是否成功。", "Check whether the export worked.")
    )


def _guess(batch: ImportBatch, header: headers.Header, sheet: reading.Sheet) -> None:
    remembered = RememberedMapping.objects.filter(header=columns.header_hash(header.names)).first() if header.line else None
    if remembered is not None and batch.kind in ("", remembered.kind):
        batch.kind, batch.mapping = remembered.kind, remembered.mapping["mapping"]
        batch.options |= {**remembered.mapping["options"], "remembered": True}
        return
    sample = [line.cells for line in sheet.head if line.number > header.line]
    mapping = columns.guess(header.names, sample, batch.kind)
    kind, event_kind = columns.guess_kind(mapping, header.names)
    if not batch.kind:
        batch.kind = kind
        mapping = columns.guess(header.names, sample, kind)
    batch.mapping = mapping
    batch.options["remembered"] = False
    if batch.kind == "events":
        batch.options.setdefault("event_kind", event_kind or "order")


def _content(batch: ImportBatch) -> Any:
    return files.pieces(stored(batch))


def _check_mapping(mapping: Mapping[str, str], width: int) -> None:
    for column, target in mapping.items():
        known = not target or target in columns.TARGETS or columns.is_named(target)
        if not (column.isdigit() and int(column) < width and known):
            raise _invalid("import.mapping", Words(f"列 {column} 不能对应“{target}”。", f"Column {column} cannot be “{target}”."))


def _invalid(code: str, what: Words) -> Invalid:
    return Invalid(Problem(code, what, Words("请重新选择。", "Choose again.")))


def _check_person(by: Staff | None, kind: str, branch: Branch | None) -> None:
    if by is None:
        return
    require(by, MANAGE_STAFF if kind in _ORGANISATION else IMPORT)
    if branch is not None and not branches_for(by).filter(pk=branch.pk).exists():
        raise NotAllowed(
            Problem(
                "import.branch",
                Words("这个门店不在您的范围内。", "This branch is not in your scope."),
                Words("请选择自己的门店。", "Choose your own."),
            )
        )
