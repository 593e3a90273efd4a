"""Bringing files in: upload, columns, preview, progress, result, the rejected rows, undo."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huifang.app import business_clock
from huifang.app.access import IMPORT, MANAGE_STAFF, imports_for, may
from huifang.app.queries.glance import in_several_zones
from huifang.app.queries.pages import page_behind
from huifang.app.queries.playbooks import in_force, unnamed
from huifang.app.records.models import Branch, ImportBatch, Staff
from huifang.app.services import background
from huifang.app.services.imports import prepare, rejected
from huifang.app.services.imports.columns import TARGETS
from huifang.app.services.imports.preview import preview
from huifang.app.services.imports.undo import undo
from huifang.app.web import picking
from huifang.app.web.guard import needs, person
from huifang.domain.errors import HuifangError, Problem
from huifang.domain.words import Words

KINDS = {
    "customers": Words("客户", "Customers"), "events": Words("业务记录", "Events"), "agreements": Words("合约", "Agreements"),
    "staff": Words("人员", "Staff"), "branches": Words("门店", "Branches"),
}  # fmt: skip
ENCODINGS = ("utf-8-sig", "gb18030", "big5", "utf-16")
SHOWN = 50
GROUPS = {
    "customers": (
        "customer", "phone", "email", "wecom", "dingtalk", "feishu", "address", "branch", "owner", "time_zone", "birthday",
        "birthday_lunar", "first_seen", "language", "notes",
    ),
    "staff": ("staff", "branch"), "branches": ("branch",),
}  # fmt: skip
"""First parts of the targets that a kind of import can have; the others can have those of customers, events and agreements."""


@require_http_methods(["GET", "POST"])
@needs(IMPORT)
def imports(request: HttpRequest) -> HttpResponse:
    """Earlier imports, and a place for a file."""
    staff = person(request)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        upload = request.FILES.get("file")
        if upload is None:
            problems = (
                Problem(
                    "import.no-file", Words("没有选择文件。", "No file was chosen."), Words("请选择文件后再上传。", "Choose a file first.")
                ),
            )
        else:
            try:
                batch = prepare.upload(
                    staff,
                    cast("BinaryIO", upload),
                    upload.name or "file",
                    business_clock.now(),
                    _own_branch(staff),
                    request.POST.get("kind", ""),
                )
                return redirect("import", batch.pk)
            except HuifangError as error:
                problems = error.problems
    page = page_behind(_visible(staff).select_related("by"), ("-id",), picking.after_of(request), SHOWN)
    about = {"problems": problems, "page": page, "kinds": _kinds(staff)}
    return render(request, "web/imports.html", about, status=422 if problems else 200)


def _visible(staff: Staff) -> Any:
    return (imports_for(staff) | ImportBatch.objects.filter(by=staff)).distinct()


def _own_branch(staff: Staff) -> Branch | None:
    return None if staff.all_branches else staff.branch


def _kinds(staff: Staff) -> dict[str, Words]:
    return {key: words for key, words in KINDS.items() if key not in ("staff", "branches") or may(staff, MANAGE_STAFF)}


def _batch(request: HttpRequest, batch_id: int) -> ImportBatch:
    found: ImportBatch = get_object_or_404(_visible(person(request)), pk=batch_id)
    return found


@require_http_methods(["GET", "POST"])
@needs(IMPORT)
def one(request: HttpRequest, batch_id: int) -> HttpResponse:
    """One import, as far as it has come: columns and preview before it runs, progress while, result after."""
    batch = _batch(request, batch_id)
    state = ImportBatch.State
    if batch.state not in (state.UPLOADED, state.READY) or background.import_under_way(batch):
        return _result(request, batch)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        try:
            return _chosen(request, batch)
        except HuifangError as error:
            problems = error.problems
            batch.refresh_from_db()
    try:
        shown = preview(batch)
    except HuifangError as error:
        shown, problems = None, problems + error.problems
    about = {
        "batch": batch, "problems": problems, "preview": shown, "kinds": _kinds(person(request)), "encodings": ENCODINGS,
        "zones_unknown": _zones_unknown(batch),
        "targets": _targets(batch), "event_kinds": _event_kinds(), "kind": KINDS[batch.kind],
        "count": shown.looked_at if shown and shown.whole else batch.options["rows"], "wrong": sum(shown.problems.values()) if shown else 0,
    }  # fmt: skip
    return render(request, "web/import_columns.html", about, status=422 if problems else 200)


def _zones_unknown(batch: ImportBatch) -> bool:
    """Whether a law asks for customers' own zones and no column tells them."""
    if batch.kind not in ("customers", "events", "agreements") or "time_zone" in batch.mapping.values():
        return False
    return in_several_zones([each.playbook for each in in_force()]) is not None


