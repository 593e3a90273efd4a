"""Required reading with a short quiz: how a quiz is written down, and whether somebody has passed. On plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import md5

from huifang.domain.errors import Invalid, Problem
from huifang.domain.words import Words

MOST_QUESTIONS, MOST_OPTIONS = 5, 6


@dataclass(frozen=True, slots=True)
class QuizQuestion:
    """One question with its right answer and all `options` in the order in which they are shown."""

    ask: str
    right: str
    options: tuple[str, ...]


def quiz_of(text: str) -> tuple[QuizQuestion, ...]:
    """A quiz as it is typed: a line for each question, ``question | right answer | wrong answer | ...``.

    Options are shown in an order of their own that tells nothing, always the same. Raises `Invalid` that names the line.

    >>> quiz_of("多久保养一次？ | 半年 | 一年")[0].right
    '半年'
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_QUESTIONS:
        raise Invalid(_problem(Words(f"最多 {MOST_QUESTIONS} 道题。", f"There are more than {MOST_QUESTIONS} questions.")))
    return tuple(_question(number, line) for number, line in enumerate(lines, 1))


def _question(number: int, line: str) -> QuizQuestion:
    ask, *options = (part.strip() for part in line.replace("｜", "|").split("|"))
    if not ask or not 2 <= len(options) <= MOST_OPTIONS or len(set(options)) != len(options) or not all(options):
        raise Invalid(
            _problem(
                Words(
                    f"第 {number} 行应为：问题 | 正确答案 | 错误答案（可多个，互不相同）。",
                    f"Line {number} is not: question | right answer | wrong answer, with answers that differ.",
                )
            )
        )
    return QuizQuestion(
        ask, options[0], tuple(sorted(options, key=lambda each: md5(f"{ask}|{each}".encode(), usedforsecurity=False).digest()))
    )


def wrong_answers(quiz: tuple[QuizQuestion, ...], answers: Mapping[int, str]) -> tuple[int, ...]:
    """Numbers of the questions, from 0, that are not answered rightly; empty where somebody has passed."""
    return tuple(number for number, question in enumerate(quiz) if answers.get(number) != question.right)


def _problem(what: Words) -> Problem:
    return Problem("training.quiz", what, Words("每行一题，用竖线“|”分隔。", "One question a line, parts between “|”."))
