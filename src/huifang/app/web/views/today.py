"""An agent's day: the list, the follow-up in hand, its saving."""

from __future__ import annotations

import secrets
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huifang.app import access, business_clock
from huifang.app.business_time import business_day
from huifang.app.formats import clock, near_day, near_moment
from huifang.app.queries import asking_together, reviewing
from huifang.app.queries import followup as followup_query
from huifang.app.queries.behind import behind
from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.queries.glance import glance
from huifang.app.queries.last_saved import undoable
from huifang.app.queries.playbooks import in_force, playbook_of
from huifang.app.queries.recorded import Recorded, recorded
from huifang.app.queries.timeline import Names, timeline
from huifang.app.queries.today import branch_name, day_of
from huifang.app.records.models import Attempt, Draft, FollowUp
from huifang.app.services import answer_files, contact_records, followups, gate, taking_back
from huifang.app.services.feedback_topics import titled
from huifang.app.web import asking, record_form
from huifang.app.web.draft_keys import draft_key
from huifang.app.web.guard import needs, person
from huifang.domain.attitudes import ATTITUDES
from huifang.domain.contact import CHANNEL_WORDS, Channel
from huifang.domain.errors import Conflict, Invalid, Problem
from huifang.domain.next_steps import NextKind

_MOMENTS = 20
"""How much of a customer's history is read for a follow-up."""
_SHOWN = 12
"""How much of it stands beside the follow-up; all of it is on the customer's page."""
_PUT_IN = ("today", "questions")
"""The elements whose new state is asked for by a page that is open."""


@require_safe
@needs(access.WORK)
def today(request: HttpRequest) -> HttpResponse:
    """The list of the day, nothing in hand."""
    return _page(request, None)


@require_safe
@needs(access.WORK)
def followup(request: HttpRequest, followup_id: int) -> HttpResponse:
    """The list with one follow-up open: to work on where it is in one's hand, else to read."""
    return _page(request, followup_id)


@require_safe
@needs(access.WORK)
def queue(request: HttpRequest) -> HttpResponse:
    """The list alone, as it is now; with ``open``, whether that follow-up is still in one's hand, and why not."""
    staff, now, language = person(request), business_clock.now(), get_language() or ""
    number = request.GET.get("open", "")
    found = followup_query.find(staff, int(number)) if number.isdecimal() and len(number) < 18 else None
    kept = found is None or (found.state, found.claimed_by_id) == (FollowUp.State.CLAIMED, staff.pk)
    lost = "" if kept or found is None else followups.why_lost(found.pk).say(language)
    context = {
        "day": day_of(staff, business_day(now), now, language), "open_id": found and found.pk, "lost": lost,
        "returned": reviewing.returned(staff),
    }  # fmt: skip
    return render(request, "web/today/queue.html", context)


@require_POST
@needs(access.WORK)
def following(request: HttpRequest) -> HttpResponse:
    """Take the next follow-up in hand."""
    return _go_on(request, business_clock.now())


@require_POST
@needs(access.WORK)
def take(request: HttpRequest, followup_id: int) -> HttpResponse:
    """Take this follow-up in hand; where a colleague has it, the page says so."""
    try:
        followups.claim(person(request), followup_id, business_clock.now())
        _let_go(request, followup_id)
    except Conflict as error:
        return _page(request, followup_id, problems=error.problems, status=409)
    return redirect("followup", followup_id)


@require_POST
@needs(access.WORK)
def give_back(request: HttpRequest, followup_id: int) -> HttpResponse:
    """Put the follow-up back on the list; what was typed stays as a draft and is said to, or is thrown away on purpose."""
    staff, now = person(request), business_clock.now()
    if "throw_away" in request.POST:
        followups.throw_away(staff, followup_id)
        messages.info(request, _("Put back on the list; what was typed is thrown away."))
    else:
        _keep(request, followup_id)
        if Draft.objects.filter(followup_id=followup_id, staff=staff).exists():
            messages.info(request, _("Put back on the list; what you typed stands there when you open it again."))
    followups.release(staff, followup_id, record_form.fence_of(request.POST), now)
    return redirect("today")


@require_POST
@needs(access.WORK)
def call(request: HttpRequest, followup_id: int) -> HttpResponse:
    """Ask the gate for leave to call; the page then shows the number and the running call, or the rule that forbids it."""
    staff, now = person(request), business_clock.now()
    _keep(request, followup_id)
    point = request.POST.get("contact_point", "")
    channel = FollowUp.objects.filter(pk=followup_id).values_list("channel", flat=True).first() or ""
    try:
        gate.allow(staff, followup_id, record_form.fence_of(request.POST), channel, int(point) if point.isdecimal() else None, now)
    except gate.ContactRefused as error:
        return _page(request, followup_id, refusal=error.problems, status=422)
    except Conflict as error:
        return _page(request, followup_id, problems=error.problems, status=409)
    return redirect("followup", followup_id)


