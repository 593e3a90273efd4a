"""What the team knows: searching, reading, writing, and the answers beside a call."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huifang.app import access, business_clock
from huifang.app.queries import knowledge as queries
from huifang.app.records.models import Article
from huifang.app.services import knowledge as service
from huifang.app.web.guard import needs, person
from huifang.domain.errors import Conflict, Invalid, Problem

_BESIDE = 6


@require_safe
@needs(access.SEE_KNOWLEDGE)
def knowledge(request: HttpRequest) -> HttpResponse:
    """Search and list, by tag where one is chosen."""
    staff, text, tag = person(request), request.GET.get("q", "")[:80], request.GET.get("tag", "")[:24]
    retired = "retired" in request.GET and access.may(staff, access.WRITE_KNOWLEDGE)
    context = {
        "q": text, "tag": tag, "retired": retired, "found": queries.search(staff, text, tag, retired=retired), "tags": queries.tags(staff),
        "may_write": access.may(staff, access.WRITE_KNOWLEDGE),
    }  # fmt: skip
    return render(request, "web/knowledge/list.html", context)


@require_safe
@needs(access.SEE_KNOWLEDGE)
def beside(request: HttpRequest) -> HttpResponse:
    """The best few articles for what is asked in a call, each with its whole text."""
    text = request.GET.get("q", "")[:80]
    found = queries.search(person(request), text, most=_BESIDE) if text.strip() else ()
    return render(request, "web/knowledge/beside.html", {"q": text.strip(), "found": found})


@require_safe
@needs(access.SEE_KNOWLEDGE)
def article(request: HttpRequest, article_id: int) -> HttpResponse:
    """One article."""
    staff = person(request)
    return render(
        request,
        "web/knowledge/article.html",
        {"article": _found(request, article_id), "may_write": access.may(staff, access.WRITE_KNOWLEDGE)},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(access.WRITE_KNOWLEDGE)
def edit(request: HttpRequest, article_id: int | None = None) -> HttpResponse:
    """Write a new article or change one; 422 with what is wrong beside the fields, 409 where somebody was quicker."""
    staff, now = person(request), business_clock.now()
    old = _found(request, article_id) if article_id is not None else None
    if request.method != "POST":
        return _form(request, old, _kept(old) if old else {})
    values = {name: request.POST.get(name, "") for name in ("title", "words", "tags", "branch", "version")}
    form = service.ArticleForm(
        values["title"], values["words"], service.tags_of(values["tags"]), _number(values["branch"]) or None, _number(values["version"])
    )
    try:
        kept = service.write(staff, article_id, form, now)
    except Invalid as error:
        return _form(request, old, values, error.problems, 422)
    except Conflict as error:
        return _form(request, old, {**values, "version": old.version if old else 0}, error.problems, 409)
    messages.success(request, _("Saved."))
    return redirect("article", kept.pk)


@require_POST
@needs(access.WRITE_KNOWLEDGE)
def retire(request: HttpRequest, article_id: int) -> HttpResponse:
    """Take an article out of every search, or put it back."""
    kept = service.retire(person(request), article_id, business_clock.now(), again="again" in request.POST)
    return redirect("article", kept.pk)


def _found(request: HttpRequest, article_id: int) -> Article:
    found = access.articles_for(person(request)).select_related("branch", "changed_by").filter(pk=article_id).first()
    if found is None or (found.retired_at and not access.may(person(request), access.WRITE_KNOWLEDGE)):
        raise Http404
    return found


def _form(
    request: HttpRequest, old: Article | None, values: Mapping[str, object], problems: tuple[Problem, ...] = (), status: int = 200
) -> HttpResponse:
    language = get_language() or ""
    wrong = {each.place.key: each.what.say(language) for each in problems if each.place.key}
    context = {
        "article": old,
        "values": values,
        "wrong": wrong,
        "problems": [each for each in problems if not each.place.key],
        "branches": access.branches_for(person(request)).order_by("code"),
        "known": [tag for tag, _times in queries.tags(person(request))][:30],
    }
    return render(request, "web/knowledge/edit.html", context, status=status)


def _kept(old: Article) -> dict[str, object]:
    return {"title": old.title, "words": old.words, "tags": "，".join(old.tags), "branch": old.branch_id, "version": old.version}


def _number(text: object) -> int:
    said = str(text)
    return int(said) if said.isdecimal() and len(said) < 18 else 0
