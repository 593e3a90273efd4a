"""Files of answers on their way to a person: asked for on the results' page, or allowed by a second person."""

from __future__ import annotations

from tempfile import TemporaryFile

from django.http import FileResponse, Http404, QueryDict
from django.utils.translation import get_language

from huifang.app import business_clock
from huifang.app.queries.playbooks import in_force
from huifang.app.queries.survey_picks import Choice
from huifang.app.queries.survey_results import Results, lines, results
from huifang.app.records.models import ExportRequest, Staff
from huifang.app.reports.survey_files import WRITERS, sheet
from huifang.playbooks.schema import Playbook, Questionnaire


def asked(playbook: str, key: str) -> tuple[Playbook, Questionnaire]:
    """A questionnaire of a playbook in force. Raises `Http404` where there is none."""
    for one in in_force():
        if one.playbook.playbook == playbook and key in one.playbook.questionnaires:
            return one.playbook, one.playbook.questionnaires[key]
    raise Http404


def choice_of(got: QueryDict) -> Choice:
    """What an address says is looked at."""
    version = got.get("version", "")
    number = int(version) if version.isdecimal() and len(version) < 12 else None
    return Choice(got.get("month", "")[:7], got.get("branch", "")[:12], got.get("way", "")[:12], number)


def can_be_taken(found: Results, choice: Choice) -> bool:
    """Whether there is a file of a choice. Of a secret questionnaire not by ways: a branch's lines and a way's would show who has both."""
    return not (found.protected and choice.way)


def download(staff: Staff, book: Playbook, key: str, choice: Choice, ending: str) -> FileResponse:
    """The answers of a choice as a file of one of `WRITERS`. It is written whole, to a file without a name, before any of it is sent."""
    media_type, write = WRITERS[ending]
    day = business_clock.today()
    found = results(staff, book, key, choice, day)
    if not can_be_taken(found, choice):
        raise Http404
    if found.protected:  # its words come from here, not with their lines: all of them
        found = results(staff, book, key, choice, day, most_words=max(1, found.answered))
    file = TemporaryFile()  # noqa: SIM115 - the answer closes it when it is sent
    write(sheet(book.questionnaires[key], found, lines(staff, book, key, choice, day), get_language() or "zh-hans"), file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{key}-{day}.{ending}", content_type=media_type)


def taken(staff: Staff, held: ExportRequest) -> tuple[FileResponse, int]:
    """What a request for answers was allowed, and how many they are now. Raises `Http404` where the questionnaire is gone."""
    book, _questionnaire = asked(held.playbook, held.register)
    choice = choice_of(QueryDict(held.choice))
    found = results(staff, book, held.register, choice, business_clock.today())
    return download(staff, book, held.register, choice, held.form), found.answered