@require_POST
@needs(access.WORK)
def draft(request: HttpRequest, followup_id: int) -> HttpResponse:
    """Keep what has been typed: 204; 409 with the reason where it is kept but the follow-up is no longer in one's hand."""
    if _keep(request, followup_id):
        return HttpResponse(status=204)
    return HttpResponse(followups.why_lost(followup_id).say(get_language() or ""), status=409, content_type="text/plain; charset=utf-8")


@require_POST
@needs(access.WORK)
def questions(request: HttpRequest, followup_id: int) -> HttpResponse:
    """The questions to ask after the answers given so far; keeps them too."""
    _keep(request, followup_id)
    return _page(request, followup_id)


@require_POST
@needs(access.WORK)
def save(request: HttpRequest, followup_id: int) -> HttpResponse:
    """Save the record and go on to the next; 422 with what is wrong beside the fields, 409 where it is no longer in one's hand."""
    staff, now = person(request), business_clock.now()
    form = _form(request, followup_id)
    try:
        saved = contact_records.save(staff, followup_id, record_form.fence_of(request.POST), form, now)
    except Invalid as error:
        return _page(request, followup_id, typed=record_form.draft(form), problems=error.problems, status=422)
    except Conflict as error:
        return _page(request, followup_id, typed=record_form.draft(form), problems=error.problems, status=409)
    _tell(request, saved, followup_id)
    return redirect("today") if "stay" in request.POST else _go_on(request, now)


@require_POST
@needs(access.WORK)
def take_back(request: HttpRequest, followup_id: int) -> HttpResponse:
    """Take back what one has just saved: the follow-up is opened again with what was typed; 409 with what stands in the way."""
    try:
        taking_back.take_back(person(request), followup_id, business_clock.now())
    except Conflict as error:
        return _page(request, followup_id, stays=error.problems, status=409)
    _let_go(request, followup_id)
    messages.success(request, _("Undone: nothing is saved, what you typed stands here again."))
    return redirect("followup", followup_id)


def _go_on(request: HttpRequest, now: datetime) -> HttpResponse:
    staff = person(request)
    for _try in range(5):  # a colleague may be quicker
        found = followups.next_for(staff, business_day(now), now)
        if found is None:
            break
        try:
            followups.claim(staff, found.pk, now)
        except Conflict:
            continue
        _let_go(request, found.pk)
        return redirect("followup", found.pk)
    return redirect("today")


def _let_go(request: HttpRequest, kept: int) -> None:
    """One follow-up is in hand at a time: give the others back, unless a call of theirs is under way."""
    staff = person(request)
    mine = FollowUp.objects.filter(claimed_by=staff, state=FollowUp.State.CLAIMED).exclude(pk=kept)
    calling = Attempt.objects.filter(staff=staff, state=Attempt.State.ATTEMPTING).values("followup_id")
    for number, fence in mine.exclude(pk__in=calling).values_list("pk", "fence"):
        followups.release(staff, number, fence, business_clock.now())


def _tell(request: HttpRequest, saved: contact_records.Saved, followup_id: int) -> None:
    said: list[str] = [_("Saved."), _ahead(saved)]
    if saved.cases:
        number = saved.cases[0]
        link = format_html('<a href="{}">{}</a>', reverse("case", args=[number]), number)
        said[0] = format_html(_("Saved. Case {number} is open."), number=link)
    undo = reverse("followup-take-back", args=[followup_id]) if saved.may_be_undone else ""
    messages.success(request, format_html_join(" ", "{}", ((each,) for each in said if each)), extra_tags=undo)
    if saved.refusal is not None:
        words = saved.refusal.words.say(get_language() or "")
        messages.warning(request, _("This contact was outside the rules: %(rule)s") % {"rule": words})


def _ahead(saved: contact_records.Saved) -> str:
    """When the customer is tried again, in words; nothing where the follow-up is done."""
    language = get_language() or ""
    if saved.left_in_peace:
        return _("Nobody contacts %(name)s any more. Should that be wrong, take it back on the customer's page.") % {
            "name": saved.left_in_peace
        }
    if saved.agreed:
        return _("Agreed: %(time)s.") % {"time": near_moment(saved.agreed, business_clock.now(), language)}
    if saved.message:
        return _("Not reached: a message goes out (%(channel)s).") % {"channel": CHANNEL_WORDS[Channel(saved.message)].say(language)}
    if saved.next_at is not None:
        return _("To be tried again at %(time)s.") % {"time": clock(saved.next_at)}
    if saved.next_on is not None:
        return _("To be tried again %(day)s.") % {"day": near_day(saved.next_on, business_day(business_clock.now()), language)}
    return _("No more attempts: everything allowed has been tried.") if saved.next_kind == NextKind.GIVEN_UP else ""


