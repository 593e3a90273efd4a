"""The playbook editor: forms and text of one draft, saved as one types, kept as a version."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from huifang.app import business_clock
from huifang.app.access import EDIT_PLAYBOOKS
from huifang.app.records.models import PlaybookDraft, PlaybookVersion
from huifang.app.services import playbook_drafts as service
from huifang.app.web.guard import needs, person
from huifang.app.web.playbook_editor import around, look, part_of, sent
from huifang.domain.errors import Conflict, PlaybookError, Problem
from huifang.playbooks.comparison import lines
from huifang.playbooks.excerpts import WHOLE, Around
from huifang.playbooks.forms import Part, opened_by


@require_POST
@needs(EDIT_PLAYBOOKS)
def edit(request: HttpRequest, version_id: int) -> HttpResponse:
    """Open the draft of a version's playbook, at a `part` of it where one is named."""
    draft = service.open_draft(person(request), get_object_or_404(PlaybookVersion, pk=version_id), business_clock.now())
    part = request.POST.get("part", "")
    return redirect(f"{reverse('playbook-draft', args=[draft.pk])}{'?' + urlencode({'part': part}) if part else ''}")


@require_http_methods(["GET", "POST"])
@needs(EDIT_PLAYBOOKS)
def draft(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Show the draft; a form that is sent is saved, whichever side it was changed on."""
    row = get_object_or_404(PlaybookDraft.objects.select_related("saved_by", "based_on"), pk=draft_id)
    if request.method != "POST":
        return _page(request, row, row.text, part_of(request.GET.get("part", "")))
    do, now = request.POST.get("do", ""), business_clock.now()
    if do == "discard":
        service.throw_away(person(request), row.pk, now)
        messages.success(request, _("The draft is thrown away."))
        return _gone_to(request, reverse("playbooks"))
    given = around(row.text, row.revision, request.POST)
    text, part = sent(row.text, given.put(row.text, request.POST.get("text", "").replace("\r\n", "\n")), request.POST)
    revision = row.revision if do == "mine" else _revision(request)
    try:
        row = service.save(person(request), row.pk, text, revision, now)
        if do == "keep" and not look(text, part).checked.errors:
            version = service.keep(person(request), row.pk, row.revision, now)
            messages.success(request, _("Version %(number)s is kept as a draft.") % {"number": version.number})
            return _gone_to(request, reverse("playbook", args=[version.pk]))
    except Conflict as error:
        return _page(request, row, text, part, given, conflict=error.problems[0], status=409)
    except PlaybookError as error:
        return _page(request, row, text, part, given, conflict=error.problems[0], status=422)
    return _page(request, row, text, part, given)


def _revision(request: HttpRequest) -> int:
    given = request.POST.get("revision", "")
    return int(given) if given.isdecimal() and len(given) < 10 else 0


def _gone_to(request: HttpRequest, url: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": url})
    return redirect(url)


def _page(
    request: HttpRequest,
    row: PlaybookDraft,
    text: str,
    part: Part,
    given: Around = WHOLE,
    conflict: Problem | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, or what of it changes; what is typed in stays, so its lines are those that were `given`."""
    side, opened = request.POST.get("side", ""), opened_by(request.POST.get("do", ""), request.POST.get("opened", ""))
    shown = look(text, part, opened)
    lines_around = given if side == "text" else shown.around
    about: dict[str, Any] = {
        "draft": row, "look": shown, "conflict": conflict, "side": side, "sent": bool(request.headers.get("HX-Request")),
        "around": lines_around, "excerpt": lines_around.inside(text), "first": lines_around.before + 1,
        "last": text.count("\n") + 1 - lines_around.behind, "whole": lines_around == WHOLE,
        "theirs": lines(row.text, text) if conflict else [], "revision": _revision(request) if conflict else row.revision,
    }  # fmt: skip
    template = "web/playbooks/editor_parts.html" if about["sent"] else "web/playbooks/editor.html"
    return render(request, template, about, status=status)
