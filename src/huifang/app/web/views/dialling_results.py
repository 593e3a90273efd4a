"""Results of the dialler: upload, look, take."""

from __future__ import annotations

from collections import Counter

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huifang.app import access, business_clock
from huifang.app.services import dialling_files as service
from huifang.app.web.guard import needs, person
from huifang.domain.errors import HuifangError

_FIRST = 200
"""Rows that are shown; all that are wrong are shown before them."""


@require_POST
@needs(access.TELL_CALLS)
def upload(request: HttpRequest) -> HttpResponse:
    """Read a file of results; to what it says."""
    given = request.FILES.get("file")
    if not isinstance(given, UploadedFile) or given.file is None:
        messages.error(request, _("Choose the file of results."))
        return redirect("dialling")
    try:
        kept = service.read(person(request), given.file, given.name or "results", business_clock.now())
    except HuifangError as error:
        messages.error(request, error.say(get_language() or ""))
        return redirect("dialling")
    return redirect("dialling-results", kept.pk)


@require_safe
@needs(access.TELL_CALLS)
def results(request: HttpRequest, results_id: int) -> HttpResponse:
    """What would become of each row, or became of it."""
    staff = person(request)
    kept = service.find(staff, results_id)
    rows = service.preview(staff, kept, business_clock.now())
    counts = Counter(row.state for row in rows)
    shown = sorted(rows, key=lambda row: row.state != "wrong")[: max(_FIRST, counts["wrong"])]
    about = {
        "kept": kept, "rows": shown, "number": len(rows), "counts": dict(counts), "useful": counts["taken"] + counts["recording"],
    }  # fmt: skip
    return render(request, "web/dialling/results.html", about)


@require_POST
@needs(access.TELL_CALLS)
def take(request: HttpRequest, results_id: int) -> HttpResponse:
    """Take every row that can be taken."""
    staff = person(request)
    counts = service.take(staff, service.find(staff, results_id), business_clock.now())
    said = _("%(taken)s taken, %(known)s known before, %(wrong)s not taken.")
    messages.success(request, said % {"taken": counts["taken"] + counts["recording"], "known": counts["known"], "wrong": counts["wrong"]})
    return redirect("dialling-results", results_id)
