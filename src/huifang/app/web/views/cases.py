"""Cases: the list by its clocks, one case with what has been done and what can be done."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huifang.app import access, business_clock
from huifang.app.queries.cases import case_of, cases_page, clock_of, steps_of
from huifang.app.queries.timeline import Names
from huifang.app.records.models import Staff
from huifang.app.services import cases as case_work
from huifang.app.services.playbooks import in_force
from huifang.app.web.guard import needs, person
from huifang.domain.errors import Conflict, Invalid, Problem


@require_safe
@needs(access.SEE_CUSTOMERS)
def cases(request: HttpRequest) -> HttpResponse:
    """Open cases first to run out first; closed ones on their own page."""
    language = get_language() or ""
    shown, offset = request.GET.get("show", "open"), request.GET.get("from", "")
    names = Names(tuple(each.playbook for each in in_force()), language)
    page = cases_page(
        person(request), names, business_clock.now(), language, closed=shown == "closed", mine=shown == "mine",
        offset=int(offset) if offset.isdecimal() and len(offset) < 7 else 0,
    )  # fmt: skip
    return render(request, "web/cases/list.html", {"page": page, "show": shown})


@require_safe
@needs(access.SEE_CUSTOMERS)
def case(request: HttpRequest, number: str) -> HttpResponse:
    """One case."""
    return _page(request, number)


@require_POST
@needs(access.HANDLE_CASES)
def act(request: HttpRequest, number: str) -> HttpResponse:
    """Comment, answer, solve, close, reopen, assign; 422 with what is missing, 409 where the state has changed."""
    found = case_of(person(request), number)
    if found is None:
        raise Http404
    deed = _DEEDS.get(request.POST.get("deed", ""))
    if deed is None:
        return HttpResponseBadRequest()
    try:
        deed(person(request), found.pk, request)
    except (Invalid, Conflict) as error:
        return _page(request, number, error.problems, 409 if isinstance(error, Conflict) else 422)
    messages.success(request, _("Entered."))
    return redirect("case", number)


def _words(request: HttpRequest) -> str:
    return request.POST.get("words", "").strip()


def _assign(by: Staff, case_id: int, request: HttpRequest) -> None:
    to = request.POST.get("to", "")
    case_work.assign(by, case_id, int(to) if to.isdecimal() else 0, business_clock.now())


_DEEDS: dict[str, Callable[[Staff, int, HttpRequest], object]] = {
    "comment": lambda by, pk, request: case_work.comment(by, pk, _words(request), business_clock.now()),
    "answer": lambda by, pk, request: case_work.answer(by, pk, _words(request), business_clock.now()),
    "solve": lambda by, pk, request: case_work.solve(by, pk, request.POST.get("cause", "").strip(), _words(request), business_clock.now()),
    "close": lambda by, pk, request: case_work.close(by, pk, _words(request), business_clock.now()),
    "reopen": lambda by, pk, request: case_work.reopen(by, pk, _words(request), business_clock.now()),
    "assign": _assign,
}


def _page(request: HttpRequest, number: str, problems: tuple[Problem, ...] = (), status: int = 200) -> HttpResponse:
    staff, language, now = person(request), get_language() or "", business_clock.now()
    found = case_of(staff, number)
    if found is None:
        raise Http404
    names = Names(tuple(each.playbook for each in in_force()), language)
    clock, late = clock_of(found.state, found.first_answer_due, found.solve_due, now, language)
    colleagues = access.staff_for(staff).filter(is_active=True, sign_in_name__isnull=False).exclude(pk=found.owner_id or 0)
    context = {
        "case": found, "kind": names.case(found.kind), "steps": steps_of(found), "clock": clock, "late": late, "problems": problems,
        "may_handle": access.may(staff, access.HANDLE_CASES), "colleagues": colleagues.order_by("name"), "typed": request.POST,
    }  # fmt: skip
    return render(request, "web/cases/case.html", context, status=status)
