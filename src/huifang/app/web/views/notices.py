"""What one is told: a case of one's own, a level that was called, a compensation that waits."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from huifang.app import access, business_clock
from huifang.app.queries import notices as queries
from huifang.app.services.notices import read_all
from huifang.app.web import picking
from huifang.app.web.guard import needs, person


@require_safe
@needs(access.SEE_CUSTOMERS)
def notices(request: HttpRequest) -> HttpResponse:
    """One's own notices, newest first."""
    staff = person(request)
    lines, following = queries.notices_of(staff, picking.number_of(request, "before"))
    return render(request, "web/notices.html", {"lines": lines, "following": following, "unread": queries.unread(staff)})


@require_safe
@needs(access.SEE_CUSTOMERS)
def count(request: HttpRequest) -> HttpResponse:
    """The mark in the sidebar: how many are unread."""
    return render(request, "web/parts/notice_count.html", {"unread": queries.unread(person(request))})


@require_POST
@needs(access.SEE_CUSTOMERS)
def read(request: HttpRequest) -> HttpResponse:
    """Everything has been read."""
    read_all(person(request), business_clock.now())
    return redirect("notices")
