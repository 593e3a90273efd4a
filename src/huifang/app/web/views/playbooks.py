"""Playbooks: those that come with the product, those in force, their versions; brought in, put in force, retired."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huifang.app import business_clock
from huifang.app.access import EDIT_PLAYBOOKS, SEE_PLAYBOOKS, may
from huifang.app.queries.playbooks import in_force
from huifang.app.records.models import PlaybookDraft, PlaybookVersion
from huifang.app.services import playbooks as service
from huifang.app.services.activation import activate_tried
from huifang.app.web.guard import needs, person
from huifang.app.web.views.playbook_versions import standing
from huifang.domain import law
from huifang.domain.errors import PlaybookError, Problem
from huifang.domain.everyone import EveryoneContacted
from huifang.domain.words import Words
from huifang.playbooks import library, wording
from huifang.playbooks.checks import check_loaded
from huifang.playbooks.loader import loads
from huifang.playbooks.review_wording import review
from huifang.playbooks.schema import Playbook, Programme

LONGEST = 1_000_000
"""Bytes of a playbook's file."""


@dataclass(frozen=True, slots=True)
class Card:
    """One programme in words."""

    key: str
    programme: Programme
    purpose: Words
    when: Words
    who: Words
    how: Words
    until: Words
    then: tuple[Words, ...]


@require_safe
@needs(SEE_PLAYBOOKS)
def playbooks(request: HttpRequest) -> HttpResponse:
    """Those in force, all versions, and the library."""
    versions = PlaybookVersion.objects.defer("text").select_related("created_by").order_by("playbook", "-number")
    active = in_force()
    kept = {one.version.playbook for one in active}
    shelf = sorted((library.read(name).playbook for name in library.names()), key=lambda book: (book.trade, book.playbook))
    titles = {book.playbook: book.title for book in (*shelf, *(one.playbook for one in active))}
    edits = may(person(request), EDIT_PLAYBOOKS)
    drafts = PlaybookDraft.objects.select_related("saved_by").defer("text") if edits else []
    return render(
        request,
        "web/playbooks.html",
        {
            "active": active,
            "versions": [(titles.get(row.playbook, Words(row.playbook, row.playbook)), row) for row in versions],
            "shelf": shelf,
            "kept": kept,
            "edits": edits,
            "drafts": [(titles.get(row.playbook, Words(row.playbook, row.playbook)), row) for row in drafts],
        },
    )


@require_safe
@needs(SEE_PLAYBOOKS)
def version(request: HttpRequest, version_id: int) -> HttpResponse:
    """One version, readable, with its text."""
    row = get_object_or_404(PlaybookVersion.objects.select_related("created_by"), pk=version_id)
    return _view(request, row.text, row)


@require_safe
@needs(SEE_PLAYBOOKS)
def shelf(request: HttpRequest, name: str) -> HttpResponse:
    """One playbook of the library."""
    if name not in library.names():
        raise Http404
    return _view(request, library.text(name), None, name)


def _view(request: HttpRequest, text: str, row: PlaybookVersion | None, shelf_name: str = "") -> HttpResponse:
    loaded = loads(text, f"{row.playbook}.yaml" if row else "")
    book = loaded.playbook
    about = {
        "book": book, "row": row, "cards": _cards(book), "calendar": wording.calendar(book.calendar), "caps": wording.caps(book.limits),
        "laws": law.in_force(book.calendar.country, book.calendar.laws), "review": review(book.review),
        "text_lines": text.splitlines(), "problems": check_loaded(loaded), "edits": may(person(request), EDIT_PLAYBOOKS),
        "shelf_name": shelf_name, "room": int(room) if (room := request.GET.get("room", "")).isdecimal() else 0,
    }  # fmt: skip
    return render(request, "web/playbook.html", about | (standing(person(request), row) if row else {}))


def _cards(book: Playbook) -> list[Card]:
    return [
        Card(
            key, one, wording.purpose(one), wording.when(book, one), wording.who(book, one), wording.how(one), wording.until(one),
            tuple(wording.reaction(book, rule) for rule in one.on_answer),
        )
        for key, one in book.programmes.items()
    ]  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(EDIT_PLAYBOOKS)
def new(request: HttpRequest) -> HttpResponse:
    """Paste or upload a version: check it, or keep it as a draft."""
    name = request.GET.get("from", "")
    text = library.text(name) if name in library.names() else ""
    source = request.GET.get("version", "")
    if source.isdecimal():
        text = get_object_or_404(PlaybookVersion, pk=int(source)).text
    about: dict[str, Any] = {"text": text, "problems": [], "checked": False}
    if request.method == "POST":
        text, problems = _posted(request)
        if "keep" in request.POST and not any(one.severity == "error" for one in problems):
            row = service.add_version(person(request), text, "", business_clock.now())
            messages.success(request, _("Version %(number)s is kept as a draft.") % {"number": row.number})
            return redirect("playbook", row.pk)
        about = {"text": text, "problems": problems, "checked": True}
    return render(request, "web/playbook_new.html", about, status=422 if any(one.severity == "error" for one in about["problems"]) else 200)


def _posted(request: HttpRequest) -> tuple[str, list[Problem]]:
    """The text that was sent, and everything that is wrong with it."""
    upload = request.FILES.get("file")
    if upload is not None and (upload.size or 0) > LONGEST:
        what = Words("文件超过 1 MB。", "The file is larger than 1 MB.")
        return "", [Problem("playbook.too-large", what, Words("请检查是否选错了文件。", "Check whether it is the right file."))]
    given: str | bytes = upload.read() if upload is not None else request.POST.get("text", "").replace("\r\n", "\n")
    text = given if isinstance(given, str) else given.decode("utf-8", "replace")
    try:
        return text, check_loaded(loads(given))
    except PlaybookError as error:
        return text, list(error.problems)


@require_POST
@needs(EDIT_PLAYBOOKS)
def take(request: HttpRequest, name: str) -> HttpResponse:
    """A playbook of the library as a draft of one's own."""
    if name not in library.names():
        raise Http404
    row = service.add_version(person(request), library.text(name), f"{name}.yaml", business_clock.now())
    messages.success(request, _("Version %(number)s is kept as a draft.") % {"number": row.number})
    return redirect("playbook", row.pk)


@require_POST
@needs(EDIT_PLAYBOOKS)
def activate(request: HttpRequest, version_id: int) -> HttpResponse:
    """Put a version in force; one that would contact nearly everybody today asks for their number first."""
    row = get_object_or_404(PlaybookVersion, pk=version_id)
    typed = request.POST.get("confirmed", "").replace(",", "").strip()
    try:
        row = activate_tried(person(request), row, business_clock.now(), int(typed) if typed.isdecimal() else None)
    except EveryoneContacted as error:
        return render(request, "web/playbooks/everyone.html", {"row": row, "problems": error.problems}, status=409)
    messages.success(request, _("Version %(number)s is in force. The next plan follows it.") % {"number": row.number})
    return redirect("playbook", row.pk)


@require_POST
@needs(EDIT_PLAYBOOKS)
def retire(request: HttpRequest, version_id: int) -> HttpResponse:
    """Take a version out of force."""
    row = get_object_or_404(PlaybookVersion, pk=version_id)
    service.retire(person(request), row, business_clock.now())
    messages.success(request, _("The playbook is out of force. Nothing new is planned from it."))
    return redirect("playbook", row.pk)
