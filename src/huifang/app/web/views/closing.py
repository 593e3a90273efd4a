"""Closing a branch's day: the checklist, the signature, opening it again."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huifang.app import access, business_clock
from huifang.app.business_time import business_day
from huifang.app.queries import closing as queries
from huifang.app.records.models import Branch, Staff
from huifang.app.services import closing as services
from huifang.app.web import picking
from huifang.app.web.guard import needs, person
from huifang.domain.day_closing import CHECKS
from huifang.domain.errors import Conflict, Invalid, Problem

_LONGEST = 500
"""Letters of one reason."""


@require_safe
@needs(access.SEE_DAY)
def closing(request: HttpRequest) -> HttpResponse:
    """The checklist of one branch's day, with what stands behind each line."""
    return _page(request, picking.day_of(request), picking.number_of(request, "branch"))


@require_POST
@needs(access.CLOSE_DAY)
def sign(request: HttpRequest) -> HttpResponse:
    """Sign the day: 422 where a reason is missing, 409 where it cannot be signed yet."""
    branch, day = _asked(request)
    reasons = {check.code: request.POST.get(f"reason.{check.code}", "").strip()[:_LONGEST] for check in CHECKS}
    try:
        services.sign(person(request), branch, day, reasons, business_clock.now())
    except (Invalid, Conflict) as error:
        return _page(request, day, branch, error.problems, reasons, 409 if isinstance(error, Conflict) else 422)
    messages.success(request, _("The day is signed."))
    return _back(day, branch)


@require_POST
@needs(access.CLOSE_DAY)
def reopen(request: HttpRequest) -> HttpResponse:
    """Open a signed day again: 422 without a reason, 409 where it is not signed."""
    branch, day = _asked(request)
    try:
        services.reopen(person(request), branch, day, request.POST.get("why", "")[:_LONGEST], business_clock.now())
    except (Invalid, Conflict) as error:
        return _page(request, day, branch, error.problems, {}, 409 if isinstance(error, Conflict) else 422)
    messages.success(request, _("The day is open again."))
    return _back(day, branch)


def _asked(request: HttpRequest) -> tuple[int, date]:
    branch = request.POST.get("branch", "")
    day = picking.read_day(request.POST.get("day", "")) or business_clock.today()
    return int(branch) if branch.isdecimal() and len(branch) < 12 else person(request).branch_id or 0, day


def _back(day: date, branch: int) -> HttpResponse:
    return redirect(f"{reverse('closing')}?day={day}&branch={branch}")


def _of(staff: Staff, choice: list[Branch], wanted: int | None) -> Branch | None:
    """The branch asked for, else one's own, else the first."""
    own = next((branch for branch in choice if branch.pk == (wanted or staff.branch_id)), None)
    return own or (next(iter(choice), None) if wanted is None else None)


def _page(
    request: HttpRequest,
    day: date,
    wanted: int | None,
    problems: tuple[Problem, ...] = (),
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    staff, today = person(request), business_day(business_clock.now())
    choice = picking.branches(staff)
    branch = _of(staff, choice, wanted)
    if branch is None and choice:
        raise Http404
    context = {
        "day": day, "today": today, "branch": branch, "branches": choice, "problems": problems,
        "may_sign": access.may(staff, access.CLOSE_DAY),
        "before": day - timedelta(days=1), "after": day + timedelta(days=1) if day < today else None,
        **(_found(staff, day, branch, today, typed) if branch else {}),
    }  # fmt: skip
    return render(request, "web/closing.html", context, status=status)


def _found(staff: Staff, day: date, branch: Branch, today: date, typed: dict[str, str] | None) -> dict[str, object]:
    signed = queries.closing_of(staff, day, branch)
    kept = queries.reasons_of(signed)
    lines = queries.checklist(staff, day, branch, kept if signed else typed or {})
    return {
        "signed": signed,
        "kept": [(check.words, signed.left[check.code], kept.get(check.code, "")) for check in CHECKS if check.code in signed.left]
        if signed
        else [],
        "lines": lines,
        "open": sum(1 for line in lines if line.count),
        "stopping": any(line.count and line.check.must for line in lines),
        "figures": queries.figures(staff, day, branch, business_clock.now()),
        "rows_query": f"day={day}&branch={branch.pk}",
        "history": queries.reopened(staff, day, branch),
        "recent": queries.recent(staff, today, branch),
    }
