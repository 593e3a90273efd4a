"""Correcting what a saved record says: answers, words, remark, what was asked and replied. Not the outcome, the time or the person.

What it said before stays (`Correction`), with who changed it, when and why. What the new answers lead to happens as at saving, but nothing
a second time; what the old ones led to stays, and its cases are told. Whether it may be is the rule of `domain.correcting`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from huifang.app.access import CORRECT, REVIEW, may, records_for, require
from huifang.app.business_time import business_day
from huifang.app.queries.asking_together import Together, typed
from huifang.app.queries.behind import behind
from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.queries.playbooks import playbook_of
from huifang.app.queries.recorded import given_of, questions_of
from huifang.app.records.models import (
    Answer,
    Branch,
    Case,
    Correction,
    DayClosing,
    Feedback,
    FollowUp,
    LastSaved,
    Record,
    Review,
    Staff,
)
from huifang.app.services import audit, feedback_reading, indicator_days, reactions
from huifang.app.services.after_contact import Contact
from huifang.app.services.answers import Answered, answered
from huifang.app.services.case_steps import locked, step
from huifang.app.services.followups import lock_customer
from huifang.app.services.job_queue import enqueue
from huifang.app.services.notices import tell
from huifang.domain.correcting import REASON, Standing, moved, no_reason, obstacles
from huifang.domain.errors import Conflict, Invalid, NotAllowed, Problem
from huifang.domain.outcomes import outcome_of
from huifang.domain.words import Words
from huifang.playbooks.schema import Playbook, Question
from huifang.playbooks.tallying import Kept, matrix_of

_SAID = ("words", "remark", "asked", "replied")
"""Columns of a record that are corrected."""
_SERIOUS = (Feedback.Kind.COMPLAINT, Feedback.Kind.SUGGESTION, Feedback.Kind.PRAISE)
_NOT_TYPED = ("file", "signature")
"""Kinds of questions whose answers are things: they stay as they were given."""


@dataclass(frozen=True, slots=True)
class CorrectionForm:
    """What a record shall say, and why. `seen`: how many corrections it had when the form was shown."""

    why: str
    answers: dict[str, object] = field(default_factory=dict)
    words: str = ""
    remark: str = ""
    asked: str = ""
    replied: str = ""
    seen: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """A record of a follow-up with what it answers."""

    record: Record
    followup: FollowUp
    playbook: Playbook
    """As it was asked by."""
    questions: Together | None
    answers: Sequence[Answer]

    @property
    def complete(self) -> bool:
        """Whether every question that must be asked has an answer."""
        return self.record.attempt.outcome == "completed"


def find(by: Staff, record_id: int) -> Held:
    """A record in the person's scope, of a follow-up. Raises NotAllowed."""
    require(by, CORRECT)
    rows = records_for(by).filter(pk=record_id, followup__isnull=False, playbook_version__isnull=False)
    found = rows.select_related("attempt", "staff", "customer__branch", "followup__branch", "playbook_version").first()
    if found is None or found.followup is None or found.playbook_version is None:
        raise NotAllowed(_missing())
    answers = list(found.answers.order_by("pk"))
    questions = questions_of(found, found.followup, behind(found.followup.pk), answers)
    return Held(found, found.followup, playbook_of(found.playbook_version), questions, answers)


def standing(by: Staff, record: Record) -> Standing:
    """Who the person is to the record, and where it stands. Two queries."""
    return Standing(
        told=record.staff_id is not None,
        own=record.staff_id == by.pk,
        reviews=may(by, REVIEW),
        signed=DayClosing.objects.filter(branch=record.branch_id, day=record.day, reopened_at=None).exists(),
        settled=Review.objects.filter(record=record, state=Review.State.SETTLED).exists(),
    )


def correct(by: Staff, record_id: int, form: CorrectionForm, now: datetime) -> Correction | None:
    """Let a record say what is right; None where it says so already, so the same form sent twice corrects once.

    Raises NotAllowed where it is not in one's scope, Conflict with everything that stands in the way, Invalid for answers that could not be
    saved and for a missing reason.
    """
    with transaction.atomic():
        held = _locked(by, record_id)
        record = held.record
        if problems := obstacles(standing(by, record)):
            raise Conflict(*problems)
        old, new = _answers(held, _given(held), complete=False), _answers(held, form.answers, complete=held.complete)
        before = _before(held, form, new)
        if not before:
            return None
        if not form.why.strip():
            raise Invalid(no_reason())
        corrected = list(Correction.objects.filter(record=record))
        if form.seen != len(corrected):
            raise Conflict(moved())
        return _correct(by, held, form, old, new, before, corrected, now)


def _locked(by: Staff, record_id: int) -> Held:
    """The record again, with its customer held, and its branch and review: nobody signs or settles meanwhile."""
    lock_customer(find(by, record_id).followup.pk)
    held = find(by, record_id)
    list(Branch.objects.select_for_update(no_key=True).filter(pk=held.record.branch_id or 0))
    list(Review.objects.select_for_update(no_key=True).filter(record=held.record))
    return held


def _answers(held: Held, answers: Mapping[str, object], *, complete: bool) -> Answered | None:
    """Answers checked as at saving; files and signatures are those that were given."""
    if held.questions is None:
        return None
    return answered(held.questions.all, with_things(held, answers), held.record.day, complete=complete)


def with_things(held: Held, answers: Mapping[str, object]) -> dict[str, object]:
    """Answers of a form with the files and signatures that were given; what the form says of them counts for nothing."""
    fixed = {question.key for question in held.questions.all.questions if question.type in _NOT_TYPED} if held.questions else set()
    stays = {key: value for key, value in _given(held).items() if key in fixed}
    return {key: value for key, value in answers.items() if key not in fixed} | stays


