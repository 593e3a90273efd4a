"""Required reading: one's own, the table of who lacks what, and the training record on paper."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from huifang.app import access, business_clock
from huifang.app.business_time import business_day
from huifang.app.queries import training as queries
from huifang.app.records.models import Article, Training, TrainingRecord
from huifang.app.services import training as services
from huifang.app.services.notices import read_about
from huifang.app.web import picking
from huifang.app.web.guard import needs, person
from huifang.domain.errors import Invalid, Problem
from huifang.domain.training import quiz_of


@require_safe
@needs(access.SEE_KNOWLEDGE)
def training(request: HttpRequest) -> HttpResponse:
    """One's own required reading; for those who write articles, who lacks what."""
    staff, today = person(request), business_day(business_clock.now())
    choice = picking.branches(staff)
    branch = picking.branch_of(request, choice)
    writes = access.may(staff, access.WRITE_KNOWLEDGE)
    context = {
        "mine": queries.mine(staff, today), "branches": choice, "branch": branch, "may_write": writes,
        "table": queries.table(staff, branch, today) if writes else None,
    }  # fmt: skip
    return render(request, "web/training/list.html", context)


@require_safe
@needs(access.WRITE_KNOWLEDGE)
def sheet(request: HttpRequest) -> HttpResponse:
    """The training record on paper, with lines to sign."""
    staff, today = person(request), business_day(business_clock.now())
    branch = picking.branch_of(request, picking.branches(staff))
    return render(request, "web/training/sheet.html", {"table": queries.table(staff, branch, today), "branch": branch, "today": today})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(access.SEE_KNOWLEDGE)
def one(request: HttpRequest, article_id: int) -> HttpResponse:
    """Read one, answer its questions, confirm; 422 where an answer is wrong."""
    staff, now = person(request), business_clock.now()
    found = _required(request, article_id)
    wrong: tuple[int, ...] = ()
    answers = {number: request.POST.get(f"q.{number}", "") for number in range(len(quiz_of(found.quiz)))}
    if request.method == "POST":
        wrong = services.confirm(staff, article_id, answers, now)
        if not wrong:
            messages.success(request, _("Confirmed. It stands in your training record."))
            return redirect("training")
    read_about(staff, f"training:{article_id}", now)
    done = TrainingRecord.objects.filter(staff=staff, article=article_id, version=found.article.version, confirmed_at__isnull=False).first()
    quiz = [(number, question, answers[number], number in wrong) for number, question in enumerate(quiz_of(found.quiz))]
    context = {"training": found, "article": found.article, "quiz": quiz, "done": done, "wrong": wrong}
    return render(request, "web/training/one.html", context, status=422 if wrong else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(access.WRITE_KNOWLEDGE)
def setup(request: HttpRequest, article_id: int) -> HttpResponse:
    """Say who must read an article, by when, and with which questions; 422 with what is wrong."""
    staff, given = person(request), request.POST
    article = access.articles_for(staff).filter(pk=article_id, retired_at=None).first()
    if article is None:
        raise Http404
    if request.method != "POST":
        return _setup(request, article)
    try:
        due = services.check_due(given.get("due", ""))
        made = services.ask(staff, article_id, given.getlist("roles"), given.get("quiz", "")[:4000], due, business_clock.now())
    except Invalid as error:
        return _setup(request, article, error.problems)
    messages.success(request, _("Required reading from now on; the people have been told.") if made else _("No longer required reading."))
    return redirect("training")


def _setup(request: HttpRequest, article: Article, problems: tuple[Problem, ...] = ()) -> HttpResponse:
    kept = Training.objects.filter(article=article).first() or Training(article=article)
    context = {
        "article": article, "kept": kept, "problems": problems, "quiz": request.POST.get("quiz", "") if problems else kept.quiz,
        "roles": [(role.value, role.label, role.value in kept.roles) for role in queries.ROLES],
    }  # fmt: skip
    return render(request, "web/training/setup.html", context, status=422 if problems else 200)


def _required(request: HttpRequest, article_id: int) -> Training:
    shown = access.articles_for(person(request)).filter(retired_at=None).values("pk")
    found = Training.objects.filter(article__in=shown.filter(pk=article_id)).select_related("article").first()
    if found is None:
        raise Http404
    return found
