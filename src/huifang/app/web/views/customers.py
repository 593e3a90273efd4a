"""The list of customers and one customer's page."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huifang.app import access, business_clock
from huifang.app.business_time import business_day
from huifang.app.queries.class_history import class_history, learned_numbers
from huifang.app.queries.customer import decisions_of, standing
from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.queries.customers import search
from huifang.app.queries.glance import glance
from huifang.app.queries.link_clicks import click_moments
from huifang.app.queries.playbooks import in_force
from huifang.app.queries.timeline import Names, incoming_moments, letters_of, timeline
from huifang.app.records.models import Customer
from huifang.app.services import consents
from huifang.app.services import customers as service
from huifang.app.services.feedback_topics import titled
from huifang.app.services.reveal import reveal as reveal_point
from huifang.app.web.guard import needs, person
from huifang.domain.errors import Invalid
from huifang.domain.languages import CHINESE, ENGLISH, name_of
from huifang.domain.time_zones import title, usual_zones
from huifang.playbooks.schema import Playbook

SWITCHES = {
    "phone": ("any", "phone"),
    "sms": ("any", "sms"),
    "email": ("any", "email"),
    "wecom": ("any", "wecom"),
    "marketing": ("marketing", "any"),
    "all": ("any", "any"),
}
"""What a switch on the page speaks of: purpose and channel."""
LONGEST_PROOF = 500


@require_safe
@needs(access.SEE_CUSTOMERS)
def customers(request: HttpRequest) -> HttpResponse:
    """Search and list."""
    text = request.GET.get("q", "")[:80]
    page = search(person(request), text, request.GET.get("after", "")[:60])
    return render(request, "web/customers/list.html", {"q": text, "page": page})


@require_safe
@needs(access.SEE_CUSTOMERS)
def customer(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Everything about one customer."""
    return _page(request, customer_id)


@require_POST
@needs(access.SEE_NUMBERS)
def reveal(request: HttpRequest, customer_id: int, point_id: int) -> HttpResponse:
    """The page with one contact point in full; the trail says who has called it up."""
    point = reveal_point(person(request), customer_id, point_id, business_clock.now())
    return _page(request, customer_id, shown=point.pk)


@require_POST
@needs(access.WORK)
def consent(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Enter the customer's word: contact refused, at once, or welcome again; marketing only with the proof of it."""
    found = _find(request, customer_id)
    said = SWITCHES.get(request.POST.get("what", ""))
    if said is None:
        raise BadRequest
    if request.POST.get("allowed") == "1":
        proof = request.POST.get("proof", "").strip()[:LONGEST_PROOF]
        try:
            consents.opt_in(person(request), found, *said, "agent", business_clock.now(), proof)
        except Invalid as error:
            messages.error(request, error.say(get_language() or ""))
            return redirect("customer", customer_id)
        messages.success(request, _("Entered: contact is welcome."))
    else:
        consents.opt_out(person(request), found, *said, "agent", business_clock.now())
        messages.success(request, _("Entered: from now on the customer is not contacted this way."))
    return redirect("customer", customer_id)


@require_POST
@needs(access.WORK)
def locale(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Enter the customer's time zone and language, or take them away; what the form did not send stays."""
    found = _find(request, customer_id)
    written: dict[str, object] = {name: request.POST[name][:60] for name in ("time_zone", "language") if name in request.POST}
    try:
        changed = service.change(person(request), found, written, business_clock.now())
    except Invalid as error:
        messages.error(request, error.say(get_language() or ""))
        return redirect("customer", customer_id)
    zone = title(changed.time_zone).say(get_language() or "") or _("not known")
    language = name_of(changed.language) if changed.language else _("The business's own")
    messages.success(request, _("Saved. Time zone: %(zone)s. Language: %(language)s.") % {"zone": zone, "language": language})
    return redirect("customer", customer_id)


def _find(request: HttpRequest, customer_id: int) -> Customer:
    found = access.customers_for(person(request)).select_related("branch", "owner").filter(pk=customer_id).first()
    if found is None:
        raise Http404
    return found


def _languages(playbooks: Iterable[Playbook], own: str) -> list[tuple[str, str, bool]]:
    """Tags and names of the languages that something is written in and of the customer's own, and which is that."""
    tags = dict.fromkeys((CHINESE, ENGLISH, *(tag for each in playbooks for tag in each.languages)))
    theirs = CHINESE if own == "zh" else own
    return [(tag, name_of(tag), tag == theirs) for tag in dict.fromkeys((*tags, theirs)) if tag]


def _page(request: HttpRequest, customer_id: int, shown: int = 0) -> HttpResponse:
    staff, found, now, language = person(request), _find(request, customer_id), business_clock.now(), get_language() or ""
    playbooks = tuple(each.playbook for each in in_force())
    names, day = Names(playbooks, language), business_day(now)
    rows = CustomerRows(found)
    holding, ended = class_history(customer_id, playbooks, language)
    classes, facts = standing(rows, playbooks, day, language)
    return render(
        request,
        "web/customers/customer.html",
        {
            "glance": glance(rows, playbooks, names, now, day, language, shown=shown),
            "timeline": timeline(
                rows, names, language, titled(language), 100,
                [*incoming_moments(customer_id, names, language, 100), *click_moments(rows, names, 100)], letters_of(rows, language, 100),
                staff,
            ),
            "decisions": decisions_of(staff, customer_id, names, language), "classes": classes, "facts": facts,
            "holding": holding, "ended": ended, "numbers": learned_numbers(customer_id, language),
            "may_change": access.may(staff, access.WORK), "may_reveal": access.may(staff, access.SEE_NUMBERS), "shown": shown,
            "own_zone": found.time_zone, "zones": usual_zones(), "own_language": found.language,
            "language": name_of(found.language) if found.language else "", "languages": _languages(playbooks, found.language),
        },
    )  # fmt: skip
