"""The schedule of a week: proposed, moved, submitted, approved, printed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huifang.app import access, business_clock
from huifang.app.business_time import business_day
from huifang.app.queries import week_schedule as queries
from huifang.app.records.models import Branch, Staff, WeekSchedule
from huifang.app.services import week_schedules as services
from huifang.app.web import picking
from huifang.app.web.guard import needs, person
from huifang.domain.week_schedule import DAYS, week_after, week_of

_LONGEST = 500


@require_safe
@needs(access.PLAN_WEEK)
def schedule(request: HttpRequest) -> HttpResponse:
    """A branch's week, next week unless ``?week=`` says another; without a schedule the way to have one proposed."""
    staff, choice = person(request), picking.branches(person(request))
    branch = (
        picking.branch_of(request, choice)
        or next((each for each in choice if each.pk == staff.branch_id), None)
        or next(iter(choice), None)
    )
    first = _week(request.GET.get("week", ""))
    found = queries.schedule_of(staff, branch, first) if branch else None
    return _page(request, branch, first, found, choice)


@require_safe
@needs(access.PLAN_WEEK)
def one(request: HttpRequest, schedule_id: int) -> HttpResponse:
    """One schedule, as notices name it."""
    found = _found(request, schedule_id)
    return _page(request, found.branch, found.first_day, found, picking.branches(person(request)))


@require_safe
@needs(access.PLAN_WEEK)
def sheet(request: HttpRequest, schedule_id: int) -> HttpResponse:
    """The schedule on paper: by person and day, with lines to sign."""
    found = _found(request, schedule_id)
    context = {"schedule": found, "board": queries.board(found, business_day(business_clock.now()), get_language() or "zh-hans")}
    return render(request, "web/schedule/sheet.html", context | {"last": found.first_day + timedelta(days=DAYS - 1)})


@require_POST
@needs(access.PLAN_WEEK)
def propose(request: HttpRequest) -> HttpResponse:
    """Ask for a proposal; it is made in the background."""
    made = services.propose(
        person(request),
        _number(request, "branch") or person(request).branch_id or 0,
        _week(request.POST.get("week", "")),
        business_clock.now(),
    )
    return redirect("schedule-one", made.pk)


@require_POST
@needs(access.PLAN_WEEK)
def move(request: HttpRequest, schedule_id: int) -> HttpResponse:
    """Move the chosen contacts; the page again, with the cell that was open."""
    ids = [int(each) for each in request.POST.getlist("contact") if each.isdecimal() and len(each) < 18]
    day = _day(request.POST.get("day", ""))
    count = services.move(person(request), schedule_id, ids, _number(request, "staff"), day, business_clock.now())
    if count:
        messages.success(request, _("%(n)s moved to %(day)s.") % {"n": count, "day": day.isoformat()})
    cell = request.POST.get("cell", "")[:40]
    return redirect(f"{reverse('schedule-one', args=[schedule_id])}{f'?cell={cell}' if _cell(cell) else ''}")


@require_POST
@needs(access.PLAN_WEEK)
def submit(request: HttpRequest, schedule_id: int) -> HttpResponse:
    """Hand it in."""
    services.submit(person(request), schedule_id, business_clock.now())
    messages.success(request, _("The schedule waits for approval; the managers have been told."))
    return redirect("schedule-one", schedule_id)


@require_POST
@needs(access.APPROVE_WEEK)
def decide(request: HttpRequest, schedule_id: int) -> HttpResponse:
    """Approve it or return it."""
    approved = request.POST.get("decision") == "approve"
    services.decide(person(request), schedule_id, approved, request.POST.get("remark", "")[:_LONGEST], business_clock.now())
    messages.success(request, _("Approved: the mornings' plans follow it.") if approved else _("Returned with your remark."))
    return redirect("schedule-one", schedule_id)


@require_POST
@needs(access.PLAN_WEEK)
def take_back(request: HttpRequest, schedule_id: int) -> HttpResponse:
    """Put it back into work."""
    services.take_back(person(request), schedule_id, request.POST.get("why", "")[:_LONGEST], business_clock.now())
    messages.success(request, _("The schedule is in work again; the plan does not follow it."))
    return redirect("schedule-one", schedule_id)


def _page(request: HttpRequest, branch: Branch | None, first: date, found: WeekSchedule | None, choice: list[Branch]) -> HttpResponse:
    staff, today = person(request), business_day(business_clock.now())
    context: dict[str, Any] = {
        "branch": branch, "branches": choice, "first": first, "last": first + timedelta(days=DAYS - 1), "today": today,
        "before": first - timedelta(days=DAYS), "after": first + timedelta(days=DAYS), "schedule": found,
        "past": first < week_of(today), "following": first == week_after(today),
        **(_shown(request, staff, found, today) if found is not None else {}),
    }  # fmt: skip
    return render(request, "web/schedule/board.html", context)


def _shown(request: HttpRequest, staff: Staff, found: WeekSchedule, today: date) -> dict[str, Any]:
    board = queries.board(found, today, get_language() or "zh-hans")
    wanted = _cell(request.GET.get("cell", ""))
    return {
        "board": board, "may_decide": services.may_decide(staff, found), "opened": board.cell(*wanted) if wanted else None,
        "opened_row": next((row for row in board.rows if wanted and row.id == wanted[0]), None),
        "may_approve": access.may(staff, access.APPROVE_WEEK),
    }  # fmt: skip


def _found(request: HttpRequest, schedule_id: int) -> WeekSchedule:
    rows = access.week_schedules_for(person(request)).select_related("branch", "asked_by", "submitted_by", "decided_by")
    found = rows.filter(pk=schedule_id).first()
    if found is None:
        raise Http404
    return found


def _week(text: str) -> date:
    """The Monday of the week that is asked for, else of the next one."""
    day = picking.read_day(text)
    return week_of(day) if day else week_after(business_day(business_clock.now()))


def _day(text: str) -> date:
    return picking.read_day(text) or date.min


def _cell(text: str) -> tuple[int, date] | None:
    """``12_2026-11-23``: a person's day."""
    who, _mark, day = text.partition("_")
    found = _day(day)
    return (int(who), found) if who.isdecimal() and len(who) < 18 and found != date.min else None


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 18 else 0
