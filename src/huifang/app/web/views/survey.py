"""The customer's page: a questionnaire behind a link. No sign-in and no cookie; a GET records nothing, and no script is needed."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from huifang.app import business_clock
from huifang.app.business_time import business_day
from huifang.app.formats import chinese
from huifang.app.queries.asking_together import typed
from huifang.app.records.models import PlaybookVersion
from huifang.app.services import rate_limits, survey_answers, survey_files, survey_links
from huifang.app.services.answer_files import Upload
from huifang.app.services.survey_answers import Form
from huifang.app.services.survey_links import Standing, hash_of
from huifang.app.translations import own_words, told
from huifang.app.web import asking, survey_page
from huifang.app.web.sealed_uploads import SealingHandler
from huifang.app.web.survey_page import FormKey, Step
from huifang.domain.answer_files import MOST_BYTES
from huifang.domain.errors import Conflict, Invalid, Problem
from huifang.domain.languages import CHINESE, ENGLISH, accepted, direction, fitting, name_of
from huifang.playbooks.answering import take

THEMES = ("system", "light", "dark")
MISSES, SENDINGS, SENDINGS_OF_A_PLACE = 30, 120, 600
"""In ten minutes: links that do not exist, forms of one link, forms from one address."""
_STATUS = {"answered": 200, "expired": 410, "closed": 410, "unknown": 404, "many": 429}


@login_not_required
@csrf_exempt  # the token is what authorises; no cookie and no session take part
@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: HttpRequest, survey_token: str) -> HttpResponse:
    """Show a page of the questionnaire, or take the answers of one."""
    request.upload_handlers, now = [SealingHandler(request, MOST_BYTES)], business_clock.now()
    link = _found(request, survey_token)
    if isinstance(link, HttpResponse):
        return link
    form = FormKey.read(request.POST.get("p", "") or request.GET.get("p", ""))
    if form is not None:
        link = survey_answers.begun(link, PlaybookVersion.objects.filter(pk=form.version_id).first(), now)
    with translation.override(own_words(_language(request, link))):
        if link.state != "open":
            return _state(request, link, link.state)
        part = survey_answers.part_of(link, form.number if form else "")
        if part is not None and part.used:
            return _state(request, link, "answered")
        if part is not None and part.playbook_version is not None:
            link = survey_answers.begun(link, part.playbook_version, now)
        if link.version is None:
            return _state(request, link, "closed")
        form = form or FormKey.new(link.version.pk, now)
        return _take(request, link, form) if request.method == "POST" else _show(request, link, form)


@login_not_required
@require_safe
def thanks(request: HttpRequest, survey_token: str) -> HttpResponse:
    """The answers are in."""
    link = _found(request, survey_token)
    if isinstance(link, HttpResponse):
        return link
    with translation.override(own_words(_language(request, link))):
        return _state(request, link, "answered")


def _found(request: HttpRequest, token: str) -> Standing | HttpResponse:
    """The link of a token, or the page that says there is none; who guesses too often is stopped for a while."""
    now = business_clock.now()
    if rate_limits.exhausted("survey-miss", _address(request), MISSES, now):
        return _state(request, None, "many")
    link = survey_links.find(token, now)
    if link is None:
        rate_limits.within("survey-miss", _address(request), MISSES, now)
        return _state(request, None, "unknown")
    return link


def _take(request: HttpRequest, link: Standing, form: FormKey) -> HttpResponse:
    """Keep the page that was sent, then go where its button says."""
    now, go = business_clock.now(), request.POST.get("go", "on")
    most = SENDINGS if link.invitation.customer_id else 10 * SENDINGS
    allowed = rate_limits.within("survey-link", hash_of(link.invitation.token), most, now)
    if not (allowed and rate_limits.within("survey-place", _address(request), SENDINGS_OF_A_PLACE, now)):
        return _state(request, link, "many")
    number, language = _number(request.POST.get("page", "")), _language(request, link)
    here = survey_page.step(link, _draw(link, form), number, {}, {}, business_day(now), language)
    what = Form(form.number, language, max(0.0, now.timestamp() - form.since))
    try:
        kept, wrong = _kept(request, link, what, here)
    except Conflict:
        return _state(request, link, "answered")
    kept, unfit = _files(request, link, what, here, kept)
    wrong |= unfit
    if unfit:
        return _show(request, link, form, here.number, kept, wrong, status=422)
    if go == "keep":
        return HttpResponse(status=422 if wrong else 204)
    if go != "on":
        return _turn(request, link, form, go, here, kept)
    wrong = _missing(link, kept, frozenset(question.key for question in here.questions), language) | wrong
    if wrong:
        return _show(request, link, form, here.number, kept, wrong, status=422)
    after = survey_page.step(link, _draw(link, form), here.number, kept, {}, business_day(now), language).after
    return _send(request, link, form, what, kept) if after is None else redirect(_url(request, link, form, after))


def _kept(request: HttpRequest, link: Standing, what: Form, here: Step) -> tuple[dict[str, Any], dict[str, str]]:
    """All answers there are after this page, and what is wrong with the page's."""
    posted = asking.read(survey_page.page_only(link, here.questions), request.POST)
    keys = frozenset(question.key for question in here.questions)
    try:
        return survey_answers.save_part(link, what, posted, keys, business_clock.now()), {}
    except Invalid as error:
        kept = survey_answers.answers_in(survey_answers.part_of(link, what.key)) | posted
        return kept, {problem.place.key: told(problem, what.language) for problem in error.problems}