def _chosen(request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    staff, data = person(request), request.POST
    header = data.get("header_row", "")
    changed = {
        "kind": data.get("kind") if data.get("kind") != batch.kind else None,
        "sheet": data.get("sheet") if data.get("sheet") != batch.sheet else None,
        "encoding": data.get("encoding") if data.get("encoding") != batch.encoding else None,
        "header_row": int(header) if header.isdecimal() and int(header) != batch.header_row else None,
    }
    looked_again = any(value is not None for value in changed.values())
    mapping = {name.removeprefix("column."): value for name, value in data.items() if name.startswith("column.")}
    options = {name: data[name] for name in ("event_kind", "lines") if name in data}
    prepare.choose(staff, batch, **changed, mapping=None if looked_again else mapping, options=options)  # type: ignore[arg-type]
    if "start" not in data or looked_again:
        return redirect("import", batch.pk)
    prepare.confirm(staff, batch, business_clock.now())
    background.ask_import(staff, batch, business_clock.now())
    return redirect("import", batch.pk)


def _targets(batch: ImportBatch) -> list[tuple[str, Words]]:
    """What a column can stand for in this kind of import; a file's own attributes stand last."""
    parts = GROUPS.get(batch.kind, (*GROUPS["customers"], "event", "agreement"))
    known = [(key, words) for key, words in TARGETS.items() if key.split(".")[0] in parts]
    own = sorted({target for target in batch.mapping.values() if target not in TARGETS})
    attributes = {name: attribute.title for used in in_force() for name, attribute in used.playbook.attributes.items()}
    more = {f"attribute.{name}": title for name, title in attributes.items()} if batch.kind in ("customers", "events") else {}
    for target in own:
        more.setdefault(target, Words(target.rpartition(".")[2], target.rpartition(".")[2]))
    return known + list(more.items())


def _event_kinds() -> dict[str, Words]:
    return {kind: event.title for used in in_force() for kind, event in used.playbook.events.items()}


def _result(request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    page = page_behind(batch.rejected_rows.all(), ("line", "id"), picking.after_of(request), SHOWN)
    shown = [{"line": row.line, "column": row.column, "reason": Words(row.reason["zh"], row.reason["en"])} for row in page.rows]
    about = {
        "batch": batch, "kind": KINDS.get(batch.kind), "rejected": shown, "page": page,
        "error": Words(batch.error["zh"], batch.error["en"]) if batch.error else None, "undone": batch.options.get("undone"),
        "unnamed": unnamed(batch.options.get("kinds", ())),
        "done": batch.created + batch.updated + batch.unchanged + batch.rejected,
    }  # fmt: skip
    return render(request, "web/import.html", about)


@require_POST
@needs(IMPORT)
def go_on(request: HttpRequest, batch_id: int) -> HttpResponseRedirect:
    """Carry on with a stopped or failed import."""
    batch = _batch(request, batch_id)
    background.ask_import(person(request), batch, business_clock.now())
    return redirect("import", batch.pk)


@require_POST
@needs(IMPORT)
def stop(request: HttpRequest, batch_id: int) -> HttpResponseRedirect:
    """Stop a running import after the rows in hand."""
    batch = _batch(request, batch_id)
    background.stop_import(person(request), batch, business_clock.now())
    messages.info(request, _("The import stops after the rows in hand."))
    return redirect("import", batch.pk)


@require_POST
@needs(IMPORT)
def undo_import(request: HttpRequest, batch_id: int) -> HttpResponseRedirect:
    """Take an import back."""
    batch = _batch(request, batch_id)
    undone = undo(person(request), batch, business_clock.now())
    messages.success(
        request, _("Undone: %(removed)s removed, %(restored)s as before.") % {"removed": undone.removed, "restored": undone.restored}
    )
    return redirect("import", batch.pk)


@require_safe
@needs(IMPORT)
def rejected_file(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The rejected rows as a workbook to correct and bring in again."""
    batch = _batch(request, batch_id)
    content = rejected.as_xlsx(batch, get_language() or "zh-hans")
    name = f"{batch.file_name.rpartition('.')[0] or batch.file_name}-{_('rejected')}.xlsx"
    header = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": header})
