"""Questionnaires for the team: which are asked, links and devices to give away, what was answered, files of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import segno
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huifang.app import business_clock
from huifang.app.access import EXPORT, SEE_RESULTS, SEE_SURVEYS, WORK, links_for, may
from huifang.app.queries.playbooks import in_force
from huifang.app.queries.survey_picks import WAYS, Choice, Slice
from huifang.app.queries.survey_results import Results
from huifang.app.queries.survey_results import files as files_of
from huifang.app.queries.survey_results import results as results_of
from huifang.app.records.models import AnswerFile, Branch, ExportRequest, SurveyInvitation
from huifang.app.reports.survey_files import WRITERS
from huifang.app.services import export_requests, exports, survey_links
from huifang.app.web import picking
from huifang.app.web.guard import needs, person
from huifang.app.web.large_files import Asking, asking
from huifang.app.web.survey_charts import gap_chart, shares
from huifang.app.web.survey_downloads import asked as asked_of
from huifang.app.web.survey_downloads import can_be_taken, choice_of, download
from huifang.domain.answer_marks import MARK_WORDS, Mark
from huifang.domain.errors import Invalid
from huifang.domain.survey_scores import Estimate
from huifang.playbooks.answering import bounds
from huifang.playbooks.schema import Playbook, Question
from huifang.playbooks.tallying import Tally


@dataclass(frozen=True, slots=True)
class Block:
    """One question of the results page."""

    question: Question
    answered: int
    figure: str
    about: str
    chart: SafeString
    rows: tuple[tuple[str, str, str], ...]
    words: tuple[str, ...]
    withheld: bool
    files: tuple[AnswerFile, ...]


@require_safe
@needs(SEE_SURVEYS)
def surveys(request: HttpRequest) -> HttpResponse:
    """The questionnaires of the playbooks in force, and the links that are open."""
    staff = person(request)
    links = (
        links_for(staff).filter(state=SurveyInvitation.State.OPEN, expires_at__gt=business_clock.now()).select_related("survey", "branch")
    )
    titles = _titles()
    about = {
        "books": [one.playbook for one in in_force() if one.playbook.questionnaires],
        "given": [(one, _title(one, titles)) for one in links.order_by("-pk")[:100]],
        "gives": may(staff, WORK), "sees": may(staff, SEE_RESULTS), "branches": picking.branches(staff),
    }  # fmt: skip
    return render(request, "web/surveys/list.html", about)


@require_POST
@needs(WORK)
def make(request: HttpRequest, playbook: str, questionnaire: str) -> HttpResponse:
    """Make a link. A device that is handed over is signed out: whoever holds it has the questionnaire and nothing else."""
    kind, code, branch = request.POST.get("kind", "open"), request.POST.get("customer", "").strip(), request.POST.get("branch", "")
    made = survey_links.hand_out(
        person(request), playbook, questionnaire, kind, business_clock.now(), customer_code=code if kind == "personal" else "",
        branch_id=int(branch) if branch.isdecimal() else None,
    )  # fmt: skip
    if kind == "tablet":
        logout(request)
        return redirect("survey", made.token)
    return _shown(request, made) if kind == "personal" else redirect("survey-link", made.pk)


@require_safe
@needs(SEE_SURVEYS)
def link(request: HttpRequest, link_id: int) -> HttpResponse:
    """An open link with its code."""
    return _shown(request, get_object_or_404(links_for(person(request)).select_related("survey", "branch"), pk=link_id))


def _shown(request: HttpRequest, made: SurveyInvitation) -> HttpResponse:
    address = survey_links.address_of(made) or request.build_absolute_uri(f"/s/{made.token}/")
    code = mark_safe(segno.make(address, error="m").svg_inline(border=2, dark="#000", light="#fff", svgclass="to-scan", omitsize=True))  # noqa: S308  # nosec B308 B703 # drawn here
    about = {"link": made, "address": address, "code": code, "title": _title(made, _titles()), "gives": may(person(request), WORK)}
    return render(request, "web/surveys/link.html", about)


def _titles() -> dict[tuple[str, str], str]:
    """Playbook and questionnaire → the title of every questionnaire in force. One query."""
    language = get_language() or "zh-hans"
    books = [one.playbook for one in in_force()]
    return {(book.playbook, key): asked.title.say(language) for book in books for key, asked in book.questionnaires.items()}


def _title(made: SurveyInvitation, titles: Mapping[tuple[str, str], str]) -> str:
    return titles.get((made.survey.playbook, made.survey.questionnaire), made.survey.questionnaire)


@require_POST
@needs(WORK)
def close(request: HttpRequest, link_id: int) -> HttpResponse:
    """Close an open link."""
    survey_links.close(person(request), link_id, business_clock.now())
    messages.success(request, _("The link is closed."))
    return redirect("surveys")


@require_safe
@needs(SEE_RESULTS)
def results(request: HttpRequest, playbook: str, questionnaire: str) -> HttpResponse:
    """What was answered."""
    book, asked, key = *asked_of(playbook, questionnaire), questionnaire
    choice, language = choice_of(request.GET), get_language() or "zh-hans"
    found = results_of(person(request), book, key, choice, business_clock.today())
    lows = [bounds(one) for one in asked.questions if one.side]
    chart = gap_chart(
        _("Expected and found, by dimension"), [(row.dimension, row) for row in found.gaps], min((low for low, _high in lows), default=1),
        max((high for _low, high in lows), default=5),
    )  # fmt: skip
    alone = may(person(request), EXPORT) and 0 < found.answered <= exports.ALONE
    given = files_of(person(request), book, key) if not found.protected and any(one.type == "file" for one in asked.questions) else []
    about = {
        "book": book, "key": key, "asked": asked, "found": found, "choice": choice,
        "blocks": [_block(one, found, language, given) for one in found.tallies],
        "gap_chart": chart, "ways": _ways(), "marks": [(MARK_WORDS[Mark(mark)].say(language), count) for mark, count in found.marks],
        "files": list(WRITERS) if alone and can_be_taken(found, choice) else [],
        "query": _query(choice),
        "asking": _asking(request, book, key, found, choice), "most": exports.ALONE,
        "lines": _lines(found, choice),
    }  # fmt: skip
    return render(request, "web/surveys/results.html", about)


@require_safe
@needs(EXPORT)
def file(request: HttpRequest, playbook: str, questionnaire: str, ending: str) -> HttpResponseBase:
    """What the page shows, line by line; noted in the audit trail."""
    book, _asked_for = asked_of(playbook, questionnaire)
    if ending not in WRITERS:
        raise Http404
    staff = person(request)
    found = results_of(staff, book, questionnaire, choice_of(request.GET), business_clock.today())
    if not can_be_taken(found, choice_of(request.GET)):
        raise Http404
    exports.note(staff, playbook, questionnaire, found.first, found.last, found.answered, ending)
    return download(staff, book, questionnaire, choice_of(request.GET), ending)


@require_POST
@needs(EXPORT)
def ask(request: HttpRequest, playbook: str, questionnaire: str, ending: str) -> HttpResponse:
    """Ask for a file of more answers than one person may take out; back to the page."""
    book, _asked_for = asked_of(playbook, questionnaire)
    if ending not in WRITERS:
        raise Http404
    staff, choice = person(request), choice_of(request.GET)
    found = results_of(staff, book, questionnaire, choice, business_clock.today())
    if not can_be_taken(found, choice):
        raise Http404
    try:
        export_requests.ask(
            staff, _wanted(book, questionnaire, found, choice, _branch(choice), ending), found.answered, business_clock.now()
        )
        messages.success(request, _("Asked. You are told as soon as somebody has decided."))
    except Invalid as error:
        messages.error(request, error.say(get_language() or ""))
    return redirect(f"{reverse('survey-results', args=[playbook, questionnaire])}?{_query(choice)}")


def _branch(choice: Choice) -> Branch | None:
    return Branch.objects.filter(pk=int(choice.branch)).first() if choice.branch.isdecimal() else None


def _wanted(
    book: Playbook, questionnaire: str, found: Results, choice: Choice, branch: Branch | None, ending: str
) -> export_requests.Wanted:
    kind = ExportRequest.Kind.ANSWERS.value
    return export_requests.Wanted(book.playbook, questionnaire, found.first, found.last, branch, ending, kind, _query(choice))


def _asking(request: HttpRequest, book: Playbook, key: str, found: Results, choice: Choice) -> list[Asking]:
    """Each kind of file of more answers than one person may take out."""
    if found.answered <= exports.ALONE or not can_be_taken(found, choice):
        return []
    branch, query = _branch(choice), _query(choice)
    wanted = ((_wanted(book, key, found, choice, branch, ending), ending) for ending in WRITERS)
    addressed = ((one, f"{reverse('survey-file-ask', args=[book.playbook, key, ending])}?{query}") for one, ending in wanted)
    return asking(person(request), found.answered, addressed)


def _query(choice: Choice) -> str:
    given = {"month": choice.month, "branch": choice.branch, "way": choice.way, "version": choice.version}
    return urlencode({name: value for name, value in given.items() if value})


def _ways() -> list[tuple[str, str]]:
    return list(zip(WAYS, (_("By an agent"), _("Personal link"), _("Open link"), _("On a device")), strict=True))


def _lines(found: Results, choice: Choice) -> list[tuple[Slice, str, bool]]:
    """The table's lines with the query that opens each, and whether it is the one that is shown."""
    return [(line, _query(Choice(choice.month, line.branch, "", choice.version)), line.branch == choice.branch) for line in found.table]


