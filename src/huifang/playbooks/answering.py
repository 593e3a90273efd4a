"""Answering a questionnaire: which questions are to be asked, whether answers can be taken, how they score, what they lead to.

Answers are plain values by question key: the option's key for single, a list of keys for multiple, a number for scale, nps, csat, ces
and number, true or false for yes-no, row key to number for matrix, a date for date, text for text, lines for
signature, the name of the file for file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from huifang.domain.errors import Place, Problem
from huifang.domain.words import Words
from huifang.playbooks.expressions import evaluate, parse
from huifang.playbooks.nearest import suggestion
from huifang.playbooks.schema import Programme, Question, Questionnaire, Reaction

Answers = Mapping[str, object]
LONGEST_TEXT = 4000
_DEFAULT_SCALES = {"nps": (0, 10), "ces": (1, 7)}
_POINTS = {"scale", "nps", "csat", "ces"}


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a set of answers: those that count, those kept apart because their question is not asked, and what is wrong."""

    answers: dict[str, object] = field(default_factory=dict)
    apart: dict[str, object] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Scores:
    """Points by question; the least and the mean (None without any), each on a scale of 1 to 5; whether it counts as satisfied."""

    points: dict[str, float]
    min_score: float | None
    mean_score: float | None
    satisfied: bool | None


def bounds(question: Question) -> tuple[int, int]:
    """The lowest and the highest point; nps is 0 to 10 and ces 1 to 7 unless the file says otherwise."""
    stated = "scale" in question.model_fields_set
    return question.scale if stated else _DEFAULT_SCALES.get(question.type, question.scale)


def visible(questionnaire: Questionnaire, answers: Answers, today: date) -> list[Question]:
    """The questions to be asked, given the answers so far; an answer to a question that is not asked decides nothing."""
    shown: list[Question] = []
    known: dict[str, object] = {}
    for question in questionnaire.questions:
        if question.if_ is None or evaluate(parse(question.if_), known, today) is True:
            shown.append(question)
            known[question.key] = plain_value(question, answers.get(question.key))
    return shown


def plain_value(question: Question, answer: object) -> object:
    """The answer as conditions see it: keys of a multiple choice joined by commas, the mean of a matrix, whether a file was given."""
    if answer is None:
        return None
    if question.type == "multiple" and isinstance(answer, (list, tuple)):
        return ",".join(str(one) for one in answer)
    if question.type == "matrix" and isinstance(answer, Mapping):
        points = [float(one) for one in answer.values()]
        return sum(points) / len(points) if points else None
    return True if question.type in {"signature", "file"} else answer


def take(questionnaire: Questionnaire, answers: Answers, today: date, *, complete: bool = True) -> Taken:
    """Check a set of answers; with `complete` false (a partial save) missing required answers are not told."""
    shown = {question.key: question for question in visible(questionnaire, answers, today)}
    problems: list[Problem] = []
    kept: dict[str, object] = {}
    for key, question in shown.items():
        answer = answers.get(key)
        if answer is None or answer in ("", [], {}):
            if question.required and complete:
                problems.append(_problem(key, "required", _REQUIRED, Words("请回答这一题。", "Please answer this question.")))
            continue
        wrong = _fault(question, answer)
        if wrong:
            problems.append(wrong)
        else:
            kept[key] = answer
    apart = {key: answer for key, answer in answers.items() if key not in shown}
    return Taken(kept, apart, tuple(problems))


_REQUIRED = Words("这一题必答。", "This question must be answered.")


def _problem(key: str, code: str, what: Words, remedy: Words) -> Problem:
    return Problem(f"answer.{code}", what, remedy, Place(key=key))


def _fault(question: Question, answer: object) -> Problem | None:
    return _FAULTS[question.type](question, answer)


def _option_fault(question: Question, answer: object) -> Problem | None:
    given = answer if isinstance(answer, (list, tuple)) and question.type == "multiple" else [answer]
    for one in given:
        if one not in question.options:
            what = Words(f"没有选项“{one}”。", f"There is no option “{one}”.")
            return _problem(question.key, "option", what, suggestion(str(one), question.options))
    return None


def _range_fault(question: Question, answer: object) -> Problem | None:
    low, high = bounds(question)
    if _is_number(answer) and low <= float(str(answer)) <= high:
        return None
    what = Words(f"“{answer}”不在 {low} 到 {high} 之间。", f"“{answer}” is not between {low} and {high}.")
    return _problem(question.key, "range", what, Words("请选一个分数。", "Choose one of the points."))


