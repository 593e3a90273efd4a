"""The plan: its runs, what was decided, planning again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huifang.app import business_clock
from huifang.app.access import EDIT_PLAYBOOKS, PLAN, may
from huifang.app.business_time import business_day
from huifang.app.queries import plan as query
from huifang.app.queries.contact_pace import pace
from huifang.app.services import background, held_plans
from huifang.app.web import picking
from huifang.app.web.guard import needs, person
from huifang.domain.everyone import EveryoneContacted


@require_safe
@needs(PLAN)
def plan(request: HttpRequest) -> HttpResponse:
    """The last runs, the day's decisions by kind and programme, and a list of them."""
    return _page(request)


def _page(request: HttpRequest, wrong: str = "") -> HttpResponse:
    """The same, with what was typed that is not the number of customers."""
    staff, day, language = person(request), picking.day_of(request), get_language() or "zh-hans"
    wanted = query.Wanted(request.GET.get("decision", "")[:12], request.GET.get("programme", "")[:60], picking.after_of(request))
    today = business_day(business_clock.now())
    kept = request.GET.copy()
    kept.pop("after", None)
    about = {
        "runs": query.runs(), "day": day, "today": today, "under_way": background.plan_under_way(today),
        "counts": query.counts(staff, day, language), "found": query.decisions(staff, day, wanted, language), "wanted": wanted,
        "held": held_plans.held(today), "wrong": wrong,
        "may_confirm": may(staff, EDIT_PLAYBOOKS), "query": kept.urlencode(), "pace": pace(staff, day, language),
    }  # fmt: skip
    return render(request, "web/plan.html", about, status=422 if wrong else 200)


@require_POST
@needs(PLAN)
def start(request: HttpRequest) -> HttpResponse:
    """Ask for today to be planned now."""
    background.ask_plan(person(request), business_day(business_clock.now()), business_clock.now())
    messages.info(request, _("Planning has been asked for. The page shows when it is done."))
    return redirect("plan")


@require_POST
@needs(EDIT_PLAYBOOKS)
def confirm(request: HttpRequest) -> HttpResponse:
    """Have today planned though it contacts nearly everybody, by typing the number."""
    typed, now = request.POST.get("confirmed", "").replace(",", "").strip(), business_clock.now()
    try:
        background.confirm_plan(person(request), business_day(now), int(typed) if typed.isdecimal() else None, now)
    except EveryoneContacted:
        return _page(request, typed[:20] or "–")
    messages.info(request, _("Planning has been asked for. The page shows when it is done."))
    return redirect("plan")
