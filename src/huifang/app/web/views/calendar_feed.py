"""One's own appointments for the calendar on the telephone."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from huifang.app import business_clock
from huifang.app.queries.appointments import feed
from huifang.app.records.models import CalendarFeed
from huifang.app.services import calendar_feeds
from huifang.app.web.guard import person


@require_http_methods(["GET", "POST"])
def calendar_feed(request: HttpRequest) -> HttpResponse:
    """Make one's address, which is shown this once, or take it back."""
    staff, now, address = person(request), business_clock.now(), ""
    if request.method == "POST":
        if request.POST.get("what") == "revoke":
            calendar_feeds.revoke(staff, now)
            return redirect("calendar-feed")
        address = request.build_absolute_uri(reverse("calendar-file", args=[calendar_feeds.make(staff, now)]))
    made = CalendarFeed.objects.filter(staff=staff).first()
    return render(request, "web/interfaces/calendar.html", {"made": made, "address": address})


@login_not_required
@require_GET
def calendar_file(request: HttpRequest, token: str) -> HttpResponse:  # noqa: ARG001 - Django calls it with the request
    """The calendar behind a secret address; 404 where there is none."""
    staff = calendar_feeds.owner(token)
    if staff is None:
        raise Http404
    return HttpResponse(feed(staff, business_clock.today(), business_clock.now()), content_type="text/calendar; charset=utf-8")
