"""A questionnaire as a form: which questions are asked now, with what has been answered so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from huifang.app.queries.asking_together import Together, typed
from huifang.playbooks.answering import bounds, visible
from huifang.playbooks.schema import Question, Questionnaire


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose; `key` is the digit that chooses it."""

    value: str
    title: str
    key: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a matrix."""

    name: str
    title: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as it is shown. `form`: choice, many, lines, text, number, date, file, sign."""

    number: int
    key: str
    name: str
    form: str
    title: str
    hint: str
    required: bool
    low: str
    high: str
    options: tuple[Option, ...]
    lines: tuple[Line, ...]
    value: str
    wrong: str
    points: bool
    """Options are points of a scale."""
    section: str
    """Title of the questionnaire that begins here; empty where only one is asked."""

    @property
    def holds_words(self) -> bool:
        """Whether it holds words or figures of the customer's."""
        return bool(self.value) and self.form in ("text", "number", "date", "file", "sign")


def asked(together: Together, answers: Mapping[str, Any], wrong: Mapping[str, str], day: date, language: str) -> tuple[Asked, ...]:
    """The questions to show; `answers` by question key (a matrix has a mapping), `wrong` what is wrong with them.

    Where a bundled questionnaire begins, its first question carries its title.
    """
    titles = {question.key: together.titles[question.key].say(language) for question in together.all.questions}
    several, before, found = len(set(titles.values())) > 1, "", []
    for number, question in enumerate(visible(together.all, typed(together.all, answers), day), 1):
        title = titles[question.key]
        section = title if several and title != before else ""
        before = title
        found.append(shown(number, question, answers.get(question.key), wrong.get(question.key, ""), language, section))
    return tuple(found)


def as_given(together: Together | None, answers: Mapping[str, Any], day: date, language: str) -> tuple[Asked, ...]:
    """Questions as they were answered: only those that have an answer."""
    return tuple(each for each in asked(together, answers, {}, day, language) if each.key in answers) if together else ()


def depends(questionnaire: Questionnaire) -> bool:
    """Whether some questions are asked only after certain answers."""
    return any(question.if_ for question in questionnaire.questions)


def read(questionnaire: Questionnaire | None, posted: QueryDict) -> dict[str, object]:
    """The answers in a posted form, by question key, as plain values; what is not answered or cannot be read is left out."""
    answers: dict[str, object] = {}
    for question in questionnaire.questions if questionnaire else ():
        name = f"q.{question.key}"
        if question.type == "file":
            continue  # a file comes by itself; what a form says of it counts for nothing
        if question.type == "multiple":
            found: object = posted.getlist(name)
        elif question.type == "matrix":
            rows = {row: _plain("scale", posted.get(f"{name}.{row}", "")) for row in question.rows}
            found = {row: point for row, point in rows.items() if point is not None}
        else:
            found = _plain(question.type, posted.get(name, "").strip())
        if found not in (None, [], {}):
            answers[question.key] = found
    return answers


def _plain(kind: str, text: str) -> object:
    """One posted answer as a plain value: truth, number, date or text; None where there is none."""
    if not text:
        return None
    try:
        match kind:
            case "yes-no":
                return {"yes": True, "no": False}.get(text)
            case "scale" | "nps" | "csat" | "ces" | "number":
                number = float(text)
                return (int(number) if number.is_integer() else number) if isfinite(number) else None
            case "date":
                return date.fromisoformat(text)
            case _:
                return text
    except ValueError:
        return None


def shown(number: int, question: Question, answer: Any, wrong: str, language: str, section: str = "") -> Asked:
    """One question as it is shown, with its answer so far and what is wrong with it."""
    form = {
        "multiple": "many",
        "matrix": "lines",
        "text": "text",
        "number": "number",
        "date": "date",
        "signature": "sign",
        "file": "file",
    }
    name = f"q.{question.key}"
    chosen = [_code(one) for one in answer] if isinstance(answer, list) else [_code(answer)]
    kept = answer if isinstance(answer, dict) else {}
    lines = tuple(
        Line(f"{name}.{row}", title.say(language), _options(question, [_code(kept.get(row, ""))], language))
        for row, title in question.rows.items()
    )
    return Asked(
        number=number, key=question.key, name=name, form=form.get(question.type, "choice"), title=question.ask.say(language),
        hint=question.hint.say(language) if question.hint else "", required=question.required,
        low=question.ends[0].say(language) if question.ends else "", high=question.ends[1].say(language) if question.ends else "",
        options=() if lines else _options(question, chosen, language), lines=lines,
        value="" if answer is None else str(answer), wrong=wrong,
        section=section, points=question.type in ("scale", "nps", "csat", "ces"),
    )  # fmt: skip


def _code(value: object) -> str:
    """A plain value as the form's own code of it."""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _options(question: Question, chosen: list[str], language: str) -> tuple[Option, ...]:
    if question.type == "yes-no":
        pairs = [("yes", _("Yes")), ("no", _("No"))]
        return tuple(Option(value, title, str(place), value in chosen) for place, (value, title) in enumerate(pairs, 1))
    if question.options:
        return tuple(
            Option(key, title.say(language), str(place) if place < 10 else "", key in chosen)
            for place, (key, title) in enumerate(question.options.items(), 1)
        )
    low, high = bounds(question)
    return tuple(Option(str(point), str(point), str(point) if point < 10 else "", str(point) in chosen) for point in range(low, high + 1))
