"""Records that may be drawn for review, the queue of reviews, and one review with its record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BigAutoField, Count, Exists, Max, Min, OuterRef

from huifang.app.access import answer_files_for, assesses, recordings_for, records_for, reviews_for
from huifang.app.queries.answer_words import answer_words
from huifang.app.queries.pages import page_behind
from huifang.app.queries.playbooks import playbook_of
from huifang.app.records.models import AnswerFile, AuditEntry, Branch, Feedback, PlaybookVersion, Record, Recording, Review, Role, Staff
from huifang.app.records.prepared import Prepared, Row
from huifang.domain.outcomes import OUTCOMES
from huifang.domain.review_sampling import RISKS, SHORT
from huifang.domain.score_cards import Item
from huifang.domain.words import Words
from huifang.playbooks import schema
from huifang.playbooks.schema import Playbook, Question
from huifang.playbooks.tallying import Kept

PAGE = 50
_LOW = 2
"""A score up to this should come with the customer's words."""
_STRAIGHT = 4
"""So many scored questions with the same score are worth a look."""


def candidates(staff: Staff, day: date, branch: Branch) -> list[tuple[schema.Review, list[Row]]]:
    """The day's records of a branch that a person made, with their risks, by the review rule of their playbook. Two queries.

    Each row has ``id``, ``staff_id``, ``branch_id``, ``day``, ``risks`` and whether it is ``reviewed``.
    """
    rows = records_for(staff).filter(day=day, branch=branch, staff__isnull=False, playbook_version__isnull=False)
    rows = rows.annotate(
        reviewed=Exists(Review.objects.filter(record=OuterRef("pk"))),
        complaint=Exists(Feedback.objects.filter(record=OuterRef("pk"), kind=Feedback.Kind.COMPLAINT)),
        scored=Count("answers__score"),
        lowest=Min("answers__score"),
        highest=Max("answers__score"),
    )
    found = list(rows.order_by("pk").values(*_CANDIDATE))
    subjects = [f"record:{row['id']}" for row in found]
    outside = set(AuditEntry.objects.filter(action="contact.outside", subject__in=subjects).values_list("subject", flat=True))
    groups: dict[str, tuple[schema.Review, list[Row]]] = {}
    for row in found:
        playbook = _playbook(row)
        row["risks"] = _risks(row, f"record:{row['id']}" in outside)
        groups.setdefault(playbook.playbook, (playbook.review, []))[1].append(row)
    return list(groups.values())


_CANDIDATE = (
    "id", "staff_id", "branch_id", "day", "reviewed", "complaint", "scored", "lowest", "highest", "satisfied", "min_score", "seconds",
    "words", "questionnaire", "attempt__day", "attempt__outcome", "playbook_version_id", "playbook_version__sha256",
)  # fmt: skip


def _playbook(row: Mapping[str, Any]) -> Playbook:
    return playbook_of(PlaybookVersion(pk=row["playbook_version_id"], sha256=row["playbook_version__sha256"]))


def _risks(row: Row, outside: bool) -> tuple[str, ...]:
    has = {
        "dissatisfied": row["satisfied"] is False,
        "complaint": row["complaint"],
        "outside": outside,
        "short": bool(row["questionnaire"]) and row["attempt__outcome"] == "completed" and (row["seconds"] or SHORT) < SHORT,
        "silent": row["min_score"] is not None and row["min_score"] <= _LOW and not row["words"],
        "late": row["day"] > row["attempt__day"],
        "straight": row["scored"] >= _STRAIGHT and row["lowest"] == row["highest"],
    }
    return tuple(code for code in RISKS if has[code])


def rule_of(record: Record) -> schema.Review:
    """How a record is reviewed, by the playbook it was made under. One query where the version is not loaded."""
    return playbook_of(record.playbook_version).review if record.playbook_version else schema.Review()


