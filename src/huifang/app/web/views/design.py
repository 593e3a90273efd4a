"""The living page of all parts, for those who build pages."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from huifang.app.records.models import Role
from huifang.app.web import svg
from huifang.app.web.guard import person


@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """All components in all states: for administrators, and on demo and debug installations for everybody."""
    if person(request).role != Role.ADMINISTRATOR and not (settings.DEBUG or settings.HUIFANG.demo):
        raise Http404
    months = ("6", "7", "8", "9", "10", "11")
    return render(
        request,
        "web/design.html",
        {
            "bars": svg.bars(
                "Complaints by cause", (("Waiting", 86), ("Explanation", 52), ("Attitude", 31), ("Rework", 24), ("Parking", 17))
            ),
            "line": svg.line("Follow-ups done", tuple(zip(months, (412, 438, 401, 455, 470, 486), strict=True))),
            "spark": svg.sparkline("Reached", (58, 61, 60, 63, 62, 66, 64)),
            "tones": ("", "accent", "good", "warn", "bad", "line"),
        },
    )
