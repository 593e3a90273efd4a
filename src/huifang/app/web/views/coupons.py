"""Coupons: taking a customer's code in, how many are given and left, bringing codes in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huifang.app import access, business_clock
from huifang.app.queries.coupons import lines
from huifang.app.queries.playbooks import in_force
from huifang.app.services import coupons as service
from huifang.app.web.guard import needs, person
from huifang.domain.errors import Conflict, Invalid, Problem


@require_safe
@needs(access.TAKE_COUPONS)
def coupons(request: HttpRequest) -> HttpResponse:
    """Take a code in; all coupons with their numbers."""
    return _page(request)


@require_POST
@needs(access.TAKE_COUPONS)
def take_in(request: HttpRequest) -> HttpResponse:
    """Take a code in, once, and say for what."""
    code = request.POST.get("code", "")[: service.LONGEST]
    try:
        row = service.take_in(person(request), code, business_clock.now())
    except (Conflict, Invalid) as error:
        return _page(request, {"problems": error.problems, "code": code}, 422)
    rule = service.rule_of(row.pool.playbook, row.pool.coupon)
    title = rule.title.say(get_language() or "") if rule else row.pool.coupon
    messages.success(request, _("%(title)s: taken in.") % {"title": title})
    return redirect("coupons")


@require_POST
@needs(access.GIVE_COUPONS)
def bring_in(request: HttpRequest, playbook: str, key: str) -> HttpResponse:
    """Add the codes of the till, one a line."""
    try:
        found = service.bring_in(person(request), playbook, key, request.POST.get("codes", ""))
    except Invalid as error:
        return _page(request, {"problems": error.problems, "opened": key, "codes": request.POST.get("codes", "")}, 422)
    said = ngettext("%(n)s code is new.", "%(n)s codes are new.", found.added)
    more = ngettext("%(n)s was there already.", "%(n)s were there already.", found.known) if found.known else ""
    messages.success(request, " ".join((said % {"n": found.added}, more % {"n": found.known} if more else "")).strip())
    return redirect("coupons")


def _page(request: HttpRequest, about: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    problems: tuple[Problem, ...] = ()
    shown = {
        "lines": lines(each.playbook for each in in_force()), "gives": access.may(person(request), access.GIVE_COUPONS),
        "writes": access.may(person(request), access.EDIT_PLAYBOOKS),
    }  # fmt: skip
    return render(request, "web/coupons.html", {"problems": problems, **shown, **(about or {})}, status=status)