def _files(request: HttpRequest, link: Standing, what: Form, here: Step, kept: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """All answers after the page's files, each kept by itself, and what is wrong with them; the button ``drop:photo`` takes one back."""
    unfit: dict[str, str] = {}
    for question in here.questions:
        file = request.FILES.get(f"q.{question.key}")
        dropped = request.POST.get("go") == f"drop:{question.key}"
        if question.type == "file" and (dropped or isinstance(file, UploadedFile)):
            upload = Upload(file.name or "", file.size or 0, file.chunks()) if isinstance(file, UploadedFile) and not dropped else None
            try:
                kept.pop(question.key, None)
                kept |= survey_files.keep_file(link, what, question.key, upload, business_clock.now())
            except Invalid as error:
                unfit[question.key] = " ".join(_both(one, what.language) for one in error.problems)
    return kept, unfit


def _both(problem: Problem, language: str) -> str:
    """What is wrong with a file and what helps, where the page says both."""
    words = told(problem, language)
    return f"{words} {problem.remedy.say(language)}" if words == problem.what.say(language) else words


def _send(request: HttpRequest, link: Standing, form: FormKey, what: Form, kept: dict[str, Any]) -> HttpResponse:
    """Send everything off; back to the page of the first question that still needs an answer."""
    try:
        survey_answers.submit(link, what, business_clock.now())
    except Invalid as error:
        wrong = {problem.place.key: told(problem, what.language) for problem in error.problems}
        first = survey_page.page_of(link, _draw(link, form), next(iter(wrong)))
        return _show(request, link, form, first, kept, wrong, status=422)
    except Conflict:
        return _state(request, link, "closed")
    return redirect(f"{reverse('survey-thanks', args=[link.invitation.token])}?{urlencode({'lang': what.language})}")


def _turn(request: HttpRequest, link: Standing, form: FormKey, go: str, here: Step, kept: dict[str, Any]) -> HttpResponse:
    """Back a page, another language, another theme: what was typed is kept first."""
    what, _, value = go.partition(":")
    language = (fitting(value, _offered(link)) if what == "lang" else None) or _language(request, link)
    before = survey_page.step(link, _draw(link, form), here.number, kept, {}, business_clock.today(), language).before
    to = before if what == "back" and before is not None else here.number
    theme = value if what == "theme" and value in THEMES else _theme(request)
    return redirect(_url(request, link, form, to, language, theme))


def _missing(link: Standing, kept: dict[str, Any], keys: frozenset[str], language: str) -> dict[str, str]:
    taken = take(link.questionnaire, typed(link.questionnaire, kept), business_clock.today())
    return {one.place.key: told(one, language) for one in taken.problems if one.place.key in keys}


def _show(
    request: HttpRequest, link: Standing, form: FormKey, number: int | None = None, answers: dict[str, Any] | None = None,
    wrong: dict[str, str] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    language, day = _language(request, link), business_clock.today()
    if answers is None:
        answers = survey_answers.answers_in(survey_answers.part_of(link, form.number))
        number = _number(request.GET.get("page", ""))
    step = survey_page.step(link, _draw(link, form), number, answers, wrong or {}, day, language)
    about = _about(request, link) | {
        "step": step, "form_key": form.text, "first": step.before is None, "wrong": wrong, "done": step.number, "pages": step.of,
        "takes_files": any(line.kind == "file" for line in step.lines), "most": MOST_BYTES // 1024**2,
    }  # fmt: skip
    return render(request, "web/survey/page.html", about, status=status)


def _state(request: HttpRequest, link: Standing | None, state: str) -> HttpResponse:
    return render(request, "web/survey/state.html", _about(request, link) | {"state": state}, status=_STATUS[state])


def _about(request: HttpRequest, link: Standing | None) -> dict[str, Any]:
    asked = link.questionnaire if link is not None and link.playbook is not None else None
    language = _language(request, link)
    return {
        "link": link, "asked": asked, "language": language, "direction": direction(language), "own": own_words(language),
        "own_direction": direction(own_words(language)),
        "others": [(tag, name_of(tag), direction(tag)) for tag in _offered(link) if tag != language], "theme": _theme(request),
        "organisation": link.invitation.branch.name if link is not None and link.invitation.branch else "",
        "tablet": link is not None and link.invitation.kind == "tablet", "again": link is not None and link.invitation.kind != "personal",
    }  # fmt: skip


def _url(request: HttpRequest, link: Standing, form: FormKey, page: int, language: str = "", theme: str = "") -> str:
    query: dict[str, str | int] = {
        "p": form.text,
        "page": page,
        "lang": language or _language(request, link),
        "theme": theme or _theme(request),
    }
    return f"{reverse('survey', args=[link.invitation.token])}?{urlencode(query)}"


def _draw(link: Standing, form: FormKey) -> str:
    """What a drawn order hangs on: the link of a named customer, so that another device shows the same; else the form."""
    return form.number if link.nameless else str(link.invitation.pk)


def _offered(link: Standing | None) -> tuple[str, ...]:
    """The languages in which the questionnaire is written."""
    return (CHINESE, ENGLISH, *(link.playbook.languages if link is not None and link.playbook is not None else ()))


def _language(request: HttpRequest, link: Standing | None) -> str:
    """The language that was asked for on the page, else the customer's, else the browser's: the first that fits one of those offered."""
    customer = link.invitation.customer if link else None
    known = customer.language if customer else ""
    wanted = [request.POST.get("lang") or request.GET.get("lang", ""), known, *accepted(request.headers.get("Accept-Language", ""))]
    found = next((tag for each in wanted if each and (tag := fitting(each, _offered(link)))), None)
    return found or (ENGLISH if known and not chinese(known) else CHINESE)


def _theme(request: HttpRequest) -> str:
    said = request.POST.get("theme") or request.GET.get("theme") or request.COOKIES.get("theme", "")
    return said if said in THEMES else "system"


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 4 else None


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))
