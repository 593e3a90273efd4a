"""Large exports: asking, the second person's word, and taking what was allowed."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huifang.app import business_clock
from huifang.app.access import ALLOW_EXPORTS, EXPORT, SEE_EXPORTS, may
from huifang.app.queries import exports as lines
from huifang.app.queries.playbooks import in_force
from huifang.app.queries.register_line import Period
from huifang.app.queries.registers import period_of, row_count, sheet
from huifang.app.records.models import ExportRequest
from huifang.app.reports.pdf import check_length
from huifang.app.services import export_requests as service
from huifang.app.web import picking, survey_downloads
from huifang.app.web.guard import needs, person
from huifang.app.web.views.registers import TYPES, document, download, form_of
from huifang.domain.errors import Conflict, Invalid


@require_safe
@needs(SEE_EXPORTS)
def requests(request: HttpRequest) -> HttpResponse:
    """What waits for one's word, and one's own requests."""
    staff, language = person(request), get_language() or "zh-hans"
    books = [one.playbook for one in in_force()]
    about = {
        "deciding": may(staff, ALLOW_EXPORTS),
        "waiting": lines.waiting_for(staff, books, language, business_clock.now()),
        "own": lines.own(staff, books, language, business_clock.now()) if may(staff, EXPORT) else [],
    }
    return render(request, "web/exports.html", about)


@require_POST
@needs(EXPORT)
def ask(request: HttpRequest, playbook: str, key: str, ending: str) -> HttpResponse:
    """Ask for a register's file; back to its page."""
    book, form = form_of(playbook, key)
    if ending not in TYPES:
        raise Http404
    staff = person(request)
    branch, period = picking.branch_of(request, picking.branches(staff)), period_of(form, picking.day_of(request))
    rows = row_count(staff, book, key, period, branch)
    try:
        if ending == "pdf":
            check_length(rows)
        service.ask(staff, service.Wanted(playbook, key, period.first, period.last, branch, ending), rows, business_clock.now())
        messages.success(request, _("Asked. You are told as soon as somebody has decided."))
    except Invalid as error:
        messages.error(request, error.say(get_language() or ""))
    return redirect(f"{reverse('register', args=[playbook, key])}?{request.GET.urlencode()}")


@require_POST
@needs(ALLOW_EXPORTS)
def decide(request: HttpRequest, request_id: int) -> HttpResponse:
    """Allow or refuse; 400 without an answer."""
    allowed = {"yes": True, "no": False}.get(request.POST.get("allowed", ""))
    if allowed is None:
        raise BadRequest
    try:
        service.decide(person(request), request_id, business_clock.now(), allowed=allowed)
        messages.success(request, _("Entered."))
    except Conflict as error:
        messages.error(request, error.say(get_language() or ""))
    return redirect("exports")


@require_POST
@needs(EXPORT)
def take(request: HttpRequest, request_id: int, token: str) -> HttpResponseBase:
    """The file that was allowed, once; opening the address alone spends nothing."""
    staff, language = person(request), get_language() or "zh-hans"
    try:
        held = service.find(staff, request_id, token, business_clock.now())
        if held.kind == ExportRequest.Kind.ANSWERS:
            answers, count = survey_downloads.taken(staff, held)
            service.take(staff, held, count, business_clock.now())
            return answers
        book, _form = form_of(held.playbook, held.register)
        filled = sheet(staff, book, held.register, Period(held.first, held.last), language, held.branch)
        content = document(filled, held.form, language)
        service.take(staff, held, len(filled.rows), business_clock.now())
    except (Conflict, Invalid) as error:
        messages.error(request, error.say(language))
        return redirect("exports")
    return download(filled, held.form, content)
