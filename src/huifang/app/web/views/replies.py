"""What customers have written back."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from huifang.app import access, business_clock
from huifang.app.queries.replies import replies_page
from huifang.app.services.inbound import mark_read
from huifang.app.web import picking
from huifang.app.web.guard import needs, person


@require_safe
@needs(access.WORK)
def replies(request: HttpRequest) -> HttpResponse:
    """Those nobody has read; all of them with `show`."""
    show = "all" if request.GET.get("show") == "all" else ""
    page = replies_page(person(request), get_language() or "", show, picking.after_of(request))
    return render(request, "web/channels/replies.html", {"page": page, "show": show, "query": f"show={show}"})


@require_POST
@needs(access.WORK)
def read(request: HttpRequest, incoming_id: int) -> HttpResponse:
    """Put one away as read; 404 where it is not theirs to see."""
    if not access.incoming_for(person(request)).filter(pk=incoming_id).exists():
        raise Http404
    mark_read(person(request), incoming_id, business_clock.now())
    return redirect("replies")