@dataclass(frozen=True, slots=True)
class Line:
    """One review in the queue."""

    id: int
    customer: str
    programme: str
    staff: str
    day: date
    road: str
    risks: tuple[Words, ...]
    state: str
    score: float | None
    due: date | None
    late: bool
    of_others: str
    """The role that assesses it where that is not the person's; empty where they may."""


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of reviews in one state, where the next begins (empty on the last), and how many are in each state but settled."""

    lines: tuple[Line, ...]
    after: str
    counts: Mapping[str, int]


def queue(staff: Staff, state: str, branch: Branch | None, today: date, language: str, after: str = "") -> Queue:
    """Reviews of a state, those that fall due first and the heaviest first; settled ones the last first. Two queries."""
    rows = reviews_for(staff)
    rows = rows.filter(branch=branch) if branch else rows
    counts = dict(rows.filter(state__in=_OPEN).order_by().values_list("state").annotate(number=Count("pk")))
    order = ("-settled_at", "-id") if state == Review.State.SETTLED else _FIRST_DUE
    page = page_behind(rows.filter(state=state).values(*_LINE, "sorted_on", "weight", "settled_at"), order, after, PAGE)
    mine = assesses(staff)
    return Queue(tuple(_line(row, mine, today, language) for row in page.rows), page.after, counts)


_OPEN = tuple(state for state in Review.State.values if state != Review.State.SETTLED)
"""Only so many are counted: what is settled grows for ever."""
_FIRST_DUE = ("sorted_on", "-weight", "id")
"""What has no day stands last."""
_LINE = (
    "id", "record__customer__name", "record__programme", "record__playbook_version_id", "record__playbook_version__sha256", "staff__name",
    "day", "road", "risks", "state", "score", "due", "asked_of",
)  # fmt: skip


def _line(row: Row, mine: tuple[str, ...], today: date, language: str) -> Line:
    version = PlaybookVersion(pk=row["record__playbook_version_id"], sha256=row["record__playbook_version__sha256"] or "")
    programme = playbook_of(version).programmes.get(row["record__programme"]) if version.sha256 else None
    return Line(
        id=row["id"], customer=row["record__customer__name"], staff=row["staff__name"] or "", day=row["day"],
        programme=programme.title.say(language) if programme else row["record__programme"], road=str(Review.Road(row["road"]).label),
        risks=tuple(RISKS[code].words for code in row["risks"] if code in RISKS), state=row["state"], score=row["score"], due=row["due"],
        late=row["due"] is not None and row["due"] < today and row["state"] != Review.State.SETTLED,
        of_others="" if row["asked_of"] in mine else str(Role(row["asked_of"]).label),
    )  # fmt: skip


_RETURNED = Prepared(
    lambda staff: Review.objects.filter(staff=staff, state="returned").order_by("returned_at").values("id", "record__customer__name"),
    staff=BigAutoField(),
)


def returned(staff: Staff) -> list[Row]:
    """Comments on one's own records that came back and wait for an answer: ``id`` and the customer's name. One query."""
    return _RETURNED(staff=staff.pk)


def next_waiting(staff: Staff) -> int | None:
    """The next record that waits for this person; none of one's own. One query."""
    rows = reviews_for(staff).filter(state=Review.State.WAITING, asked_of__in=assesses(staff)).exclude(staff=staff.pk)
    return rows.order_by(*_FIRST_DUE).values_list("pk", flat=True).first()


@dataclass(frozen=True, slots=True)
class Answered:
    """One question with what was answered."""

    question: str
    answer: str
    score: float | None


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A review with its record as the customer's page shows it."""

    review: Review
    record: Record
    programme: str
    outcome: str
    answers: tuple[Answered, ...]
    risks: tuple[Words, ...]
    recordings: tuple[Recording, ...]
    files: tuple[AnswerFile, ...]
    card: tuple[Item, ...]
    of_others: str
    """The role that assesses it where that is not the person's; empty where they may."""


def find(staff: Staff, review_id: int, language: str) -> Reviewed | None:
    """One review in the person's scope. Four queries."""
    about = ("record__customer", "record__attempt", "record__playbook_version", "record__staff", "staff", "reviewed_by")
    review = reviews_for(staff).filter(pk=review_id).select_related(*about).first()
    if review is None:
        return None
    record = review.record
    playbook = playbook_of(record.playbook_version) if record.playbook_version else None
    programme = playbook.programmes.get(record.programme) if playbook else None
    asked = playbook.questionnaires.get(record.questionnaire) if playbook else None
    questions = {question.key: question for question in asked.questions} if asked else {}
    outcome = OUTCOMES.get(record.attempt.outcome)
    return Reviewed(
        review, record, programme.title.say(language) if programme else record.programme, outcome.words.say(language) if outcome else "",
        tuple(_answer(one, questions.get(one.question), language) for one in record.answers.order_by("pk")),
        tuple(RISKS[code].words for code in review.risks if code in RISKS),
        tuple(recordings_for(staff).filter(attempt=record.attempt_id).order_by("added_at")),
        tuple(answer_files_for(staff).filter(record=record).order_by("pk")),
        rule_of(record).card, "" if review.asked_of in assesses(staff) else str(Role(review.asked_of).label),
    )  # fmt: skip


def _answer(answer: Any, question: Question | None, language: str) -> Answered:
    if question is None:
        return Answered(answer.question, answer.text or answer.value, answer.score)
    return Answered(question.ask.say(language), answer_words(question, Kept(answer.value, answer.text), language), answer.score)