def _given(held: Held) -> dict[str, object]:
    """The answers there are, as the values they stand for."""
    return typed(held.questions.all, given_of(held.questions, held.answers)) if held.questions else {}


def _before(held: Held, form: CorrectionForm, new: Answered | None) -> dict[str, Any]:
    """What of the record would change, as it stands; empty where nothing would."""
    before: dict[str, Any] = {name: getattr(held.record, name) for name in _SAID if getattr(held.record, name) != getattr(form, name)}
    if new is None:
        return before
    there = {each.question: (each.value, each.text) for each in held.answers}
    wanted = {each.question: (each.value, each.text) for each in new.answers}
    kept = {question.key: question for question in held.questions.all.questions} if held.questions else {}
    changed = [key for key in {**there, **wanted} if key in kept and _differs(kept[key], there.get(key), wanted.get(key))]
    return before | ({"answers": {key: there.get(key) for key in changed}} if changed else {})


def _differs(question: Question, one: tuple[str, str] | None, other: tuple[str, str] | None) -> bool:
    """Whether two kept answers say something else; ``3`` and ``3.0`` in a matrix do not."""
    if question.type == "matrix" and one is not None and other is not None:
        return matrix_of(Kept(*one)) != matrix_of(Kept(*other))
    return one != other


def _correct(
    by: Staff, held: Held, form: CorrectionForm, old: Answered | None, new: Answered | None, before: dict[str, Any],
    earlier: Sequence[Correction], now: datetime,
) -> Correction:  # fmt: skip
    record = held.record
    outcome, rows = outcome_of(record.attempt.outcome), CustomerRows(record.customer)
    contact = Contact(by, rows, held.followup, behind(held.followup.pk), held.playbook, record.attempt, outcome, now)
    serious = _serious(record)
    led, was = reactions.holding(contact, record, old, record.attitude, serious), record.satisfied
    done = {key for each in earlier for key in each.held} | set(led)
    told = list(Case.objects.filter(record=record)) + list(Case.objects.filter(statements__record=record).exclude(record=record).distinct())
    words, texts = record.words, _write(held, form, new, before.get("answers", {}))
    now_holds = reactions.holding(contact, record, new, record.attitude, serious)
    cases = reactions.run(contact, record, new, record.attitude, serious, done, changed=was != record.satisfied)
    correction = Correction.objects.create(
        record=record, by=by, at=now, why=form.why.strip()[:REASON], before=json.dumps(before, ensure_ascii=False),
        held=sorted(done | set(now_holds)),
    )  # fmt: skip
    LastSaved.objects.filter(record=record).delete()
    for case in told:
        _tell_case(by, case, correction, now)
    if record.staff is not None and record.staff != by:
        tell(
            [record.staff],
            Words(f"{by.name}更正了您的一条回访记录。", f"{by.name} has corrected a record of yours."),
            f"record:{record.pk}",
            now,
        )
    feedback_reading.read_corrected(record, words, texts, f":{correction.pk}", now)
    if business_day(now) - record.day > indicator_days.RECENT:  # recent days are counted anew by themselves
        enqueue("indicators", f"indicators:corrected:{correction.pk}", {"since": record.day.isoformat()}, now)
    changed = sorted([*(name for name in before if name != "answers"), *(f"answer.{key}" for key in before.get("answers", {}))])
    audit.write(by, "record.corrected", f"record:{record.pk}", followup=held.followup.pk, changed=changed, cases=list(cases))
    return correction


def _write(held: Held, form: CorrectionForm, new: Answered | None, changed: Collection[str]) -> dict[int, str]:
    """The record and its answers as they shall be; the words of changed answers to open questions by number, empty where none is left."""
    record = held.record
    for name in _SAID:
        setattr(record, name, getattr(form, name))
    texts: dict[int, str] = {}
    if new is not None and held.questions is not None:
        record.mean_score, record.min_score, record.satisfied = new.mean_score, new.min_score, new.satisfied
        open_ones = {question.key for question in held.questions.all.questions if question.type == "text"} & set(changed)
        wanted = {each.question: each for each in new.answers}
        texts = {each.pk: "" for each in held.answers if each.question in open_ones}
        Answer.objects.filter(record=record, question__in=set(changed) - wanted.keys()).delete()
        for key, each in wanted.items():  # scores may follow from answers that have changed
            values = {"value": each.value, "text": each.text, "score": each.score}
            row, _new = Answer.objects.update_or_create(record=record, question=key, defaults=values)
            texts |= {row.pk: row.text} if key in open_ones else {}
    record.save(update_fields=[*_SAID, "mean_score", "min_score", "satisfied"])
    return texts


def _serious(record: Record) -> str | None:
    """The most serious of the statements that were entered with it."""
    kinds = set(Feedback.objects.filter(record=record, source=None).values_list("kind", flat=True))
    return next((kind for kind in _SERIOUS if kind in kinds), None)


def _tell_case(by: Staff, case: Case, correction: Correction, now: datetime) -> None:
    """A case that the record has led to knows that it says something else now."""
    held = locked(case.pk)
    step(by, held, "corrected", correction.why, now, record=correction.record_id)
    words = Words(f"工单 {held.number} 的回访记录已更正。", f"The record behind case {held.number} was corrected.")
    tell([held.owner] if held.owner and held.owner != by else [], words, f"case:{held.pk}", now)


def _missing() -> Problem:
    return Problem(
        "correct.missing",
        Words("找不到这条回访记录。", "There is no such record."),
        Words("它可能已被撤销，或属于别的分支机构。", "It may have been undone, or belong to another branch."),
    )
