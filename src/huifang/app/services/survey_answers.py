"""Answering a link: what is half answered is kept, what is sent off is kept once, and an unhappy customer's answer has its consequences."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from huifang.app.business_time import business_day
from huifang.app.crypto import blind_index
from huifang.app.records.models import PlaybookVersion, Survey, SurveyAnswer, SurveyInvitation, SurveyPart, SurveyResponse
from huifang.app.services.answer_files import file_questions, settle_part
from huifang.app.services.answers import Answered, answered
from huifang.app.services.survey_links import Standing, hash_of, standing
from huifang.app.services.survey_records import keep
from huifang.domain.answer_marks import marks
from huifang.domain.errors import Conflict, Invalid, Problem
from huifang.domain.words import Words
from huifang.playbooks.answering import take, visible
from huifang.playbooks.schema import Questionnaire

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_FEW = 4
"""Answers from which on two equal sets are worth a mark."""


@dataclass(frozen=True, slots=True)
class Form:
    """One form as its page was shown: the number drawn for it, the version it asks, the language, and since when (seconds)."""

    key: str
    language: str
    seconds: float | None = None


def part_of(link: Standing, form_key: str) -> SurveyPart | None:
    """What has been answered so far: of a named customer by their link, of everybody else by the form's own number."""
    if not link.nameless:
        return SurveyPart.objects.select_related("playbook_version").filter(invitation=link.invitation).first()
    return SurveyPart.objects.select_related("playbook_version").filter(key_hash=hash_of(form_key), survey=link.survey).first()


def answers_in(part: SurveyPart | None) -> dict[str, object]:
    """The plain answers that are kept (JSON values)."""
    return dict(json.loads(part.content)) if part and part.content else {}


def begun(link: Standing, version: PlaybookVersion | None, now: datetime) -> Standing:
    """The link under the version with which its form was begun; a version that was never in force is passed over."""
    good = version is not None and version.playbook == link.survey.playbook and version.activated_at is not None
    return standing(link.invitation, now, version) if good and link.invitation.playbook_version_id is None else link


def save_part(link: Standing, form: Form, page: Mapping[str, object], keys: AbstractSet[str], now: datetime) -> dict[str, object]:
    """Keep the answers of one page (its question `keys`; what is not in `page` is taken back) and return all there are; no files.

    What cannot be taken is not kept, and raises `Invalid` with every fault; the rest of the page is kept all the same. Raises `Conflict`
    where the link is not open or the form was sent off already.
    """
    must_be_open(link)
    keys -= file_questions(link.questionnaire)
    with transaction.atomic():
        part = locked(link, form, now)
        kept = {key: value for key, value in answers_in(part).items() if key not in keys} | _clean(page, keys)
        taken = take(link.questionnaire, _typed(link.questionnaire, kept), business_day(now), complete=False)
        wrong = {problem.place.key for problem in taken.problems}
        kept = {key: value for key, value in kept.items() if key not in wrong}
        part.content = json.dumps(kept, ensure_ascii=False, default=str)
        part.save(update_fields=["content"])
    if taken.problems:
        raise Invalid(*taken.problems)
    return kept


def submit(link: Standing, form: Form, now: datetime) -> bool:
    """Send off what has been kept. False: this form or link was sent off before, and nothing is written again.

    Raises `Invalid` with every question that still needs an answer.
    """
    with transaction.atomic():
        invitation = SurveyInvitation.objects.select_for_update(no_key=True).get(pk=link.invitation.pk)
        part = locked(link, form, now, again=True)
        if part.used or (link.invitation.kind == SurveyInvitation.Kind.PERSONAL and invitation.state == SurveyInvitation.State.ANSWERED):
            return False
        must_be_open(link)
        day = business_day(now)
        done = answered(link.questionnaire, _typed(link.questionnaire, answers_in(part)), day, complete=True)
        response = _write(link, form, done, now, day)
        settle_part(part, response, done.given)
        SurveyPart.objects.filter(pk=part.pk).update(content="", used=True)
        Survey.objects.filter(pk=link.survey.pk, answered=False).update(answered=True)
        if invitation.kind == SurveyInvitation.Kind.PERSONAL:
            SurveyInvitation.objects.filter(pk=invitation.pk).update(state=SurveyInvitation.State.ANSWERED)
    return True


