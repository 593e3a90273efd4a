"""The questionnaire editor: questions as a form, the page as a customer's phone shows it beside, saved as a new version of the playbook."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from pydantic import ValidationError

from huifang.app import business_clock
from huifang.app.access import EDIT_PLAYBOOKS
from huifang.app.records.models import PlaybookVersion
from huifang.app.services import playbooks as service
from huifang.app.web import asking, questionnaire_form
from huifang.app.web.guard import needs, person
from huifang.app.web.survey_page import Line
from huifang.domain.errors import PlaybookError, Problem
from huifang.playbooks.checks import check_loaded
from huifang.playbooks.loader import loads
from huifang.playbooks.questionnaire_editing import EditedQuestionnaire, as_questionnaire, edit, form_of
from huifang.playbooks.shape_errors import told


@require_http_methods(["GET", "POST"])
@needs(EDIT_PLAYBOOKS)
def editor(request: HttpRequest, version_id: int, questionnaire: str) -> HttpResponse:
    """Show the form; a button changes it, and saving keeps a draft of the whole playbook."""
    row = get_object_or_404(PlaybookVersion, pk=version_id)
    book, key = loads(row.text).playbook, questionnaire
    if key not in book.questionnaires:
        raise Http404
    if request.method != "POST":
        return _page(request, row, key, form_of(book.questionnaires[key]), [])
    edited = questionnaire_form.read(request.POST)
    text, problems = _written(row.text, key, edited)
    if request.POST.get("do") == "save" and not any(one.severity == "error" for one in problems):
        kept = service.add_version(person(request), text, f"{row.playbook}.yaml", business_clock.now())
        messages.success(request, _("Version %(number)s is kept as a draft.") % {"number": kept.number})
        return redirect("playbook", kept.pk)
    return _page(request, row, key, edited, problems, status=422 if request.POST.get("do") == "save" else 200)


def _written(text: str, key: str, edited: EditedQuestionnaire) -> tuple[str, list[Problem]]:
    """The playbook's new text, and what is wrong with it because of this questionnaire."""
    try:
        as_questionnaire(edited)
        new = edit(text, key, edited)
        before = {one.what.en for one in check_loaded(loads(text))}
        return new, [one for one in check_loaded(loads(new, f"{key}.yaml")) if one.what.en not in before]
    except ValidationError as error:
        return text, told(error.errors(), edited.as_data(), {}, "")
    except PlaybookError as error:
        return text, list(error.problems)


def _page(
    request: HttpRequest, row: PlaybookVersion, key: str, edited: EditedQuestionnaire, problems: list[Problem], status: int = 200
) -> HttpResponse:
    remind = edited.values["remind"] or {}
    about: dict[str, Any] = {
        "row": row, "key": key, "edited": edited, "own": edited.values, "rows": questionnaire_form.rows_of(edited),
        "types": questionnaire_form.TYPES,
        "problems": problems, "preview": _preview(edited), "per_page": edited.values["per page"],
        "open_for": edited.values["open for"], "remind": remind, "most_reminders": remind.get("at most", 1),
    }  # fmt: skip
    return render(request, "web/surveys/editor.html", about, status=status)


def _preview(edited: EditedQuestionnaire) -> list[Line]:
    """Every question as the phone shows it, those included that depend on an answer; nothing while the form is not a questionnaire."""
    try:
        found, language = as_questionnaire(edited), get_language() or "zh-hans"
    except ValidationError:
        return []
    return [Line(asking.shown(place, one, None, "", language), one.type) for place, one in enumerate(found.questions, 1)]
