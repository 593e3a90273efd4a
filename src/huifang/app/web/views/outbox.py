"""What channels sent by themselves or are about to send, and saying what became of what nobody knows."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huifang.app import access, business_clock
from huifang.app.business_time import business_day
from huifang.app.queries import mass_sendings
from huifang.app.queries.accounting import planned_messages
from huifang.app.queries.link_clicks import link_lines
from huifang.app.queries.outbox import STATE_WORDS, outbox_page
from huifang.app.queries.pages import COUNTED
from huifang.app.queries.playbooks import in_force
from huifang.app.queries.timeline import Names
from huifang.app.reports.envelopes import ENVELOPES, usual
from huifang.app.reports.letters import letters_pdf
from huifang.app.senders import closed
from huifang.app.services import reconciling
from huifang.app.services.handed_over import behind
from huifang.app.services.letters import write_day
from huifang.app.services.message_results import answer_unknown
from huifang.app.web import picking
from huifang.app.web.guard import needs, person
from huifang.domain.contact import CHANNEL_WORDS
from huifang.domain.errors import Conflict


@require_safe
@needs(access.SEE_OUTBOX)
def outbox(request: HttpRequest) -> HttpResponse:
    """A day's messages: all, or those of one state."""
    language = get_language() or ""
    show, after = request.GET.get("show", ""), picking.after_of(request)
    day = _day(request.GET.get("day", ""))
    names = Names(tuple(each.playbook for each in in_force()), language)
    page = outbox_page(person(request), names, day, language, show, after, whole=request.GET.get("count") == "all")
    parts = {"": ("planned", _("All"))} | {name: (name, words.say(language)) for name, words in STATE_WORDS.items() if name != "unknown"}
    tabs = [(key, title, getattr(page.account, name, "")) for key, (name, title) in parts.items()]
    tabs.append(("unknown", _("To be settled"), page.unsettled))
    days = {"before": day - timedelta(days=1), "after": day + timedelta(days=1)}
    return render(
        request,
        "web/outbox.html",
        {
            "page": page,
            "show": show,
            "query": f"day={day.isoformat()}&show={show if show in STATE_WORDS else ''}",
            "day": day,
            "tabs": tabs,
            "shut": _shut(language),
            "behind": behind(),
            "link_lines": link_lines(planned_messages(access.followups_for(person(request)), day), names) if page.account else [],
            "counted": COUNTED,
            "many": mass_sendings.of_day(person(request), names, day),
            "envelopes": list(ENVELOPES.values()),
            "envelope": usual(each.playbook.calendar.country for each in in_force()),
            "may_print": access.may(person(request), access.SEE_NUMBERS),
            **days,
        },
    )


@require_POST
@needs(access.SEE_NUMBERS)
def letters(request: HttpRequest) -> HttpResponse:
    """The day's letters as one PDF for window envelopes."""
    day = _day(request.POST.get("day", ""))
    post = write_day(person(request), day, business_clock.now())
    if post.left_out:
        said = ngettext(
            "%(n)s letter is not in the file: the customer has refused, or an address or something that the letter says is missing.",
            "%(n)s letters are not in the file: the customers have refused, or an address or something that the letter says is missing.",
            post.left_out,
        )
        messages.warning(request, said % {"n": post.left_out})
    if not post.letters:
        messages.error(request, _("There is no letter to print on this day."))
        return redirect(f"/outbox/?day={day.isoformat()}")
    wanted = request.POST.get("envelope", "")
    envelope = wanted if wanted in ENVELOPES else usual(each.playbook.calendar.country for each in in_force())
    answer = HttpResponse(letters_pdf(post.letters, envelope), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="letters-{day.isoformat()}.pdf"'
    return answer


@require_POST
@needs(access.STOP_SENDING)
def reconcile(request: HttpRequest) -> HttpResponse:
    """After a restored backup: set apart what was sent since, and let sending go on."""
    number = reconciling.reconcile(person(request), business_clock.now())
    said = ngettext(
        "%(n)s message had left since the backup and is not sent again.",
        "%(n)s messages had left since the backup and are not sent again.",
        number,
    )
    messages.success(request, said % {"n": number})
    return redirect("outbox")


def _shut(language: str) -> list[tuple[str, str]]:
    """Channels through which nothing leaves at the moment, in words."""
    said = {"paused": _("%(channel)s: paused"), "stopped": _("%(channel)s: stopped")}
    return [(said[state] % {"channel": CHANNEL_WORDS[channel].say(language)}, state) for channel, state in sorted(closed().items())]


@require_POST
@needs(access.SEE_OUTBOX)
def settle(request: HttpRequest, message_id: int) -> HttpResponse:
    """Say whether a message arrived that nobody knew of; 400 without an answer."""
    arrived = {"yes": True, "no": False}.get(request.POST.get("arrived", ""))
    if arrived is None:
        raise BadRequest
    try:
        answer_unknown(person(request), message_id, business_clock.now(), arrived=arrived)
        messages.success(request, _("Entered."))
    except Conflict as error:
        messages.error(request, error.say(get_language() or ""))
    return redirect("/outbox/?show=unknown")


def _day(text: str) -> date:
    return picking.read_day(text) or business_day(business_clock.now())
