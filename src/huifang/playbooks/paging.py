"""A questionnaire as it is put before one person on pages: in what order, and what stands together.

Pages do not depend on answers, so that the third page is the third page for everybody; which of its questions are asked does.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from huifang.playbooks.expressions import names, parse
from huifang.playbooks.schema import Question, Questionnaire

Pages = tuple[tuple[Question, ...], ...]


def ordered(questionnaire: Questionnaire, draw: str) -> tuple[Question, ...]:
    """The questions in the order that the text `draw` gives, the same for the same text; the file's order unless it says `random`.

    A question comes after every one that its condition names.
    """
    if not questionnaire.random:
        return questionnaire.questions
    waiting = sorted(questionnaire.questions, key=lambda question: _lot(draw, question.key))
    keys, placed = {question.key for question in waiting}, dict[str, Question]()
    while waiting:
        following = next((one for one in waiting if depends_on(one) & keys <= placed.keys()), waiting[0])
        waiting.remove(following)
        placed[following.key] = following
    return tuple(placed.values())


def options_of(question: Question, draw: str) -> tuple[str, ...]:
    """The keys of a question's options in the order they are shown."""
    keys = tuple(question.options)
    return tuple(sorted(keys, key=lambda key: _lot(draw, f"{question.key}/{key}"))) if question.random else keys


def pages(questions: Sequence[Question], per_page: int) -> Pages:
    """The questions on pages of at most `per_page`; one that depends on an answer comes on a later page than that answer."""
    found: list[list[Question]] = []
    for question in questions:
        here = {one.key for one in found[-1]} if found else set()
        if not found or len(here) >= per_page or depends_on(question) & here:
            found.append([])
        found[-1].append(question)
    return tuple(tuple(page) for page in found)


def depends_on(question: Question) -> frozenset[str]:
    """The names in a question's condition."""
    return frozenset(names(parse(question.if_))) if question.if_ else frozenset()


def _lot(draw: str, key: str) -> str:
    return sha256(f"{draw}|{key}".encode()).hexdigest()
