"""Cases: the list by its clocks, one case with what has been done and what can be done."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huifang.app import access, business_clock
from huifang.app.business_time import business_day
from huifang.app.queries.case_about import about, phones
from huifang.app.queries.case_page import case_view
from huifang.app.queries.case_words import cause_title, causes_in
from huifang.app.queries.cases import Filters, case_of, cases_page
from huifang.app.queries.indicators import INDICATORS
from huifang.app.queries.playbooks import in_force
from huifang.app.queries.timeline import Names
from huifang.app.services.feedback_topics import titled
from huifang.app.services.notices import read_about
from huifang.app.services.reveal import reveal as reveal_point
from huifang.app.web import case_deeds, picking
from huifang.app.web.guard import needs, person
from huifang.domain.errors import Conflict, Invalid, NotAllowed, Problem


@require_safe
@needs(access.SEE_CUSTOMERS)
def cases(request: HttpRequest) -> HttpResponse:
    """Open cases first to run out first; one's own, overdue, closed; by kind, level, branch, cause and day."""
    staff, language = person(request), get_language() or ""
    playbooks = tuple(each.playbook for each in in_force())
    choice = picking.branches(staff)
    branch = picking.branch_of(request, choice)
    filters = Filters(
        show=request.GET.get("show", "open"), kind=request.GET.get("kind", "")[:60], level=picking.number_of(request, "level"),
        branch=branch.pk if branch else None, cause=request.GET.get("cause", "")[:200], first=_day(request, "first"),
        last=_day(request, "last"), after=picking.after_of(request),
    )  # fmt: skip
    kept = request.GET.copy()
    for name in ("show", "after"):
        kept.pop(name, None)
    kinds = {key: kind.title for playbook in playbooks for key, kind in playbook.cases.items()}
    context = {
        "page": cases_page(staff, Names(playbooks, language), business_clock.now(), language, filters), "show": filters.show,
        "filters": filters, "kinds": kinds, "branches": choice, "branch": branch, "query": kept.urlencode(),
        "cause": cause_title(causes_in(playbooks), filters.cause, language),
    }  # fmt: skip
    return render(request, "web/cases/list.html", context)


@require_safe
@needs(access.SEE_CUSTOMERS)
def case(request: HttpRequest, number: str) -> HttpResponse:
    """One case; whoever opens it has read what they were told of it."""
    return _page(request, number)


@require_POST
@needs(access.SEE_NUMBERS)
def reveal(request: HttpRequest, number: str, point_id: int) -> HttpResponse:
    """The page with one of the customer's numbers in full; the trail says who has called it up."""
    found = case_of(person(request), number)
    if found is None:
        raise Http404
    point = reveal_point(person(request), found.customer_id, point_id, business_clock.now())
    return _page(request, number, shown=point.pk)


@require_POST
@needs(access.HANDLE_CASES)
def act(request: HttpRequest, number: str) -> HttpResponse:
    """One deed of `case_deeds`; 422 with what is missing, 409 where the state has changed, 403 where it is somebody else's to do."""
    found = case_of(person(request), number)
    if found is None:
        raise Http404
    deed = case_deeds.DEEDS.get(request.POST.get("deed", ""))
    if deed is None:
        raise BadRequest
    try:
        goes_on = deed(person(request), found.pk, case_deeds.Form(request.POST), business_clock.now())
    except (Invalid, Conflict, NotAllowed) as error:
        status = {Conflict: 409, NotAllowed: 403}.get(type(error), 422)
        return _page(request, number, error.problems, status)
    messages.success(request, _("Entered."))
    return redirect("case", goes_on or number)


def _day(request: HttpRequest, name: str) -> date | None:
    return picking.read_day(request.GET.get(name, ""))


def _page(request: HttpRequest, number: str, problems: tuple[Problem, ...] = (), status: int = 200, shown: int = 0) -> HttpResponse:
    staff, language, now = person(request), get_language() or "", business_clock.now()
    found = case_of(staff, number)
    if found is None:
        raise Http404
    read_about(staff, f"case:{found.pk}", now)
    names = Names(tuple(each.playbook for each in in_force()), language)
    context = {
        "case": found, "kind": names.case(found.kind), "view": case_view(staff, found, now, language), "problems": problems,
        "about": about(found, names, titled(language), business_day(now), language),
        "phones": phones(found, shown), "shown": shown, "may_reveal": access.may(staff, access.SEE_NUMBERS),
        "may_handle": access.may(staff, access.HANDLE_CASES), "indicators": INDICATORS, "typed": request.POST,
        "deed": request.POST.get("deed", ""),
    }  # fmt: skip
    return render(request, "web/cases/case.html", context, status=status)
