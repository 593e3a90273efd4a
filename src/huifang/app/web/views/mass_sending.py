"""Many messages at once: how many, three of them as they will be read, and the second person's word."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huifang.app import access, business_clock
from huifang.app.queries.link_clicks import link_lines
from huifang.app.queries.mass_sendings import messages_of, page_of
from huifang.app.queries.playbooks import in_force
from huifang.app.queries.timeline import Names
from huifang.app.records.models import MassSending
from huifang.app.services import mass_sending as service
from huifang.app.services.message_previews import of_messages
from huifang.app.services.notices import read_about
from huifang.app.web.guard import needs, person
from huifang.domain.errors import Conflict, NotAllowed


@require_safe
@needs(access.SEE_OUTBOX)
def sending(request: HttpRequest, sending_id: int) -> HttpResponse:
    """One batch; 404 where the person sees none of its messages."""
    staff, language = person(request), get_language() or ""
    row = get_object_or_404(MassSending.objects.select_related("decided_by"), pk=sending_id)
    if not messages_of(row).filter(pk__in=access.followups_for(staff)).exists():
        raise Http404
    names = Names(tuple(each.playbook for each in in_force()), language)
    page = page_of(staff, row, language)
    about = {
        "row": row, "title": names.programme(row.programme), "page": page, "examples": of_messages(page.examples, business_clock.now()),
        "link_lines": link_lines(messages_of(row).filter(pk__in=access.followups_for(staff)), names),
        "decides": service.may_decide(staff, row), "limit": service.limit(),
    }  # fmt: skip
    return render(request, "web/mass_sending.html", about)


@require_POST
@needs(access.ALLOW_SENDING)
def decide(request: HttpRequest, sending_id: int) -> HttpResponse:
    """Let it go or stop it; 400 without an answer."""
    word, seen = {"go": True, "stop": False}.get(request.POST.get("word", "")), request.POST.get("seen", "")
    if word is None or not (seen.isdecimal() and len(seen) < 10):
        raise BadRequest
    try:
        service.decide(person(request), sending_id, int(seen), business_clock.now(), allowed=word)
        messages.success(request, _("They go out now.") if word else _("Stopped. None of those that wait is sent."))
        read_about(person(request), f"mass:{sending_id}", business_clock.now())
    except (Conflict, NotAllowed) as error:
        messages.error(request, error.say(get_language() or ""))
    return redirect("mass-sending", sending_id)
