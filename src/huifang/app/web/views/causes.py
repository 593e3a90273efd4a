"""Why cases come about: the Pareto chart with the measures against each cause."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huifang.app import access, business_clock
from huifang.app.business_time import business_day
from huifang.app.queries.case_words import causes_in
from huifang.app.queries.causes import causes as find
from huifang.app.queries.indicators import INDICATORS
from huifang.app.queries.playbooks import in_force
from huifang.app.web import pareto, picking
from huifang.app.web.guard import needs, person

_PERIODS = (30, 90, 365)


@require_safe
@needs(access.SEE_CAUSES)
def causes(request: HttpRequest) -> HttpResponse:
    """Causes of the cases opened in the last 30, 90 or 365 days; every bar opens its cases."""
    staff, language = person(request), get_language() or ""
    today = business_day(business_clock.now())
    days = picking.number_of(request, "days")
    days = days if days in _PERIODS else 90
    first = today - timedelta(days=days - 1)
    choice = picking.branches(staff)
    branch = picking.branch_of(request, choice)
    titles = causes_in(each.playbook for each in in_force())
    found = find(staff, first, today, branch.pk if branch else None, titles, language)
    branch_id = branch.pk if branch else None
    bars = [pareto.Bar(row.title, row.cases, row.so_far, _cases_url(row.code, first, today, branch_id)) for row in found.rows]
    context = {
        "found": found, "lines": list(zip(found.rows, bars, strict=True)), "chart": pareto.chart(_("Causes by number of cases"), bars[:12]),
        "days": days, "periods": _PERIODS, "branches": choice, "branch": branch, "first": first, "today": today,
        "colleagues": access.staff_for(staff).filter(is_active=True, sign_in_name__isnull=False).order_by("name"),
        "indicators": INDICATORS, "may_manage": access.may(staff, access.MANAGE_MEASURES), "due": today + timedelta(days=30),
    }  # fmt: skip
    return render(request, "web/cases/causes.html", context)


def _cases_url(code: str, first: date, last: date, branch: int | None) -> str:
    wanted = {"show": "all", "cause": code, "first": first.isoformat(), "last": last.isoformat()} | ({"branch": branch} if branch else {})
    return f"{reverse('cases')}?{urlencode(wanted)}"
