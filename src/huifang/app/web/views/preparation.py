"""The pack that prepares a contact, asked for when it is wanted."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from huifang.app import access, business_clock
from huifang.app.business_time import business_day
from huifang.app.queries import followup as followup_query
from huifang.app.queries.playbooks import in_force
from huifang.app.queries.preparation import preparation as pack_of
from huifang.app.web.guard import needs, person


@require_safe
@needs(access.WORK)
def preparation(request: HttpRequest, followup_id: int) -> HttpResponse:
    """Facts, needs, promises and material for one follow-up."""
    staff, now = person(request), business_clock.now()
    followup = followup_query.find(staff, followup_id)
    if followup is None:
        raise Http404
    playbooks = tuple(each.playbook for each in in_force())
    pack = pack_of(staff, followup, playbooks, business_day(now), get_language() or "")
    part = "web/today/preparation.html" if request.headers.get("HX-Request") else "web/preparation.html"
    return render(request, part, {"pack": pack, "followup": followup})
