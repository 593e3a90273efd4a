"""What the contact was about that a case was opened from: its events, the scores given, what was said, the customer's numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from huifang.app.queries import occasions
from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.queries.feedback import TONES
from huifang.app.queries.glance import Point, point
from huifang.app.queries.timeline import Names
from huifang.app.records.models import Case, Feedback
from huifang.domain.contact import CHANNEL_WORDS, Channel
from huifang.playbooks.tallying import Kept


@dataclass(frozen=True, slots=True)
class Occasion:
    """One event: its kind and day, and what the playbook shows of it."""

    title: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """A question that was answered with points; `low`: none was answered with fewer, and the customer was not content."""

    question: str
    answer: str
    low: bool


@dataclass(frozen=True, slots=True)
class About:
    """The contact, in the words of the follow-up's page."""

    programme: str
    channel: str
    at: datetime
    by: str
    occasions: tuple[Occasion, ...]
    scores: tuple[Score, ...]
    said: tuple[tuple[str, str, str], ...]
    """Tone, kind and topic of each statement."""


def about(case: Case, names: Names, topic: Callable[[str], str], day: date, language: str) -> About | None:
    """The contact behind a case whose record and its attempt are joined; None where there was none. `topic` gives a topic's title.

    Three queries.
    """
    record = case.record
    if record is None:
        return None
    answers = [one for one in record.answers.order_by("pk") if one.score is not None]
    said = Feedback.objects.filter(record=record).exclude(state=Feedback.State.NOTHING).order_by("pk")
    events = occasions.events_of([record.pk])[record.pk]
    return About(
        names.programme(record.programme), CHANNEL_WORDS[Channel(record.attempt.channel)].say(language), record.attempt.at,
        record.staff.name if record.staff else "",
        tuple(Occasion(occasions.when(row, names, day, language), occasions.facts(row, names)) for row in events),
        tuple(
            Score(
                *names.answer(record.questionnaire, one.question, Kept(one.value, one.text)),
                record.satisfied is False and one.score == record.min_score,
            )
            for one in answers
        ),
        tuple((TONES[row.kind], str(row.get_kind_display()), topic(row.topic)) for row in said),
    )  # fmt: skip


def phones(case: Case, shown: int = 0) -> tuple[Point, ...]:
    """The customer's telephone numbers, masked; `shown` is the one to show in full. One query."""
    return tuple(point(row, in_full=row["id"] == shown) for row in CustomerRows(case.customer).points if row["kind"] == "phone")
