"""Parts of a customer's page that are read after it: what a contact now is worth, and why not today."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from huifang.app import access, business_clock
from huifang.app.business_time import business_day
from huifang.app.queries.contact_now import contact_now
from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.queries.playbooks import in_force
from huifang.app.records.models import Customer
from huifang.app.web.guard import needs, person
from huifang.app.web.picking import day_of


@require_safe
@needs(access.SEE_CUSTOMERS)
def now(request: HttpRequest, customer_id: int) -> HttpResponse:
    """The contact policy's word on the customer, with the emotional account."""
    customer = _find(request, customer_id)
    playbooks = tuple(each.playbook for each in in_force())
    found = contact_now(person(request), CustomerRows(customer), playbooks, business_day(business_clock.now()), get_language() or "")
    return _part(request, customer, "web/customers/contact_now.html", {"now": found})


@require_safe
@needs(access.SEE_CUSTOMERS)
def why_next(request: HttpRequest, customer_id: int) -> HttpResponse:
    """What every programme says about the customer on the day asked for, and when it falls due next."""
    from huifang.app.queries.why_next import AHEAD  # the engine takes a second: only when it is asked
    from huifang.app.queries.why_next import why_next as read

    customer = _find(request, customer_id)
    playbooks = tuple(each.playbook for each in in_force())
    day, today = day_of(request), business_day(business_clock.now())
    told = read(person(request), CustomerRows(customer), playbooks, day, today, get_language() or "")
    return _part(request, customer, "web/customers/why_next.html", {"told": told, "last": today + AHEAD})


def _find(request: HttpRequest, customer_id: int) -> Customer:
    found = access.customers_for(person(request)).filter(pk=customer_id).first()
    if found is None:
        raise Http404
    return found


def _part(request: HttpRequest, customer: Customer, template: str, about: dict[str, Any]) -> HttpResponse:
    """The part alone where it is loaded into the page, else on a page of its own."""
    about |= {"customer": customer, "part": template}
    return render(request, template if request.headers.get("HX-Request") else "web/customers/part_page.html", about)
