"""Score cards by person and month: on the screen, as XLSX and PDF."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from huifang.app import access, business_clock
from huifang.app.queries import score_cards, score_rows
from huifang.app.queries.register_line import Period
from huifang.app.records.models import Role
from huifang.app.services import exports
from huifang.app.web import picking
from huifang.app.web.guard import needs, person
from huifang.app.web.views.registers import TYPES, document, download


@require_safe
@needs(access.SEE_SCORES)
def scores(request: HttpRequest) -> HttpResponse:
    """Everybody's month, or an agent's own."""
    staff, today = person(request), business_clock.today()
    choice = [] if staff.role == Role.AGENT else picking.branches(staff)
    branch, period = picking.branch_of(request, choice), _month(request, today)
    after = period.last + timedelta(days=1)
    context = {
        "cards": score_cards.cards(staff, period, branch, today), "period": period, "rule": score_cards.rule(), "branches": choice,
        "branch": branch, "before": period.first - timedelta(days=1), "after": after if after <= today else None,
        "running": period.first <= today <= period.last, "files": access.may(staff, access.EXPORT),
        "query": f"month={period.first:%Y-%m}{f'&branch={branch.pk}' if branch else ''}",
    }  # fmt: skip
    return render(request, "web/scores.html", context)


@require_safe
@needs(access.SEE_SCORES)
def rows(request: HttpRequest, staff_id: int, what: str) -> HttpResponse:
    """The records behind one number of a card."""
    if what not in score_rows.TITLES:
        raise Http404
    staff, today = person(request), business_clock.today()
    choice = [] if staff.role == Role.AGENT else picking.branches(staff)
    branch, period = picking.branch_of(request, choice), _month(request, today)
    after = picking.after_of(request)
    found = score_rows.rows(staff, what, staff_id, period, branch, today, get_language() or "zh-hans", after)
    if found is None:
        raise Http404
    query = f"month={period.first:%Y-%m}{f'&branch={branch.pk}' if branch else ''}"
    return render(request, "web/score_rows.html", {"found": found, "what": what, "period": period, "branch": branch, "query": query})


@require_safe
@needs(access.EXPORT)
def file(request: HttpRequest, ending: str) -> HttpResponse:
    """The same as XLSX or PDF; noted in the audit trail."""
    if ending not in TYPES:
        raise Http404
    staff, today = person(request), business_clock.today()
    branch, period = picking.branch_of(request, picking.branches(staff)), _month(request, today)
    filled = score_cards.sheet_of(score_cards.cards(staff, period, branch, today), period, branch)
    exports.note(staff, "", "scores", period.first, period.last, len(filled.rows), ending)
    return download(filled, ending, document(filled, ending, get_language() or "zh-hans"))


def _month(request: HttpRequest, today: date) -> Period:
    """``?month=2026-11``, else the month that is running."""
    first = picking.read_day(f"{request.GET.get('month', '')}-01") or today.replace(day=1)
    return Period(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))
