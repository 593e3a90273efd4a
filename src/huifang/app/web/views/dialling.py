"""The dialler: handing follow-ups over, what is out, taking rows back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huifang.app import access, business_clock
from huifang.app.queries import dialling as query
from huifang.app.records.models import DiallingList
from huifang.app.reports.dialling_files import TYPES, dialling_file
from huifang.app.services import dialling_lists as service
from huifang.app.services import notices
from huifang.app.web.guard import needs, person
from huifang.channels.dialler import FileDialler
from huifang.domain.errors import Conflict, NotAllowed


@require_safe
@needs(access.DIAL)
def dialling(request: HttpRequest) -> HttpResponse:
    """What may be called now, and the lists of the last days."""
    staff, now = person(request), business_clock.now()
    free = service.callable_now(staff, now)
    agents = free.exclude(staff=None).order_by("staff__name").values_list("staff", "staff__name").distinct()
    about = {
        "found": service.dialler(), "free": free.count(), "agents": list(agents), "lists": query.lists_for(staff, now),
        "may_manage": access.may(staff, access.MANAGE_CHANNELS),
    }  # fmt: skip
    return render(request, "web/dialling/lists.html", about)


@require_POST
@needs(access.DIAL)
def hand_over(request: HttpRequest) -> HttpResponse:
    """Hand over what may be called now; to the list."""
    wanted = request.POST.get("staff", "")
    try:
        made = service.hand_over(person(request), business_clock.now(), int(wanted) if wanted.isdecimal() else None)
    except (Conflict, NotAllowed) as error:
        messages.error(request, error.say(get_language() or ""))
        return redirect("dialling")
    return redirect("dialling-list", made.pk)


@require_safe
@needs(access.DIAL)
def one(request: HttpRequest, list_id: int) -> HttpResponse:
    """One list: its rows, what the gate left out, its file."""
    staff, now = person(request), business_clock.now()
    held = _held(request, list_id)
    notices.read_about(staff, f"dialling-list:{held.pk}", now)
    language = get_language() or "zh-hans"
    spoken = "zh" if language.startswith("zh") else "en"
    about = {
        "held": held, "line": query.list_line(staff, held, now), "rows": query.rows_of(staff, held, language),
        "left_out": [(each[spoken], each["number"]) for each in held.left_out], "by_file": held.driver == FileDialler.name,
        "own": service.own(staff, held),
    }  # fmt: skip
    return render(request, "web/dialling/one.html", about)


@require_POST
@needs(access.DIAL)
def file(request: HttpRequest, list_id: int, ending: str) -> HttpResponse:
    """The list as a file for the dialler, numbers in full; noted each time."""
    if ending not in TYPES:
        raise Http404
    language = get_language() or "zh-hans"
    try:
        held, found, rows = service.take_out(person(request), list_id, business_clock.now(), ending)
    except Conflict as error:
        messages.error(request, error.say(language))
        return redirect("dialling-list", list_id)
    answer = HttpResponse(dialling_file(rows, found.setup, language, ending), content_type=TYPES[ending])
    answer.headers["Content-Disposition"] = f'attachment; filename="dialling-{held.day.isoformat()}-{held.pk}.{ending}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@require_POST
@needs(access.DIAL)
def take_back(request: HttpRequest, list_id: int) -> HttpResponse:
    """Say that rows were not called: the chosen ones, or all without a result."""
    held = _held(request, list_id)
    chosen = [key for key in request.POST.getlist("key") if _is_key(key)]
    if not chosen and request.POST.get("all") != "yes":
        messages.error(request, _("Choose the rows that were not called."))
        return redirect("dialling-list", held.pk)
    done = service.take_back(person(request), held.pk, chosen, business_clock.now())
    said = ngettext("%(n)s follow-up is on the list again.", "%(n)s follow-ups are on the list again.", done)
    messages.success(request, said % {"n": done})
    return redirect("dialling-list", held.pk)


def _held(request: HttpRequest, list_id: int) -> DiallingList:
    found = access.dialling_lists_for(person(request)).select_related("made_by").filter(pk=list_id).first()
    if found is None:
        raise Http404
    return found


def _is_key(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
