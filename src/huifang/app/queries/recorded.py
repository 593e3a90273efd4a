"""What was recorded in a follow-up: each record with its answers as they were given, who made it and when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

from huifang.app.access import REVIEW, may, records_for
from huifang.app.queries.answer_words import answer_words
from huifang.app.queries.asking_together import Together, as_answered, programmes_of
from huifang.app.queries.behind import behind
from huifang.app.queries.corrections import Earlier, corrections_of, in_words
from huifang.app.queries.feedback import TONES
from huifang.app.queries.playbooks import playbook_of
from huifang.app.records.models import Answer, Feedback, FollowUp, Record, Staff
from huifang.app.records.prepared import Row
from huifang.domain.attitudes import ATTITUDES
from huifang.domain.contact import CHANNEL_WORDS, Channel
from huifang.domain.outcomes import OUTCOMES
from huifang.playbooks.schema import Question
from huifang.playbooks.tallying import Kept, codes_of, matrix_of


@dataclass(frozen=True, slots=True)
class Recorded:
    """One record in words; `given` are its answers by question key, as a form holds them."""

    id: int
    at: datetime
    day: date
    by: str
    """Who made it; empty where the customer answered a link."""
    channel: str
    outcome: str
    attitude: str
    words: str
    asked: str
    replied: str
    remark: str
    feedback: tuple[tuple[str, str], ...]
    """Tone, and kind with topic, of each statement."""
    questions: Together | None
    given: Mapping[str, object]
    answers: tuple[tuple[str, str], ...]
    """The same as pairs of question and answer."""
    earlier: tuple[Earlier, ...]
    """What it said before it was corrected, the newest first."""
    correct: bool
    """Whether the reader may ask to correct it."""


def recorded(staff: Staff, followup: FollowUp, topic: Callable[[str], str], language: str) -> tuple[Recorded, ...]:
    """The records of a follow-up in the person's scope, the newest first; `topic` gives a topic's title.

    No query where nothing was tried; else one, and four more where something was learned.
    """
    if not followup.outcome:
        return ()
    rows_of = records_for(staff).filter(followup=followup).select_related("attempt", "staff", "playbook_version")
    records = list(rows_of.defer("playbook_version__text").order_by("-saved_at", "-pk"))
    if not records:
        return ()
    answers: dict[int, list[Answer]] = defaultdict(list)
    said: dict[int | None, list[tuple[str, str]]] = defaultdict(list)
    for answer in Answer.objects.filter(record__in=records).order_by("pk"):
        answers[answer.record_id].append(answer)
    for statement in Feedback.objects.filter(record__in=records, state__in=(Feedback.State.DECIDED, Feedback.State.READ)).order_by("pk"):
        said[statement.record_id].append((TONES[statement.kind], _about(statement, topic)))
    rows, corrected = behind(followup.pk), corrections_of([each.pk for each in records])
    found = []
    for each in records:
        one = _recorded(each, questions_of(each, followup, rows, answers[each.pk]), answers[each.pk], tuple(said[each.pk]), language)
        mine = each.staff_id is not None and (each.staff_id == staff.pk or may(staff, REVIEW))
        earlier = tuple(in_words(row, partial(_in_question, one.questions, language)) for row in corrected.get(each.pk, ()))
        found.append(replace(one, earlier=earlier, correct=mine))
    return tuple(found)  # fmt: skip


def questions_of(record: Record, followup: FollowUp, rows: list[Row], answers: Iterable[Answer]) -> Together | None:
    """The questions a record of a follow-up answers, of the version of the playbook it was asked by; None where nothing was asked.

    `rows` are the occurrences behind the follow-up.
    """
    if record.playbook_version is None:
        return None
    playbook = playbook_of(record.playbook_version)
    return as_answered(playbook, record.questionnaire, programmes_of(followup, playbook, rows), [each.question for each in answers])


def given_of(questions: Together | None, answers: Iterable[Answer]) -> dict[str, object]:
    """Kept answers by question key, as the form of the questions holds them; those to no question of them are left out."""
    known = {question.key: question for question in questions.all.questions} if questions else {}
    return {each.question: _given(known[each.question], Kept(each.value, each.text)) for each in answers if each.question in known}


def _given(question: Question, kept: Kept) -> object:
    match question.type:
        case "multiple":
            return codes_of(question, kept)
        case "matrix":
            return {row: int(point) if point.is_integer() else point for row, point in matrix_of(kept).items()}
        case _:
            return kept.text or kept.value


def _recorded(
    record: Record, questions: Together | None, answers: Sequence[Answer], feedback: tuple[tuple[str, str], ...], language: str
) -> Recorded:
    asked = {question.key: question for question in questions.all.questions} if questions else {}
    kept = {each.question: Kept(each.value, each.text) for each in answers}
    said = {key: answer_words(question, kept[key], language) for key, question in asked.items() if key in kept}
    outcome, attitude = OUTCOMES.get(record.attempt.outcome), ATTITUDES.get(record.attitude)
    return Recorded(
        id=record.pk, at=record.saved_at, day=record.day, by=record.staff.name if record.staff else "",
        channel=CHANNEL_WORDS[Channel(record.attempt.channel)].say(language), outcome=outcome.words.say(language) if outcome else "",
        attitude=attitude.say(language) if attitude else "", words=record.words, asked=record.asked, replied=record.replied,
        remark=record.remark, feedback=feedback, questions=questions,
        given=given_of(questions, answers) | {key: words for key, words in said.items() if asked[key].type == "signature"},
        answers=tuple((asked[key].ask.say(language), words) for key, words in said.items()), earlier=(), correct=False,
    )  # fmt: skip


def _in_question(questions: Together | None, language: str, key: str, kept: Kept) -> tuple[str, str]:
    """Question and answer in words; one that is not asked any more stands for itself."""
    question = next((each for each in questions.all.questions if each.key == key), None) if questions else None
    return (question.ask.say(language), answer_words(question, kept, language)) if question else (key, kept.text or kept.value)


def _about(statement: Feedback, topic: Callable[[str], str]) -> str:
    kind = str(statement.get_kind_display())
    return f"{kind} · {topic(statement.topic)}" if statement.topic else kind
