"""The audit trail: what was done by whom, and whether the chain is whole."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from huifang.app.access import SEE_AUDIT
from huifang.app.records.models import AuditEntry
from huifang.app.services import audit as service
from huifang.app.web import picking
from huifang.app.web.guard import needs

PAGE = 100


@require_safe
@needs(SEE_AUDIT)
def audit(request: HttpRequest) -> HttpResponse:
    """Newest first, by action or person; ``?check=1`` checks the chain from its beginning."""
    action, by, page = request.GET.get("action", "")[:60], picking.number_of(request, "by"), picking.page_of(request)
    rows = AuditEntry.objects.select_related("by").order_by("-number")
    if action:
        rows = rows.filter(action=action)
    if by:
        rows = rows.filter(by=by)
    kept = request.GET.copy()
    for name in ("page", "check"):
        kept.pop(name, None)
    total = rows.count()
    about = {
        "entries": list(rows[(page - 1) * PAGE : page * PAGE]),
        "page": page,
        "pages": max(1, -(-total // PAGE)),
        "total": total,
        "action": action,
        "actions": AuditEntry.objects.order_by("action").values_list("action", flat=True).distinct(),
        "query": kept.urlencode(),
        "faults": service.faults() if request.GET.get("check") == "1" else None,
    }
    return render(request, "web/audit.html", about)