def _block(one: Tally, found: Results, language: str, given: list[AnswerFile]) -> Block:
    question, title = one.question, one.question.ask.say(language)
    names = {key: option.say(language) for key, option in question.options.items()} | {"yes": _("Yes"), "no": _("No")}
    rows = tuple((question.rows[row].say(language), *_said(question, figure)) for row, figure in one.rows)
    figure, about = _said(question, one.figure) if one.figure else ("", "")
    return Block(
        question, one.answered, figure, about, shares(title, [(names.get(code, code), count) for code, count in one.counts], one.answered),
        rows, one.words, found.protected and question.type == "text" and bool(one.answered) and not one.words,
        tuple(file for file in given if file.question == question.key),
    )  # fmt: skip


def _said(question: Question, figure: Estimate) -> tuple[str, str]:
    """A figure and its interval: NPS in points, CSAT in percent, means with two places."""
    match question.type:
        case "nps":
            form, name = "{:+.0f}", "NPS"
        case "csat":
            form, name = "{:.0f} %", _("satisfied (the best two)")
        case _:
            form, name = "{:.2f}", _("mean")
    if figure.low is None or figure.high is None:
        return form.format(figure.value), name
    return form.format(figure.value), f"{name} · 95 % {form.format(figure.low)} – {form.format(figure.high)}"
