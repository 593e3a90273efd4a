"""Where other systems send events in their own words. The signature is the door."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from huifang.app import business_clock
from huifang.app.api import problems
from huifang.app.api.door import LARGEST, too_large
from huifang.app.queries.playbooks import unnamed
from huifang.app.records.models import EventSource
from huifang.app.services import event_sources
from huifang.domain.errors import HuifangError, NotAllowed


@csrf_exempt
@login_not_required
def take(request: HttpRequest, hook: str) -> HttpResponse:
    """Take one message: 200 with what became of it, 403 for a wrong signature, 422 with what is wrong."""
    if request.method != "POST":
        return problems.answer(request, 405, (problems.not_so("POST"),), {"Allow": "POST"})
    source = EventSource.objects.select_related("acts_as").filter(hook=hook[:40], active=True).first()
    if source is None:
        return problems.answer(request, 404, (problems.nothing_here(),))
    if int(request.headers.get("Content-Length") or 0) > LARGEST:
        return problems.answer(request, 413, (too_large(),))
    try:
        taken = event_sources.take(source, request.body, request.headers.get("Huifang-Signature", ""), business_clock.now())
    except NotAllowed as error:
        return problems.answer(request, 403, error.problems)
    except HuifangError as error:
        return problems.answer(request, 422, error.problems)
    return JsonResponse({"outcome": taken.outcome, "unnamed_kinds": unnamed([taken.kind])})