def _write(link: Standing, form: Form, done: Answered, now: datetime, day: date) -> SurveyResponse:
    assert link.version is not None  # noqa: S101 - an open link has one
    seconds = None if link.nameless else form.seconds
    response = SurveyResponse.objects.create(
        survey=link.survey, playbook_version=link.version, questionnaire_version=link.questionnaire.version,
        branch_id=link.invitation.branch_id, way=link.invitation.kind, language=form.language, day=day,
        marks=_marks(link, done, form.seconds, day), fingerprint=_fingerprint(done),
        record=None if link.nameless else keep(link, done, seconds, now),
    )  # fmt: skip
    if response.record_id is None:
        SurveyAnswer.objects.bulk_create(
            SurveyAnswer(response=response, question=one.question, value=one.value, text=one.text, score=one.score) for one in done.answers
        )
    return response


def _marks(link: Standing, done: Answered, seconds: float | None, day: date) -> list[str]:
    questions = {question.key: question for question in link.questionnaire.questions}
    ratings: list[float] = []
    for one in done.answers:
        answer = done.given.get(one.question)
        ratings += [float(str(each)) for each in answer.values()] if isinstance(answer, Mapping) else []
        if questions[one.question].type in ("scale", "csat", "ces", "nps"):
            ratings.append(float(str(answer)))
    words = [one.text for one in done.answers if questions[one.question].type == "text"]
    before = len(done.answers) >= _FEW and link.survey.responses.filter(fingerprint=_fingerprint(done)).exists()
    return [mark.value for mark in marks(ratings, words, len(visible(link.questionnaire, done.given, day)), seconds, seen_before=before)]


def _fingerprint(done: Answered) -> str:
    said = json.dumps(sorted((one.question, one.value, one.text) for one in done.answers), ensure_ascii=False)
    return blind_index(said, "surveyresponse.fingerprint")


def locked(link: Standing, form: Form, now: datetime, *, again: bool = False) -> SurveyPart:
    """The row of what is kept, made where it is missing, locked. Raises `Conflict` where it was sent off, unless asked `again`."""
    invitation = None if link.nameless else link.invitation
    values = {"survey": link.survey, "playbook_version": link.version, "day": business_day(now)}
    if invitation is not None:
        made, _ = SurveyPart.objects.get_or_create(invitation=invitation, defaults=values | {"key_hash": hash_of(form.key)})
    else:
        made, _ = SurveyPart.objects.get_or_create(key_hash=hash_of(form.key), defaults=values)
    part = SurveyPart.objects.select_for_update(no_key=True).get(pk=made.pk)
    if part.used and not again:
        raise Conflict(_USED)
    return part


_USED = Problem(
    "survey.used",
    Words("这份问卷已经提交过了。", "This questionnaire has been sent off already."),
    Words("谢谢您，不必再填。", "Thank you, there is nothing more to do."),
)


def must_be_open(link: Standing) -> None:
    if link.state != "open":
        what = Words("这个问卷链接已失效。", "This link is no longer open.")
        raise Conflict(
            Problem(f"survey.{link.state}", what, Words("如需帮助请联系我们。", "Please get in touch with us if you need help."))
        )


def _clean(page: Mapping[str, object], keys: AbstractSet[str]) -> dict[str, object]:
    """The page's own answers; control characters go, nothing else changes."""
    return {key: _CONTROL.sub("", value) if isinstance(value, str) else value for key, value in page.items() if key in keys}


def _typed(questionnaire: Questionnaire, answers: Mapping[str, object]) -> dict[str, object]:
    """JSON values as the values they stand for: dates."""
    dates = {question.key for question in questionnaire.questions if question.type == "date"}
    return {key: date.fromisoformat(str(value)) if key in dates else value for key, value in answers.items()}
