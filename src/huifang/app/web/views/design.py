"""The living pages of all parts and patterns, for those who build pages."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from huifang.app.records.models import Role
from huifang.app.web import design_samples
from huifang.app.web.guard import person


@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """Single parts in all states: for administrators, and on demo and debug installations for everybody."""
    _allowed(request)
    return render(request, "web/design.html", design_samples.parts())


@require_safe
def patterns(request: HttpRequest) -> HttpResponse:
    """What pages are made of parts by: lists, figures, sheets, ways, files."""
    _allowed(request)
    return render(request, "web/design_patterns.html", design_samples.patterns())


def _allowed(request: HttpRequest) -> None:
    if person(request).role != Role.ADMINISTRATOR and not (settings.DEBUG or settings.HUIFANG.demo):
        raise Http404
