"""Many answers to one question, added up: how often each, and the figure that fits the question."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import repeat

from huifang.domain.servqual import Points, Side
from huifang.domain.survey_scores import Estimate, csat, mean, nps
from huifang.playbooks.answering import bounds
from huifang.playbooks.schema import Question, Questionnaire

RATED = frozenset({"scale", "csat", "ces", "nps"})
FREE = frozenset({"text", "signature", "file"})
"""Answered in one's own words or things: counted, never added up."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One answer as it is kept: a short code or number as text, and free words."""

    value: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """`counts`: code and how many, in the question's own order; `rows`: the mean of each line of a matrix.

    `figure`: NPS, the best two of CSAT in percent, else the mean.
    """

    question: Question
    answered: int
    counts: tuple[tuple[str, int], ...] = ()
    figure: Estimate | None = None
    rows: tuple[tuple[str, Estimate], ...] = ()
    words: tuple[str, ...] = ()


def tally(question: Question, answers: Mapping[Kept, int]) -> Tally:
    """Add up the answers that one question got, each with how often it was given."""
    answered = sum(answers.values())
    if question.type in RATED:
        points = _points(answers)
        low, high = bounds(question)
        had = Counter(points)
        counts = tuple((str(point), had[float(point)]) for point in range(low, high + 1))
        return Tally(question, answered, counts, _figure(question, points, high))
    if question.type == "matrix":
        lines = [(matrix_of(one), number) for one, number in answers.items()]
        means = (
            (row, mean([point for line, number in lines if row in line for point in repeat(line[row], number)])) for row in question.rows
        )
        return Tally(question, answered, rows=tuple((row, found) for row, found in means if found is not None))
    if question.type == "number":
        return Tally(question, answered, figure=mean(_points(answers)))
    if question.type in FREE:
        return Tally(question, answered)
    chosen: Counter[str] = Counter()
    for one, number in answers.items():
        chosen.update(dict.fromkeys(codes_of(question, one), number))
    codes = ("yes", "no") if question.type == "yes-no" else tuple(question.options) or tuple(sorted(chosen))
    return Tally(question, answered, tuple((code, chosen[code]) for code in codes))


def codes_of(question: Question, answer: Kept) -> list[str]:
    """The options of a choice; several where the question takes several."""
    said = answer.text or answer.value
    return said.split(",") if question.type == "multiple" else [said]


def matrix_of(answer: Kept) -> dict[str, float]:
    """The points of a matrix by row."""
    return {row: float(point) for row, point in json.loads(answer.text or answer.value).items()}


def _points(answers: Mapping[Kept, int]) -> list[float]:
    return [point for one, number in answers.items() for point in repeat(float(one.value), number)]


def _figure(question: Question, points: list[float], high: int) -> Estimate | None:
    if question.type == "nps":
        return nps(points)
    return csat(points, high) if question.type == "csat" else mean(points)


def servqual_points(questionnaire: Questionnaire, given: Iterable[Mapping[str, Kept]]) -> Iterator[Points]:
    """For each respondent the points by dimension and side; nobody where the questionnaire has no sides."""
    sided = [(one, one.dimension, one.side) for one in questionnaire.questions if one.dimension and one.side]
    for answers in given if sided else ():
        points: dict[tuple[str, Side], tuple[float, ...]] = {}
        for question, dimension, side in sided:
            answer = answers.get(question.key)
            if answer is not None and question.type in RATED | {"matrix"}:
                new = tuple(matrix_of(answer).values()) if question.type == "matrix" else (float(answer.value),)
                points[dimension, side] = points.get((dimension, side), ()) + new
        yield points
