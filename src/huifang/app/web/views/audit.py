"""The audit trail: what was done by whom, and whether the chain is whole."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from huifang.app.access import SEE_AUDIT
from huifang.app.queries.deed_words import things
from huifang.app.records.models import AuditEntry, AuditHead
from huifang.app.services import audit as service
from huifang.app.web import picking
from huifang.app.web.guard import needs

PAGE = 100


@require_safe
@needs(SEE_AUDIT)
def audit(request: HttpRequest) -> HttpResponse:
    """Newest first, by what it was done to (``?action=plan``, ``?action=plan.asked``) or person; ``?check=1`` checks the whole chain.

    A page begins ``before`` a number and costs the same however long the trail is.
    """
    action, by, before = request.GET.get("action", "")[:60], picking.number_of(request, "by"), picking.number_of(request, "before")
    rows = AuditEntry.objects.select_related("by").order_by("-number")
    if action:
        rows = rows.filter(action=action) if "." in action else rows.filter(action__startswith=f"{action}.")
    if by:
        rows = rows.filter(by=by)
    if before:
        rows = rows.filter(number__lt=before)
    kept = request.GET.copy()
    for name in ("before", "check"):
        kept.pop(name, None)
    found = list(rows[: PAGE + 1])
    about = {
        "entries": found[:PAGE],
        "earlier": found[PAGE - 1].number if len(found) > PAGE else None,
        "total": AuditHead.objects.values_list("number", flat=True).first() or 0,
        "action": action,
        "things": things(),
        "newest": not before,
        "query": kept.urlencode(),
        "faults": service.faults() if request.GET.get("check") == "1" else None,
    }
    return render(request, "web/audit.html", about)
