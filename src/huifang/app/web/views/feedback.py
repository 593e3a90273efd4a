"""Feedback: the list, the questions of the reader, one statement, what belongs together, topics ranked, and the tree of topics."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Literal

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huifang.analytics.feedback.topics import TopicTree
from huifang.app import access, business_clock
from huifang.app.business_time import business_day
from huifang.app.queries import feedback as read
from huifang.app.records.models import Feedback, Staff
from huifang.app.services import feedback as work
from huifang.app.services import feedback_cases, feedback_topics
from huifang.app.web import pareto, picking
from huifang.app.web.guard import needs, person
from huifang.domain.errors import Conflict, Invalid, NotAllowed, PlaybookError, Problem

_PERIODS = (30, 90, 365)


def tabs(staff: Staff, here: str) -> dict[str, Any]:
    """What the tabs of every feedback page need: where one is, which of them one may open, how many statements wait to be decided."""
    decides = access.may(staff, access.DECIDE_FEEDBACK)
    return {
        "here": here, "may_decide": decides, "asking": read.asking(staff).count() if decides else 0,
        "may_edit": access.may(staff, access.EDIT_TOPICS), "may_connect": access.may(staff, access.MANAGE_CHANNELS),
    }  # fmt: skip


def _choices(tree: TopicTree) -> list[tuple[str, str]]:
    language = get_language() or ""
    return [(key, tree.title_of(key, language)) for key in tree.keys]


def _lines(rows: Sequence[Feedback], tree: TopicTree) -> list[dict[str, Any]]:
    language = get_language() or ""
    return [{"row": row, "topic": tree.title_of(row.topic, language), "tone": read.TONES[row.kind]} for row in rows]


@require_safe
@needs(access.SEE_FEEDBACK)
def feedback(request: HttpRequest) -> HttpResponse:
    """The list, newest first, by kind, topic, urgency, and whether the reader was unsure."""
    staff, tree, given = person(request), feedback_topics.tree_in_force(), request.GET
    days = picking.number_of(request, "days")
    first = business_day(business_clock.now()) - timedelta(days=days - 1) if days in _PERIODS else None
    wanted = read.Filters(
        given.get("kind", ""), given.get("topic", ""), picking.number_of(request, "urgency") or 0, given.get("unsure") == "1",
        picking.number_of(request, "group") or 0, picking.number_of(request, "branch") or 0, first, picking.after_of(request),
        given.get("loose") == "1",
    )  # fmt: skip
    page = read.feedback_page(staff, wanted)
    kept = {name: str(value) for name, value in given.items() if name != "after" and value}
    context = {
        "lines": _lines(page.rows, tree), "following": urlencode(kept | {"after": page.after}) if page.after else "",
        "wanted": wanted, "kinds": Feedback.Kind.choices, "topics": _choices(tree), "narrowed": bool(kept), "group": wanted.group,
        "days": days, "periods": _PERIODS,
    }  # fmt: skip
    return render(request, "web/feedback/list.html", context | tabs(staff, "list"))


@require_safe
@needs(access.DECIDE_FEEDBACK)
def asks(request: HttpRequest) -> HttpResponse:
    """The first statement the reader is unsure of, to be decided with one key."""
    row = read.asking(person(request)).first()
    return render(request, "web/feedback/one.html", _page(request, row) | {"asks": True, "here": "asks"})


@require_safe
@needs(access.SEE_FEEDBACK)
def one(request: HttpRequest, feedback_id: int) -> HttpResponse:
    """One statement: its first words, why it was read so, what it belongs to."""
    return render(request, "web/feedback/one.html", _page(request, _found(request, feedback_id)))


def _found(request: HttpRequest, feedback_id: int) -> Feedback:
    row = read.one_of(person(request), feedback_id)
    if row is None:
        raise Http404
    return row


def _page(request: HttpRequest, row: Feedback | None, problems: tuple[Problem, ...] = ()) -> dict[str, Any]:
    staff, tree = person(request), feedback_topics.tree_in_force()
    context: dict[str, Any] = {
        "row": row, "problems": problems, "topics": _choices(tree),
        "keys": [("complaint", "1", _("Complaint")), ("suggestion", "2", _("Suggestion")), ("praise", "3", _("Praise"))],
        **tabs(staff, "one"),
    }  # fmt: skip
    if row is not None:
        language = get_language() or ""
        context |= {
            "tone": read.TONES[row.kind], "topic": tree.title_of(row.topic, language),
            "read_topic": tree.title_of(row.read_topic, language),
            "read_kind": Feedback.Kind(row.read_kind).label if row.read_kind else "", "stray": row.topic and row.topic not in tree.topics,
            "case": feedback_cases.case_of(row),
            "beside": _lines(read.beside(staff, row), tree), "near": _lines(read.near(staff, row), tree),
        }  # fmt: skip
    known = row is not None and row.customer_id is not None and row.state != "nothing"
    if row is not None and known and context["case"] is None and access.may(staff, access.HANDLE_CASES):
        language = get_language() or ""
        context |= {
            "case_kinds": [(key, title.say(language)) for key, title in feedback_cases.kinds_of_case().items()],
            "open_cases": access.cases_for(staff).filter(customer=row.customer_id).exclude(state="closed").order_by("-pk")[:10],
        }
    return context


@require_POST
@needs(access.DECIDE_FEEDBACK)
def decide(request: HttpRequest, feedback_id: int) -> HttpResponse:
    """Say what a statement is; 422 for a choice there is not. Goes on to the next question where it came from there."""
    row = _found(request, feedback_id)
    kind, topic = request.POST.get("kind", ""), request.POST.get("topic", "")
    try:
        work.decide(person(request), row.pk, kind, topic, business_clock.now())
    except Invalid as error:
        return render(request, "web/feedback/one.html", _page(request, row, error.problems), status=422)
    messages.success(request, _("Entered."))
    return redirect("feedback-asks") if request.POST.get("from") == "asks" else redirect("feedback-one", row.pk)


@require_POST
@needs(access.DECIDE_FEEDBACK)
def join(request: HttpRequest, feedback_id: int) -> HttpResponse:
    """Join with another statement (`other`), or take out of its group; 422 where that cannot be."""
    row, other = _found(request, feedback_id), request.POST.get("other", "")
    try:
        if other:
            work.join(person(request), row.pk, int(other) if other.isdecimal() and len(other) < 19 else 0, business_clock.now())
        else:
            work.split(person(request), row.pk, business_clock.now())
    except (Invalid, NotAllowed) as error:
        return render(request, "web/feedback/one.html", _page(request, row, error.problems), status=422)
    return redirect("feedback-one", row.pk)


@require_POST
@needs(access.HANDLE_CASES)
def case(request: HttpRequest, feedback_id: int) -> HttpResponse:
    """Open a case of a `kind` for a statement, or add it to one that is open (`number`); 422 where that cannot be."""
    row, number = _found(request, feedback_id), request.POST.get("number", "")
    try:
        if number:
            found = feedback_cases.add_to(person(request), row.pk, number, business_clock.now())
        else:
            found = feedback_cases.open_for(person(request), row.pk, request.POST.get("kind", ""), business_clock.now())
    except (Invalid, Conflict) as error:
        return render(request, "web/feedback/one.html", _page(request, row, error.problems), status=422)
    messages.success(request, _("Entered."))
    return redirect("case", found.number)


@require_safe
@needs(access.SEE_FEEDBACK)
def groups(request: HttpRequest) -> HttpResponse:
    """Matters that several statements speak of."""
    staff, tree = person(request), feedback_topics.tree_in_force()
    found = read.groups(staff)
    lines = _lines([each.shown for each in found], tree)
    context = {"lines": [line | {"group": each} for line, each in zip(lines, found, strict=True)]}
    return render(request, "web/feedback/groups.html", context | tabs(staff, "groups"))


@require_safe
@needs(access.SEE_FEEDBACK)
def topics(request: HttpRequest) -> HttpResponse:
    """Topics by how often they are named or how much they weigh: a chart, the table beside it, each line a way to its statements."""
    staff, tree, language = person(request), feedback_topics.tree_in_force(), get_language() or ""
    today = business_day(business_clock.now())
    days = picking.number_of(request, "days")
    days = days if days in _PERIODS else 90
    choice = picking.branches(staff)
    branch = picking.branch_of(request, choice)
    by: Literal["number", "weight"] = "weight" if request.GET.get("by") == "weight" else "number"
    kind = request.GET.get("kind", "complaint")
    first = today - timedelta(days=days - 1)
    model = read.last_model()
    rows = read.topics_ranked(staff, first, today, branch.pk if branch else 0, kind, by)
    wanted: dict[str, str | int] = {"days": days, "kind": kind if kind in Feedback.Kind.values else ""}
    if branch:
        wanted["branch"] = branch.pk
    bars = [
        pareto.Bar(
            tree.title_of(row.topic, language) or _("No topic"), row.number if by == "number" else round(row.weight), row.so_far,
            f"{reverse('feedback')}?{urlencode(wanted | {'topic': row.topic or 'none'})}",
        )
        for row in rows
    ]  # fmt: skip
    against = read.measures_against(staff, tree, [row.topic for row in rows])
    begin = f"{reverse('measures')}?" if access.may(staff, access.MANAGE_MEASURES) else ""
    measures = [
        (against.get(row.topic, []), f"{begin}{urlencode({'cause': bar.title})}#h-new" if begin else "")
        for row, bar in zip(rows, bars, strict=True)
    ]
    context = {
        "lines": list(zip(rows, bars, measures, strict=True)), "chart": pareto.chart(_("Topics"), bars[:12]), "days": days,
        "periods": _PERIODS, "branches": choice, "branch": branch, "kind": kind, "kinds": Feedback.Kind.choices, "by": by,
        "first": first, "today": today,
        "model": model, "reader": read.reader_in_use(model),
    }  # fmt: skip
    return render(request, "web/feedback/topics.html", context | tabs(staff, "topics"))


@require_http_methods(["GET", "POST"])
@needs(access.EDIT_TOPICS)
def tree(request: HttpRequest) -> HttpResponse:
    """The business's own tree of topics as text; 422 with every fault and its line."""
    text, problems = request.POST.get("text", ""), ()
    if request.method == "POST":
        try:
            kept = feedback_topics.keep_tree(person(request), text, business_clock.now())
        except PlaybookError as error:
            context = {"text": text, "problems": error.problems, **tabs(person(request), "tree")}
            return render(request, "web/feedback/tree.html", context, status=422)
        messages.success(request, _("Entered.") if kept else _("Nothing has changed."))
        return redirect("feedback-tree")
    context = {"text": feedback_topics.text_in_force(), "problems": problems, **tabs(person(request), "tree")}
    return render(request, "web/feedback/tree.html", context)
