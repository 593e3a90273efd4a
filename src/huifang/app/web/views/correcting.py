"""Correcting a saved record: what it says now as a form, and why it is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huifang.app import access, business_clock
from huifang.app.queries import followup as followup_query
from huifang.app.queries.recorded import given_of
from huifang.app.records.models import Correction, Staff
from huifang.app.services import correcting
from huifang.app.services.correcting import CorrectionForm, Held
from huifang.app.web import asking, record_form
from huifang.app.web.guard import needs, person
from huifang.domain.contact import CHANNEL_WORDS, Channel
from huifang.domain.correcting import REASON, obstacles
from huifang.domain.errors import Conflict, Invalid, Problem
from huifang.domain.outcomes import outcome_of


@require_safe
@needs(access.CORRECT)
def page(request: HttpRequest, record_id: int) -> HttpResponse:
    """The record as a form; what stands in the way, where something does."""
    held = correcting.find(person(request), record_id)
    said = {name: getattr(held.record, name) for name in ("words", "asked", "replied", "remark")}
    seen = Correction.objects.filter(record=held.record).count()
    return _page(request, held, said | {"why": "", "seen": seen}, given_of(held.questions, held.answers))


@require_POST
@needs(access.CORRECT)
def save(request: HttpRequest, record_id: int) -> HttpResponse:
    """Save the correction; 422 or 409 with what is wrong. With ``show`` only the questions that follow from the answers are shown."""
    staff = person(request)
    held = correcting.find(staff, record_id)
    typed = record_form.read(request.POST, held.questions.all if held.questions else None)
    why, seen = request.POST.get("why", "").strip()[:REASON], request.POST.get("seen", "")
    form = CorrectionForm(
        why, typed.answers, typed.words, typed.remark, typed.asked, typed.replied, int(seen) if seen.isdecimal() and len(seen) < 6 else -1
    )
    said: dict[str, Any] = {
        "words": form.words, "asked": form.asked, "replied": form.replied, "remark": form.remark, "why": why, "seen": form.seen,
    }  # fmt: skip
    given = correcting.with_things(held, form.answers)
    if "show" in request.POST:
        return _page(request, held, said, given)
    try:
        made = correcting.correct(staff, record_id, form, business_clock.now())
    except (Invalid, Conflict) as error:
        return _page(request, held, said, given, error.problems, 409 if isinstance(error, Conflict) else 422)
    messages.success(request, _("The record is corrected.") if made else _("Nothing was changed."))
    return redirect(*_back(staff, held))


def _back(staff: Staff, held: Held) -> tuple[str, int]:
    """Where the record stands that the person may open: its follow-up, else its customer."""
    number = held.record.followup_id or 0
    if access.may(staff, access.WORK) and followup_query.find(staff, number) is not None:
        return "followup", number
    return "customer", held.record.customer_id


def _page(
    request: HttpRequest,
    held: Held,
    said: Mapping[str, Any],
    given: Mapping[str, Any],
    problems: tuple[Problem, ...] = (),
    status: int = 200,
) -> HttpResponse:
    staff, record, language = person(request), held.record, get_language() or ""
    where = correcting.standing(staff, record)
    wrong = {problem.place.key: problem.what.say(language) for problem in problems if problem.place.key}
    asked = asking.asked(held.questions, given, wrong, record.day, language) if held.questions else ()
    context = {
        "record": record, "said": said, "asked": [(each, each.form not in ("file", "sign")) for each in asked], "most": REASON,
        "back": _back(staff, held), "depends": bool(held.questions and asking.depends(held.questions.all)),
        "outcome": outcome_of(record.attempt.outcome).words, "channel": CHANNEL_WORDS[Channel(record.attempt.channel)],
        "obstacles": obstacles(where), "signed": where.signed,
        "problems": [(next((each for each in asked if each.key == problem.place.key), None), problem) for problem in problems],
    }  # fmt: skip
    return render(request, "web/correction.html", context, status=status)
