"""Reviews: the queue, one record with its score card, and the comment that came back to an agent."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huifang.app import access, business_clock
from huifang.app.queries import reviewing
from huifang.app.records.models import Review
from huifang.app.services import reviews as services
from huifang.app.web import picking
from huifang.app.web.guard import needs, person
from huifang.domain.errors import Conflict, Invalid, Place, Problem
from huifang.domain.words import Words

_LONGEST = 2000
"""Letters of one remark."""


@require_safe
@needs(access.REVIEW)
def reviews(request: HttpRequest) -> HttpResponse:
    """Records to look at, by state."""
    staff = person(request)
    choice = picking.branches(staff)
    branch = picking.branch_of(request, choice)
    state = request.GET.get("state", Review.State.WAITING)
    if state not in Review.State.values:
        raise Http404
    found = reviewing.queue(staff, state, branch, business_clock.today(), get_language() or "", picking.after_of(request))
    states = [(value, label, "" if value == Review.State.SETTLED else found.counts.get(value, 0)) for value, label in Review.State.choices]
    context = {"found": found, "state": state, "states": states, "branches": choice, "branch": branch}
    context["query"] = f"state={state}{f'&branch={branch.pk}' if branch else ''}"
    return render(request, "web/reviews.html", context)


@require_safe
@needs(access.REVIEW)
def review(request: HttpRequest, review_id: int) -> HttpResponse:
    """One record with its score card."""
    return _page(request, review_id)


@require_POST
@needs(access.REVIEW)
def choose(request: HttpRequest, record_id: int) -> HttpResponse:
    """Take a record for review by hand."""
    return redirect("review", services.choose(person(request), record_id, business_clock.now()).pk)


@require_POST
@needs(access.REVIEW)
def assess(request: HttpRequest, review_id: int) -> HttpResponse:
    """Score it and settle it, or return it with a comment; 422 with what is wrong, 409 where it has moved on."""
    back = request.POST.get("deed") == "return"
    try:
        services.assess(person(request), review_id, _points(request, review_id), _words(request), back, business_clock.now())
    except (Invalid, Conflict) as error:
        return _page(request, review_id, error.problems, 409 if isinstance(error, Conflict) else 422)
    messages.success(request, _("Returned with your comment.") if back else _("Scored."))
    return _following(request)


@require_POST
@needs(access.REVIEW)
def decide(request: HttpRequest, review_id: int) -> HttpResponse:
    """Settle an answered review, or return it once more."""
    try:
        services.decide(person(request), review_id, _words(request), request.POST.get("deed") == "return", business_clock.now())
    except (Invalid, Conflict) as error:
        return _page(request, review_id, error.problems, 409 if isinstance(error, Conflict) else 422)
    messages.success(request, _("Entered."))
    return redirect("review", review_id)


@require_safe
@needs(access.WORK)
def returned(request: HttpRequest, review_id: int) -> HttpResponse:
    """A comment that came back to whoever made the record, with the record."""
    return _page(request, review_id, own=True)


@require_POST
@needs(access.WORK)
def answer(request: HttpRequest, review_id: int) -> HttpResponse:
    """Answer the comment."""
    try:
        services.answer(person(request), review_id, _words(request), business_clock.now())
    except (Invalid, Conflict) as error:
        return _page(request, review_id, error.problems, 409 if isinstance(error, Conflict) else 422, own=True)
    messages.success(request, _("Your answer has been sent."))
    return redirect("today")


def _points(request: HttpRequest, review_id: int) -> dict[str, int]:
    """The points typed, by item; an empty field is an item that does not apply. Raises `Invalid` for what is no whole number."""
    found = reviewing.find(person(request), review_id, "")
    typed = {item.code: request.POST.get(f"points.{item.code}", "").strip() for item in (found.card if found else ())}
    wrong = [code for code, text in typed.items() if text and not (text.isdecimal() and len(text) < 5)]
    if wrong:
        said = Words("分数要填整数。", "Points are whole numbers.")
        raise Invalid(
            *(
                Problem("review.number", said, Words("不适用的留空。", "Leave empty what does not apply."), Place(key=code))
                for code in wrong
            )
        )
    return {code: int(text) for code, text in typed.items() if text}


def _words(request: HttpRequest) -> str:
    return request.POST.get("words", "").strip()[:_LONGEST]


def _following(request: HttpRequest) -> HttpResponse:
    """On to the next record that waits, else back to the queue."""
    staff = person(request)
    found = reviewing.next_waiting(staff)
    return redirect("review", found) if found else redirect("reviews")


def _page(
    request: HttpRequest, review_id: int, problems: tuple[Problem, ...] = (), status: int = 200, *, own: bool = False
) -> HttpResponse:
    staff, language = person(request), get_language() or ""
    found = reviewing.find(staff, review_id, language)
    if found is None or (own and found.review.staff_id != staff.pk):
        raise Http404
    wrong = {problem.place.key: problem.what.say(language) for problem in problems if problem.place.key}
    given = {key: request.POST.get(f"points.{key}", "") for key in (item.code for item in found.card)} if problems else found.review.points
    context = {
        "found": found, "review": found.review, "record": found.record, "problems": problems, "own": own,
        "items": [(item, given.get(item.code, ""), wrong.get(item.code, "")) for item in found.card],
        "remarks": found.review.remarks.select_related("by"), "typed": request.POST.get("words", ""),
        "feedback": found.record.feedback.order_by("pk"), "mine": found.review.staff_id == staff.pk,
    }  # fmt: skip
    return render(request, "web/review.html", context, status=status)
