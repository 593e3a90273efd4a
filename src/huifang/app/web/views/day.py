"""The supervisor's day."""

from __future__ import annotations

import hmac
from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huifang.app import access, business_clock
from huifang.app.business_time import business_day
from huifang.app.crypto import keyring
from huifang.app.queries import day as days
from huifang.app.queries import day_rows
from huifang.app.queries.hand_overs import receivers
from huifang.app.services import giving
from huifang.app.web import picking, svg
from huifang.app.web.guard import needs, person
from huifang.domain.errors import Invalid, Problem


@require_safe
@needs(access.SEE_DAY)
def day(request: HttpRequest) -> HttpResponse:
    """Who is where, who was dissatisfied, what was not done. Asked again every 20 seconds: 204 while nothing has changed."""
    staff, chosen = person(request), picking.day_of(request)
    choice = picking.branches(staff)
    branch = picking.branch_of(request, choice)
    language = get_language() or "zh-hans"
    found = days.overview(staff, chosen, branch, business_clock.now(), language)
    mark = _mark(found, language)
    if request.GET.get("seen") == mark:
        return HttpResponse(status=204)
    today = business_day(business_clock.now())
    return render(
        request,
        "web/day.html",
        {
            "found": found,
            "branches": choice,
            "branch": branch,
            "today": today,
            "mark": mark,
            "before": chosen - timedelta(days=1),
            "after": chosen + timedelta(days=1) if chosen < today else None,
            "outcomes": svg.bars(_("How the contacts ended"), found.outcomes),
            "hours": svg.line(_("Contacts by hour"), found.hours) if len(found.hours) > 1 else "",
            "may_review": access.may(staff, access.REVIEW),
            "query": f"day={chosen}{f'&branch={branch.pk}' if branch else ''}",
        },
    )


def _mark(found: days.Overview, language: str) -> str:
    """Stands for what the page shows: the same mark, the same page."""
    return hmac.digest(keyring().index, f"day|{language}|{found!r}".encode(), "sha256").hex()[:24]


@require_safe
@needs(access.SEE_DAY)
def rows(request: HttpRequest, what: str) -> HttpResponse:
    """The follow-ups or decisions behind one number."""
    return _rows(request, what)


@require_POST
@needs(access.SEE_DAY)
def give(request: HttpRequest, what: str) -> HttpResponse:
    """Give the follow-ups that were ticked to a colleague, or to whoever is free first; the same rows again."""
    picked = [int(each) for each in request.POST.getlist("followup") if each.isdecimal() and len(each) < 18]
    to = request.POST.get("to", "")
    try:
        wanted = None if to == "anybody" else int(to) if to.isdecimal() and len(to) < 12 else 0
        given, over = giving.give(person(request), picked, wanted, business_clock.now())
    except Invalid as error:
        return _rows(request, what, problems=error.problems, status=422)
    messages.success(request, ngettext("%(n)s follow-up given.", "%(n)s follow-ups given.", given) % {"n": given})
    if over:
        said = ngettext("%(n)s was finished or sent meanwhile.", "%(n)s were finished or sent meanwhile.", over)
        messages.info(request, said % {"n": over})
    return redirect(f"{reverse('day-rows', args=[what])}?{request.GET.urlencode()}")


def _rows(request: HttpRequest, what: str, *, problems: tuple[Problem, ...] = (), status: int = 200) -> HttpResponse:
    if what not in day_rows.TITLES:
        raise Http404
    staff, chosen, now = person(request), picking.day_of(request), business_clock.now()
    choice = picking.branches(staff)
    branch = picking.branch_of(request, choice)
    found = day_rows.rows(
        staff, what, chosen, branch, now, get_language() or "zh-hans",
        person=picking.number_of(request, "staff"), rule=request.GET.get("rule", "")[:60], after=picking.after_of(request),
    )  # fmt: skip
    kept = request.GET.copy()
    kept.pop("after", None)
    back = f"day={chosen}{f'&branch={branch.pk}' if branch else ''}"
    context = {
        "found": found, "what": what, "day": chosen, "branch": branch, "back": back, "query": kept.urlencode(), "problems": problems,
        "receivers": receivers(staff, chosen, chosen) if any(row.number for row in found.rows) else (), "all": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, "web/day_rows.html", context, status=status)