def _form(request: HttpRequest, followup_id: int) -> contact_records.RecordForm:
    followup = followup_query.find(person(request), followup_id)
    if followup is None:
        raise Http404
    playbook = playbook_of(followup.playbook_version)
    together = asking_together.together(playbook, asking_together.programmes_of(followup, playbook, behind(followup_id)))
    form = record_form.read(request.POST, together.all if together else None)
    return replace(form, answers=answer_files.with_waiting(together.all, form.answers, person(request), followup_id)) if together else form


def _keep(request: HttpRequest, followup_id: int) -> bool:
    form = _form(request, followup_id)
    fence = record_form.fence_of(request.POST)
    return followups.save_draft(person(request), followup_id, record_form.draft(form), business_clock.now(), fence)


def _page(
    request: HttpRequest,
    followup_id: int | None,
    *,
    typed: Mapping[str, Any] | None = None,
    problems: tuple[Problem, ...] = (),
    refusal: tuple[Problem, ...] = (),
    stays: tuple[Problem, ...] = (),
    status: int = 200,
) -> HttpResponse:
    staff, now, language = person(request), business_clock.now(), get_language() or ""
    day = business_day(now)
    context: dict[str, Any] = {
        "day": day_of(staff, day, now, language), "now": now, "problems": problems, "refusal": refusal, "stays": stays,
        "sees_day": access.may(staff, access.SEE_DAY), "branch": branch_name(staff),
        "returned": reviewing.returned(staff), "open_id": followup_id, "lost": "", "work": None, "frame": _frame(request),
    }  # fmt: skip
    if followup_id is not None:
        context |= _in_hand(request, followup_id, now, typed, problems)
    page = render(request, "web/today.html", context, status=status)
    if followup_id is not None and status != HTTPStatus.OK:  # what was refused is opened again at its own address, not at the button's
        page.headers["HX-Replace-Url"] = reverse("followup", args=[followup_id])
    return page


def _frame(request: HttpRequest) -> str:
    """What stands around the list: the whole page, or nothing where the page is there and only the list is put in anew."""
    return "web/part.html" if request.headers.get("HX-Target") in _PUT_IN else "web/base.html"


def _in_hand(
    request: HttpRequest, followup_id: int, now: datetime, typed: Mapping[str, Any] | None, problems: tuple[Problem, ...]
) -> dict[str, Any]:
    staff, day, language = person(request), business_day(now), get_language() or ""
    followup = followup_query.find(staff, followup_id)
    if followup is None:
        raise Http404
    rows = CustomerRows(followup.customer, most=_MOMENTS)
    playbooks = tuple(each.playbook for each in in_force())
    names = Names(playbooks, language)
    work = followup_query.work_of(staff, followup, rows, names, now, day, language)
    values = record_form.shown(typed if typed is not None else work.draft)
    wrong = {problem.place.key: problem.what.say(language) for problem in problems if problem.place.key}
    together, given = work.asked, values.get("answers") or {}
    given = answer_files.with_waiting(together.all, given, staff, followup_id) if together else given
    about = glance(rows, playbooks, names, now, day, language, shown=work.calling_point)
    known = ChainMap({"attitude": values.get("attitude") or None, **_seen(together, given, day)}, work.facts)
    steps = followup_query.unfold(work.steps, known, day)
    asked = asking.asked(together, given, wrong, day, language) if together else ()
    kept = () if work.state == "mine" else recorded(staff, followup, titled(language), language)
    return {
        "work": work, "headline": followup_query.headline(work.reasons) or work.programme, "values": values, "wrong": wrong,
        "faults": [(next((each for each in asked if each.key == problem.place.key), None), problem) for problem in problems],
        "unchosen": any(problem.code == "outcome.missing" for problem in problems),
        "glance": about, "points": [each for each in about.points if each.usable and work.channel in each.channels],
        "timeline": timeline(rows, names, language, titled(language), limit=_SHOWN, reader=staff),
        "asked": asked, "some_must": any(each.required for each in asked) and not all(each.required for each in asked), "steps": steps,
        "depends": bool(together and asking.depends(together.all)),
        "following": ",".join(f"#step-{step.number}" for step in steps if step.follows),
        "marks": record_form.marks(typed if typed is not None else work.draft),
        "attitudes": [(key, words.say(language)) for key, words in ATTITUDES.items()],
        "records": _shown(kept, language, over=work.over),
        "undo": work.state != "mine" and undoable(staff, followup, now),
        "mine": work.state == "mine", "draft_key": draft_key(staff), "token": secrets.token_urlsafe(12),
    }  # fmt: skip


def _shown(records: tuple[Recorded, ...], language: str, *, over: bool) -> list[tuple[Recorded, tuple[asking.Asked, ...]]]:
    """Each record with its questions to be drawn as they were answered: of a follow-up that is over, those of the newest with answers."""
    newest = next((each for each in records if over and each.given), None)
    return [(each, asking.as_given(each.questions, each.given, each.day, language) if each is newest else ()) for each in records]


def _seen(together: asking_together.Together | None, given: Mapping[str, Any], day: date) -> Mapping[str, object]:
    return asking_together.seen(together.all, asking_together.typed(together.all, given), day) if together else {}
