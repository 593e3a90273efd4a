"""The answers of a form, checked by the questionnaire's own rules and made ready to be kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from huifang.domain.errors import Invalid
from huifang.playbooks.answering import plain_value, score, take
from huifang.playbooks.schema import Question, Questionnaire

_FREE = ("text", "signature", "file")
_VALUE = 200


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """One answer as it is kept: `value` a short code or number as text, `text` free words (sealed), `score` its points."""

    question: str
    value: str = ""
    text: str = ""
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """All answers of a record, with what conditions see of them."""

    answers: tuple[KeptAnswer, ...]
    values: dict[str, object]
    min_score: float | None
    mean_score: float | None
    satisfied: bool | None
    given: Mapping[str, object]
    """By question key, as they were taken."""


def answered(questionnaire: Questionnaire, given: Mapping[str, object], day: date, *, complete: bool) -> Answered:
    """The answers `given` by question key; with `complete`, required questions must have one. Raises `Invalid` with every fault."""
    taken = take(questionnaire, given, day, complete=complete)
    if taken.problems:
        raise Invalid(*taken.problems)
    questions = {question.key: question for question in questionnaire.questions}
    scores = score(questionnaire, taken.answers, day)
    kept = tuple(_kept(questions[key], answer, scores.points.get(key)) for key, answer in taken.answers.items())
    values = {key: plain_value(questions[key], answer) for key, answer in taken.answers.items()}
    return Answered(kept, values, scores.min_score, scores.mean_score, scores.satisfied, taken.answers)


def _kept(question: Question, answer: object, points: float | None) -> KeptAnswer:
    if question.type in _FREE:
        return KeptAnswer(question.key, text=str(answer), score=points)
    value = _value(question, answer)
    return KeptAnswer(question.key, value[:_VALUE], value if len(value) > _VALUE else "", points)


def _value(question: Question, answer: object) -> str:
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    if isinstance(answer, Mapping):
        return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    if isinstance(answer, (int, float)):
        return f"{answer:.15g}"
    return str(plain_value(question, answer))
