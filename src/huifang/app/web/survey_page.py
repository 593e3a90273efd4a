"""One page of a questionnaire before a customer: its questions in their order, and where it stands among the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.signing import BadSignature, Signer
from django.utils.crypto import get_random_string

from huifang.app.queries.asking_together import typed
from huifang.app.services.survey_links import Standing
from huifang.app.web import asking
from huifang.app.web.asking import Asked
from huifang.playbooks.answering import visible
from huifang.playbooks.paging import Pages, options_of, ordered, pages
from huifang.playbooks.schema import Question, Questionnaire

_SIGNER = Signer(salt="survey.form")
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class FormKey:
    """The number of a form, the version it asks and since when, signed so that nobody can make one up. `text` is what the page carries."""

    text: str
    number: str
    version_id: int
    since: int

    @classmethod
    def new(cls, version_id: int, now: datetime) -> FormKey:
        """For a form that is shown for the first time."""
        number, since = get_random_string(22), int(now.timestamp())
        return cls(_SIGNER.sign(f"{number}.{version_id}.{since}"), number, version_id, since)

    @classmethod
    def read(cls, text: str) -> FormKey | None:
        """One that came back; None where it was made up or cut."""
        if len(text) > _LONGEST:
            return None
        try:
            number, version, since = _SIGNER.unsign(text).split(".")
            return cls(text, number, int(version), int(since))
        except (BadSignature, ValueError):
            return None


@dataclass(frozen=True, slots=True)
class Line:
    """A question on the page; `kind` is its type in the playbook."""

    asked: Asked
    kind: str


@dataclass(frozen=True, slots=True)
class Step:
    """The page at `number` (from 0): what it may ask, what it asks now, and the pages before and after it that ask something."""

    number: int
    of: int
    questions: tuple[Question, ...]
    lines: tuple[Line, ...]
    before: int | None
    after: int | None


def all_pages(link: Standing, draw: str) -> Pages:
    """The questionnaire on its pages, in the order drawn for `draw`."""
    return pages(ordered(link.questionnaire, draw), link.questionnaire.per_page)


def step(
    link: Standing, draw: str, number: int | None, answers: Mapping[str, Any], wrong: Mapping[str, str], day: date, language: str
) -> Step:
    """The page to show; without a number, the first that still has something to answer."""
    book = all_pages(link, draw)
    shown = [question.key for question in visible(link.questionnaire, typed(link.questionnaire, answers), day)]
    asking_now = [place for place, page in enumerate(book) if any(question.key in shown for question in page)]
    here = number if number is not None and 0 <= number < len(book) else _first_open(book, asking_now, shown, answers)
    page = book[here]
    first = sum(question.key in shown for earlier in book[:here] for question in earlier) + 1
    now = [question for question in page if question.key in shown]
    lines = tuple(
        Line(
            asking.shown(first + place, _drawn(question, draw), answers.get(question.key), wrong.get(question.key, ""), language),
            question.type,
        )
        for place, question in enumerate(now)
    )
    before = [place for place in asking_now if place < here]
    after = [place for place in asking_now if place > here]
    return Step(here, len(book), page, lines, before[-1] if before else None, after[0] if after else None)


def page_only(link: Standing, questions: tuple[Question, ...]) -> Questionnaire:
    """A page as a questionnaire of its own, to read what was posted."""
    return link.questionnaire.model_copy(update={"questions": questions})


def page_of(link: Standing, draw: str, key: str) -> int:
    """The page on which a question stands; the first where there is none."""
    return next((place for place, page in enumerate(all_pages(link, draw)) if key in {one.key for one in page}), 0)


def _first_open(book: Pages, asking_now: list[int], shown: list[str], answers: Mapping[str, Any]) -> int:
    waiting = [place for place in asking_now if any(one.key in shown and one.key not in answers for one in book[place])]
    return (waiting or asking_now or [0])[0]


def _drawn(question: Question, draw: str) -> Question:
    return question.model_copy(update={"options": {key: question.options[key] for key in options_of(question, draw)}})
