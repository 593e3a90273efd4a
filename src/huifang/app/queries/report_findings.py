"""What customers said in a period: opinions with their words, common problems, questions that were rated low. Four queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Avg, Count, Model, QuerySet

from huifang.app.access import behind_for
from huifang.app.queries.indicator_figures import Ground
from huifang.app.records.models import Answer, Feedback, Staff
from huifang.playbooks.schema import Playbook

M = TypeVar("M", bound=Model)
MOST = 10
FEWEST = 5
"""A question's mean is told from so many answers on."""


@dataclass(frozen=True, slots=True)
class Voice:
    """One customer's own words, without the name."""

    kind: str
    topic: str
    words: str


@dataclass(frozen=True, slots=True)
class Low:
    """A question and its mean score of 5."""

    question: str
    mean: float
    answers: int


@dataclass(frozen=True, slots=True)
class Findings:
    """Numbers of opinions by kind, the commonest topics of suggestions and complaints, what was rated lowest, and voices."""

    kinds: dict[str, int]
    problems: tuple[tuple[str, int], ...]
    low: tuple[Low, ...]
    voices: tuple[Voice, ...]


def findings(staff: Staff, playbook: Playbook, ground: Ground, language: str) -> Findings:
    """What was said on a ground, in the person's scope."""
    told = _within(behind_for(Feedback.objects.all(), staff, "record__branch"), ground, "record__")
    kinds = dict(told.order_by().values_list("kind").annotate(number=Count("pk")))
    troubles = told.exclude(kind=Feedback.Kind.PRAISE)
    topics = troubles.exclude(topic="").order_by().values_list("topic").annotate(number=Count("pk")).order_by("-number", "topic")
    asked = {one.key: one.ask.say(language) for each in playbook.questionnaires.values() for one in each.questions}
    problems = tuple((asked.get(topic, topic), number) for topic, number in topics[:MOST])
    heard = troubles.order_by("-at", "-pk").values_list("kind", "topic", "words")[:MOST]
    voices = tuple(Voice(kind, asked.get(topic, topic), words) for kind, topic, words in heard if words)
    return Findings(kinds, problems, _low(staff, playbook, ground, language), voices)


def _low(staff: Staff, playbook: Playbook, ground: Ground, language: str) -> tuple[Low, ...]:
    """The five questions with the lowest mean, of those answered often enough."""
    rows = _within(behind_for(Answer.objects.filter(score__isnull=False), staff, "record__branch"), ground, "record__")
    found = rows.order_by().values_list("record__questionnaire", "question").annotate(mean=Avg("score"), answers=Count("pk"))
    often = found.filter(answers__gte=FEWEST).order_by("mean", "question")[:MOST]
    titles = {
        (key, question.key): question.ask.say(language)
        for key, questionnaire in playbook.questionnaires.items()
        for question in questionnaire.questions
        if question.type not in ("nps", "number")
    }
    return tuple(Low(titles[name, key], mean, answers) for name, key, mean, answers in often if (name, key) in titles)[:5]


def _within(rows: QuerySet[M], ground: Ground, to: str) -> QuerySet[M]:
    rows = rows.filter(**{f"{to}day__range": (ground.first, ground.last)})
    if ground.branch is not None:
        rows = rows.filter(**{f"{to}branch": ground.branch})
    return rows.filter(**{f"{to}programme__in": ground.programmes}) if ground.programmes else rows
