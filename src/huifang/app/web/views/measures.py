"""Measures: the board from plan to finished, one measure with its evidence and what its indicator did."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huifang.app import access, business_clock
from huifang.app.business_time import business_day
from huifang.app.queries import measures as boards
from huifang.app.queries.case_words import cause_options, causes_in
from huifang.app.queries.indicators import INDICATORS
from huifang.app.queries.playbooks import in_force
from huifang.app.records.models import Measure
from huifang.app.services import measures as work
from huifang.app.services.notices import read_about
from huifang.app.web import picking
from huifang.app.web.case_deeds import Form
from huifang.app.web.guard import needs, person
from huifang.domain.errors import Conflict, Invalid, NotAllowed, Problem
from huifang.domain.improvement import STAGE_WORDS, Stage


@require_safe
@needs(access.SEE_CUSTOMERS)
def board(request: HttpRequest) -> HttpResponse:
    """The board: plan, do, check, act, finished."""
    return _board(request)


@require_POST
@needs(access.MANAGE_MEASURES)
def new(request: HttpRequest) -> HttpResponse:
    """Begin a measure; 422 with everything that is missing."""
    staff = person(request)
    branch = picking.branches(staff)
    wanted = Form(request.POST).number("branch")
    try:
        made = work.begin(
            staff, Form(request.POST).plan(), next((each for each in branch if each.pk == wanted), staff.branch), business_clock.now()
        )
    except Invalid as error:
        return _board(request, error.problems, 422)
    messages.success(request, _("The measure is begun."))
    return redirect("measure", made.pk)


@require_safe
@needs(access.SEE_CUSTOMERS)
def measure(request: HttpRequest, measure_id: int) -> HttpResponse:
    """One measure."""
    return _page(request, measure_id)


@require_POST
@needs(access.SEE_CUSTOMERS)
def act(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Move on with evidence, or change who and when."""
    staff, form, now = person(request), Form(request.POST), business_clock.now()
    if not access.measures_for(staff).filter(pk=measure_id).exists():
        raise Http404
    try:
        match form.text("deed"):
            case "move-on":
                work.move_on(staff, measure_id, form.text(), now)
            case "change":
                work.change(staff, measure_id, form.number("owner"), form.day("due"), now)
            case _:
                raise BadRequest
    except (Invalid, Conflict, NotAllowed) as error:
        return _page(request, measure_id, error.problems, {Conflict: 409, NotAllowed: 403}.get(type(error), 422))
    messages.success(request, _("Entered."))
    return redirect("measure", measure_id)


def _board(request: HttpRequest, problems: tuple[Problem, ...] = (), status: int = 200) -> HttpResponse:
    staff, language = person(request), get_language() or ""
    today = business_day(business_clock.now())
    titles = causes_in(each.playbook for each in in_force())
    typed, known = request.POST or request.GET, cause_options(titles, language)
    wanted = typed.get("cause", "")[:200]
    context = {
        "columns": boards.board(staff, today, titles, language), "problems": problems, "typed": typed,
        "may_manage": access.may(staff, access.MANAGE_MEASURES), "indicators": INDICATORS, "causes": known,
        "wanted": wanted, "own_words": wanted and wanted not in dict(known),
        "colleagues": access.staff_for(staff).filter(is_active=True, sign_in_name__isnull=False).order_by("name"),
        "due": today + timedelta(days=30), "may_see_causes": access.may(staff, access.SEE_CAUSES),
    }  # fmt: skip
    return render(request, "web/cases/board.html", context, status=status)


def _page(request: HttpRequest, measure_id: int, problems: tuple[Problem, ...] = (), status: int = 200) -> HttpResponse:
    staff, language = person(request), get_language() or ""
    found = access.measures_for(staff).select_related("owner", "branch", "created_by").filter(pk=measure_id).first()
    if found is None:
        raise Http404
    now = business_clock.now()
    read_about(staff, f"measure:{found.pk}", now)
    titles = causes_in(each.playbook for each in in_force())
    mine = access.cases_for(staff).filter(measure=found).order_by("-opened_at")
    manages = access.may(staff, access.MANAGE_MEASURES)
    context = {
        "stage": STAGE_WORDS[Stage(found.stage)],
        "card": boards.card(found, mine.count(), business_day(now), titles, language), "measure": found, "problems": problems,
        "steps": found.steps.select_related("by"), "cases": mine[:20], "typed": request.POST, "may_manage": manages,
        "may_move": found.stage != Measure.Stage.DONE and (manages or found.owner_id == staff.pk),
        "colleagues": access.staff_for(staff).filter(is_active=True, sign_in_name__isnull=False).order_by("name"),
    }  # fmt: skip
    return render(request, "web/cases/measure.html", context, status=status)