def _matrix_fault(question: Question, answer: object) -> Problem | None:
    if not isinstance(answer, Mapping) or set(answer) - set(question.rows):
        what = Words("矩阵题的行不对。", "The rows of the matrix do not fit.")
        return _problem(question.key, "rows", what, Words("请按行打分。", "Give points row by row."))
    return next((fault for one in answer.values() if (fault := _range_fault(question, one))), None)


def _text_fault(question: Question, answer: object) -> Problem | None:
    if len(str(answer)) <= LONGEST_TEXT:
        return None
    what = Words(f"文字超过 {LONGEST_TEXT} 字。", f"The text is longer than {LONGEST_TEXT} characters.")
    return _problem(question.key, "long", what, Words("请缩短。", "Please shorten it."))


def _kind_fault(fits: Callable[[object], bool], zh: str, en: str) -> Callable[[Question, object], Problem | None]:
    def fault(question: Question, answer: object) -> Problem | None:
        if fits(answer):
            return None
        what = Words(f"“{answer}”不是{zh}。", f"“{answer}” is not {en}.")
        return _problem(question.key, "kind", what, Words(f"请填{zh}。", f"Please give {en}."))

    return fault


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


_FAULTS: dict[str, Callable[[Question, object], Problem | None]] = {
    "single": _option_fault,
    "multiple": _option_fault,
    "scale": _range_fault,
    "nps": _range_fault,
    "csat": _range_fault,
    "ces": _range_fault,
    "matrix": _matrix_fault,
    "yes-no": _kind_fault(lambda value: isinstance(value, bool), "是或否", "yes or no"),
    "number": _kind_fault(_is_number, "数字", "a number"),
    "date": _kind_fault(lambda value: isinstance(value, date), "日期", "a date"),
    "text": _text_fault,
    "signature": _text_fault,
    "file": _text_fault,
}


def score(questionnaire: Questionnaire, answers: Answers, today: date) -> Scores:
    """Points of the answers that count (as `take` gives them).

    The least and the mean are taken after each question's points are moved to 1–5: a scale from its own ends, an option (or yes and
    no) from the least and the most points of its question, several options, whose points are added up, from the least and the most they can
    come to; so that ``min_score <= 2`` means the same for every question. Satisfied: the questionnaire's own
    condition; without one, every score at least 3; unknown (None) without scores.
    """
    questions = {question.key: question for question in questionnaire.questions}
    points = {key: value for key, answer in answers.items() if key in questions and (value := _points(questions[key], answer)) is not None}
    even = [_on_five(questions[key], value) for key, value in points.items()]
    least, mean = (min(even), sum(even) / len(even)) if even else (None, None)
    if questionnaire.satisfied is None:
        return Scores(points, least, mean, None if least is None else least >= 3)
    values = {key: plain_value(questions[key], answer) for key, answer in answers.items() if key in questions}
    said = evaluate(parse(questionnaire.satisfied), {**values, "min_score": least, "mean_score": mean}, today)
    return Scores(points, least, mean, said if isinstance(said, bool) else None)


def _points(question: Question, answer: object) -> float | None:
    if question.type in _POINTS and _is_number(answer):
        return float(str(answer))
    if question.type == "matrix":
        value = plain_value(question, answer)
        return float(str(value)) if value is not None else None
    chosen = answer if isinstance(answer, (list, tuple)) else ["yes" if answer is True else "no" if answer is False else str(answer)]
    found = [question.scores[one] for one in dict.fromkeys(chosen) if one in question.scores]
    return sum(found) if found or (question.type == "multiple" and question.scores) else None


def _on_five(question: Question, points: float) -> float:
    low, high = (float(end) for end in bounds(question))
    known = question.scores.values()
    if question.type == "multiple":
        low, high = sum(one for one in known if one < 0), sum(one for one in known if one > 0)
    elif question.type in {"single", "yes-no"}:
        low, high = min(known), max(known)
    return 1 + 4 * (points - low) / (high - low) if high > low else 5.0


def reactions(programme: Programme, record_values: Mapping[str, object], today: date) -> list[Reaction]:
    """What a record leads to: every reaction whose condition is true, in the order of the file.

    `record_values` holds the answers as `plain_value` gives them, `min_score`, `mean_score`, `satisfied`, `feedback`, `attitude`,
    `outcome`, and where conditions name them the event's attributes and the customer's facts; what is absent is unknown.
    """
    return [one for one in programme.on_answer if evaluate(parse(one.if_), record_values, today) is True]
