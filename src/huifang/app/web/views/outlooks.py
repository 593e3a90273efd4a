"""What a version would bring over the coming days: asked for, watched, stopped, and read: load against capacity, whose contacts change."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huifang.app import business_clock
from huifang.app.access import EDIT_PLAYBOOKS
from huifang.app.formats import day_words
from huifang.app.queries import outlook as query
from huifang.app.records.models import Outlook, OutlookChange, PlaybookVersion
from huifang.app.web import picking
from huifang.app.web.guard import needs, person
from huifang.app.web.load_chart import Bar, chart
from huifang.domain.errors import Invalid
from huifang.domain.words import Words

DAYS = (30, 60, 90, 180, 400)
"""Lengths that are offered."""


@require_safe
@needs(EDIT_PLAYBOOKS)
def outlook(request: HttpRequest, version_id: int) -> HttpResponse:
    """How far the last outlook of a version is, or what it has found."""
    row = get_object_or_404(PlaybookVersion.objects.select_related("created_by"), pk=version_id)
    last = Outlook.objects.filter(version=row).select_related("version").first()
    about: dict[str, Any] = {"row": row, "outlook": last, "choice": DAYS}
    if last is not None and last.state == Outlook.State.DONE:
        about |= _found(request, last)
    part = "web/playbooks/outlook_state.html" if request.headers.get("HX-Request") else "web/playbooks/outlook.html"
    return render(request, part, about)


@require_POST
@needs(EDIT_PLAYBOOKS)
def ask(request: HttpRequest, version_id: int) -> HttpResponse:
    """Ask for an outlook."""
    from huifang.app.services import outlooks  # the engine takes a second: only when it is asked

    row, days = get_object_or_404(PlaybookVersion, pk=version_id), request.POST.get("days", "")
    try:
        number = int(days) if days.isdecimal() else 0
        outlooks.ask(person(request), row, number, business_clock.now(), events=request.POST.get("events") == "1")
    except Invalid as error:
        messages.error(request, error.say(get_language() or ""))
    return redirect("playbook-outlook", row.pk)


@require_POST
@needs(EDIT_PLAYBOOKS)
def stop(request: HttpRequest, version_id: int) -> HttpResponse:
    """Stop what is under way."""
    from huifang.app.services import outlooks

    row = get_object_or_404(PlaybookVersion, pk=version_id)
    outlooks.stop(person(request), row, business_clock.now())
    return redirect("playbook-outlook", row.pk)


def _found(request: HttpRequest, last: Outlook) -> dict[str, Any]:
    staff, language = person(request), get_language() or "zh-hans"
    kind = request.GET.get("kind", "")
    wanted = query.Wanted(kind if kind in query.KINDS else "", _day(request, "from"), _day(request, "to"), picking.after_of(request))
    spans, kept = query.spans(staff, last), request.GET.copy()
    kept.pop("after", None)
    titles = dict(OutlookChange.Kind.choices)
    return {
        "spans": spans, "chart": _chart(spans, language), "programmes": query.programmes(last, language), "wanted": wanted,
        "found": query.changes(staff, last, wanted, language), "query": kept.urlencode(),
        "assumed": Words(**last.result["assumed"]).say(language),
        "kinds": [(kind, titles[kind], last.result["counts"][kind]) for kind in query.KINDS], "titles": titles,
        "kept": sum(last.result["counts"].values()), "crowded": sum(span.waiting > 0 for span in spans), "weekly": last.days > query.DAILY,
    }  # fmt: skip


def _day(request: HttpRequest, name: str) -> date | None:
    return picking.read_day(request.GET.get(name, ""))


def _chart(spans: list[query.Span], language: str) -> SafeString:
    bars = [
        Bar(
            f"{span.first:%m-%d}", _words(span, language), span.work, span.waiting, span.capacity,
            f"?{urlencode({'from': span.first.isoformat(), 'to': span.last.isoformat()})}#changes",
        )
        for span in spans
    ]  # fmt: skip
    return chart(_("Load against capacity"), bars)


def _words(span: query.Span, language: str) -> str:
    given = {
        "day": day_words(span.first, language), "work": f"{span.work:,}", "waiting": f"{span.waiting:,}",
        "capacity": f"{span.capacity:,}",
    }  # fmt: skip
    return _("%(day)s: %(work)s contacts, %(waiting)s without room, %(capacity)s places") % given
