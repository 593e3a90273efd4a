"""The answers of a form, checked against the questionnaire's version and made ready to be kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from huifang.domain.errors import Invalid, Place, Problem
from huifang.domain.words import Words
from huifang.playbooks.expressions import evaluate, parse
from huifang.playbooks.schema import Question, Questionnaire


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """One answer as it is kept: `value` a short code or number as text, `text` free words, `score` its points."""

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


def answered(questionnaire: Questionnaire, given: dict[str, object], day: date, *, complete: bool) -> Answered:
    """Check the answers `given` by question key; with `complete`, required questions that are asked must have one."""
    values: dict[str, object] = {}
    kept = []
    for question in questionnaire.questions:
        if question.if_ is not None and evaluate(parse(question.if_), values, day) is not True:
            continue
        raw = given.get(question.key)
        if raw in (None, "", []):
            if complete and question.required:
                raise Invalid(_missing(question))
            continue
        one = _keep(question, raw)
        kept.append(one)
        values[question.key] = one.score if question.type in _NUMERIC else one.value or one.text
    scores = [one.score for one in kept if one.score is not None]
    mean = sum(scores) / len(scores) if scores else None
    lowest = min(scores, default=None)
    seen = values | {"min_score": lowest, "mean_score": mean}
    satisfied = (
        evaluate(parse(questionnaire.satisfied), seen, day) if questionnaire.satisfied else (lowest >= 3 if lowest is not None else None)
    )
    return Answered(tuple(kept), values, lowest, mean, satisfied if isinstance(satisfied, bool) else None)


_NUMERIC = ("scale", "nps", "csat", "ces", "number")


def _keep(question: Question, raw: object) -> KeptAnswer:
    if question.type in _NUMERIC:
        number = float(str(raw))
        return KeptAnswer(question.key, f"{number:g}", score=None if question.type == "number" else number)
    if question.type in ("text", "signature", "file"):
        return KeptAnswer(question.key, text=str(raw))
    value = ",".join(map(str, raw)) if isinstance(raw, list) else str(raw)
    return KeptAnswer(question.key, value[:200], score=question.scores.get(value))


def _missing(question: Question) -> Problem:
    return Problem(
        "answer.missing",
        Words(f"“{question.ask.zh}”还没有回答。", f"“{question.ask.en}” has no answer."),
        Words("请补上，或把结果改为“部分完成”。", "Answer it, or make the outcome “Partly completed”."),
        Place(key=question.key),
    )
