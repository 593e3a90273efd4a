"""What a customer has said about being contacted, with its proof, and whether they still are a customer: a part of the customer's page."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huifang.app import access, business_clock
from huifang.app.queries.customer_words import CHANNEL_TITLES, PURPOSE_TITLES, said_by
from huifang.app.records.models import Customer
from huifang.app.services import consents, customers, erasing
from huifang.app.web.guard import needs, person
from huifang.domain.errors import Conflict, Invalid, Problem
from huifang.domain.words import Words

_LONGEST = 500


@require_safe
@needs(access.SEE_CUSTOMERS)
def said(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Every statement, newest first, and the forms for the next one."""
    return _said(request, _find(request, customer_id))


def _said(request: HttpRequest, customer: Customer, deed: str = "", problems: tuple[Problem, ...] = ()) -> HttpResponse:
    """The same with the form of `deed` open, what was typed still in it, and what is wrong with it."""
    staff, language = person(request), get_language() or ""
    part = "web/customers/said.html"
    about = {
        "customer": customer, "said": said_by(staff, customer.pk, language), "part": part,
        "deed": deed, "problems": problems, "typed": request.POST,
        "may_change": access.may(staff, access.WORK), "may_return": access.may(staff, access.SEE_DAY),
        "may_erase": access.may(staff, access.ERASE),
        "purposes": _titles(PURPOSE_TITLES, language), "channels": _titles(CHANNEL_TITLES, language),
    }  # fmt: skip
    template = part if request.headers.get("HX-Request") else "web/customers/part_page.html"
    return render(request, template, about, status=422 if problems else 200)


@require_POST
@needs(access.WORK)
def say(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Enter consent or refusal of one purpose on one channel. Consent needs its proof; a refusal is in force at once without any."""
    customer, form = _find(request, customer_id), request.POST
    purpose, channel, proof = form.get("purpose", ""), form.get("channel", ""), form.get("proof", "").strip()[:_LONGEST]
    if purpose not in PURPOSE_TITLES or channel not in CHANNEL_TITLES or form.get("allowed") not in ("0", "1"):
        raise BadRequest
    staff, now = person(request), business_clock.now()
    try:
        if form["allowed"] == "1":
            consents.opt_in_with_proof(staff, customer, purpose, channel, now, proof)
        else:
            consents.opt_out(staff, customer, purpose, channel, "agent", now, proof)
    except Invalid as error:
        return _said(request, customer, "say", error.problems)
    messages.success(request, _("Entered, and in force from now on."))
    return redirect("customer", customer_id)


@require_POST
@needs(access.WORK)
def status(request: HttpRequest, customer_id: int) -> HttpResponse:
    """The customer has died, or their file is closed: all contact stops. Taking it back is a supervisor's."""
    customer, wanted = _find(request, customer_id), request.POST.get("status", "")
    if wanted not in Customer.Status.values:
        raise BadRequest
    customers.change_status(person(request), customer, wanted, business_clock.now())
    messages.success(request, _("Entered, and in force from now on."))
    return redirect("customer", customer_id)


@require_POST
@needs(access.ERASE)
def erase(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Destroy everything personal of a customer: with a reason, and the customer's number typed once more."""
    customer, form = _find(request, customer_id), request.POST
    try:
        erased = erasing.erase(
            person(request), customer, form.get("code", ""), form.get("reason", "").strip()[:_LONGEST], business_clock.now()
        )
    except (Conflict, Invalid) as error:
        return _said(request, customer, "erase", error.problems)
    messages.success(request, _("Erased: %(rows)s rows, %(files)s files.") % {"rows": erased.rows, "files": erased.files})
    return redirect("customer", customer_id)


@require_POST
@needs(access.ERASE)
def let_return(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Somebody who was erased wishes to be a customer again: imports may enter them anew."""
    erasing.let_return(person(request), _find(request, customer_id), business_clock.now())
    messages.success(request, _("Imports and other systems may enter this person again."))
    return redirect("customer", customer_id)


def _find(request: HttpRequest, customer_id: int) -> Customer:
    found = access.customers_for(person(request)).filter(pk=customer_id).first()
    if found is None:
        raise Http404
    return found


def _titles(titles: Mapping[str, Words], language: str) -> list[tuple[str, str]]:
    return [(key, words.say(language)) for key, words in titles.items()]
