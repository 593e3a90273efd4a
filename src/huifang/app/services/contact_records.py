"""Saving what was learned in a contact: one transaction, and the same form twice is one record."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import CharField

from huifang.app.access import WORK, require
from huifang.app.business_time import business_day
from huifang.app.queries.asking_together import programmes_of, together
from huifang.app.queries.behind import behind
from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.queries.next_try import Result
from huifang.app.queries.playbooks import playbook_of
from huifang.app.records.models import Answer, Attempt, Draft, Feedback, Record, Staff
from huifang.app.records.prepared import Prepared, Row
from huifang.app.services import after_contact, answer_files, audit, feedback_reading, reactions, taking_back
from huifang.app.services.after_contact import Contact
from huifang.app.services.answers import Answered, answered
from huifang.app.services.followups import check_reach, form_number, in_hand, lock_customer
from huifang.app.services.gate import attempt_for_record
from huifang.domain.attitudes import check_attitude
from huifang.domain.contact import Channel
from huifang.domain.contact_rules import Refused
from huifang.domain.errors import HuifangError, Invalid, Problem
from huifang.domain.next_steps import NextKind
from huifang.domain.outcomes import Effect, Outcome, outcome_of, outcomes_for
from huifang.domain.words import Words

_BEFORE = Prepared(
    lambda token: Record.objects.filter(token=token, followup__isnull=False).values(
        "id", "next_step", "next_on", "followup__state", "followup__next_at"
    ),
    token=CharField(),
)


@dataclass(frozen=True, slots=True)
class RecordForm:
    """What a person has entered about one attempt. `answers` by question key; `feedback` items have `kind`, `topic`, `words`."""

    outcome: str
    answers: dict[str, object] = field(default_factory=dict)
    words: str = ""
    remark: str = ""
    feedback: list[dict[str, str]] = field(default_factory=list)
    attitude: str = ""
    asked: str = ""
    """What the customer wanted to know, and in `replied` how it was answered."""
    replied: str = ""
    callback_at: datetime | None = None
    next_on: date | None = None
    seconds: int | None = None
    contact_point_id: int | None = None
    channel: str = ""
    """Where the contact was not the one that was pressed; empty: the follow-up's."""
    token: str = ""
    """The form's own number, drawn when it was shown: the same form sent twice is saved once."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of it. `next_at`: again today, not before; `next_on`: on a later day; `refusal`: the gate would have said no."""

    record_id: int
    state: str
    next_kind: str
    next_at: datetime | None = None
    next_on: date | None = None
    cases: tuple[str, ...] = ()
    refusal: Refused | None = None
    repeated: bool = False
    message: str = ""
    """The channel that takes over from `next_at` on, and sends by itself."""
    agreed: datetime | None = None
    """The moment that was promised to the customer."""
    left_in_peace: str = ""
    """The customer's name, where nobody contacts them any more."""
    may_be_undone: bool = False
    """It may be taken back for a short time (`taking_back`); what the customer has said of being contacted never is."""


def save(by: Staff, followup_id: int, fence: int, form: RecordForm, now: datetime) -> Saved:
    """Close the attempt with what really happened and carry out what follows from it.

    Raises Conflict where the follow-up is no longer in one's hand and Invalid where the form cannot be taken; what was typed is then kept
    as the draft. A contact that was made against the gate's rules is saved all the same, and the audit trail says so.
    """
    require(by, WORK)
    check_reach(by, followup_id)
    try:
        with transaction.atomic():
            return _save(by, followup_id, fence, form, now)
    except HuifangError:
        content = json.dumps(asdict(form), ensure_ascii=False, default=str)
        Draft.objects.update_or_create(followup_id=followup_id, staff=by, defaults={"content": content, "saved_at": now})
        raise


def _save(by: Staff, followup_id: int, fence: int, form: RecordForm, now: datetime) -> Saved:
    rows = CustomerRows(lock_customer(followup_id))
    token = form_number(followup_id, fence, form.token)
    saved = _saved_before(token)
    if saved is not None:
        return saved
    followup, occurrences = in_hand(by, followup_id, fence), behind(followup_id)
    playbook, channel = playbook_of(followup.playbook_version), form.channel or followup.channel
    outcome = _outcome(form, Channel(channel))
    check_attitude(form.attitude)
    asked = together(playbook, programmes_of(followup, playbook, occurrences)) if outcome.reached else None
    given = answer_files.with_waiting(asked.all, form.answers, by, followup_id) if asked else {}
    answers = answered(asked.all, given, business_day(now), complete=outcome.code == "completed") if asked else None
    attempt, refusal = attempt_for_record(by, followup, rows, occurrences, channel, form.contact_point_id, now)
    contact = Contact(by, rows, followup, occurrences, playbook, attempt, outcome, now)
    before = taking_back.Before.of(followup, occurrences, attempt.contact_point if outcome.effect is Effect.WRONG_POINT else None)
    result = after_contact.apply(contact, form.callback_at, form.next_on)
    close(attempt, outcome, result, now)
    record = write(contact, form, asked.key if asked else "", answers, result, token)
    if asked and answer_files.file_questions(asked.all):
        answer_files.settle_record(record, by, followup_id, answers.given if answers else ())
    Draft.objects.filter(followup=followup).delete()
    after_contact.affect(contact)
    cases = reactions.run(contact, record, answers, form.attitude, _most_serious(form))
    if refusal is not None:
        audit.write(by, "contact.outside", f"record:{record.pk}", rule=refusal.rule, attempt=attempt.pk)
    texts = [question.key for question in asked.all.questions if question.type == "text" and question.key in given] if asked else []
    feedback_reading.read_record_later(record, texts, now)
    audit.write(by, "record.saved", f"record:{record.pk}", followup=followup.pk, outcome=outcome.code, next=result.kind.value)
    message = result.message.value if result.message else ""
    silent = contact.customer.name if outcome.effect in (Effect.OPT_OUT, Effect.DECEASED) else ""
    if not silent:
        taking_back.keep(by, followup, record, asdict(form), before)
    return Saved(
        record.pk, followup.state, result.kind.value, result.next_at, result.next_on, cases, refusal, message=message,
        agreed=result.agreed, left_in_peace=silent, may_be_undone=not silent,
    )  # fmt: skip


def _saved_before(token: str) -> Saved | None:
    """What became of the same form when it was sent before."""
    for row in _BEFORE(token=token):
        return Saved(row["id"], row["followup__state"], row["next_step"], row["followup__next_at"], row["next_on"], repeated=True)
    return None


def _outcome(form: RecordForm, channel: Channel) -> Outcome:
    outcome = outcome_of(form.outcome)
    if outcome not in outcomes_for(channel):
        raise Invalid(
            Problem(
                "outcome.channel",
                Words(f"“{outcome.words.zh}”不是这个渠道的联络结果。", f"“{outcome.words.en}” is not an outcome of this channel."),
                Words("请另选一个结果。", "Choose another outcome."),
            )
        )
    if outcome.closes and form.next_on is not None:
        raise Invalid(
            Problem(
                "record.next-on-closed",
                Words("已办结的回访不能再定下次日期。", "A follow-up that is done has no next date."),
                Words("要再联络，请选“约定再联络”并填写时间。", "To contact again, choose “Call back at an agreed time” and enter it."),
            )
        )
    return outcome


def save_told(teller: Staff | None, contact: Contact, form: RecordForm, token: str, *, in_hand: bool) -> Record:
    """Close an attempt with what another system says of it and carry out what follows; without `in_hand` the follow-up stays as it is.

    Nothing was asked, so there are no answers. `teller` is who brings it in, `contact.by` who spoke. The caller holds the rows of customer
    and follow-up, and has checked what is told.
    """
    result = after_contact.apply(contact, form.callback_at, form.next_on) if in_hand else Result(NextKind.DONE)
    close(contact.attempt, contact.outcome, result, contact.now)
    record = write(contact, form, "", None, result, token)
    after_contact.affect(contact)
    if in_hand:
        reactions.run(contact, record, None, form.attitude, None)
    feedback_reading.read_record_later(record, (), contact.now)
    audit.write(
        teller, "record.saved", f"record:{record.pk}", followup=contact.followup.pk, outcome=contact.outcome.code, next=result.kind.value
    )
    return record


def close(attempt: Attempt, outcome: Outcome, result: Result, now: datetime) -> None:
    """What really happened. A try that reached nobody and will be repeated does not count toward the caps: its follow-up is one contact."""
    attempt.state = Attempt.State.UNKNOWN if outcome.code == "unknown" else Attempt.State.ENDED
    attempt.ended_at, attempt.outcome, attempt.reached = now, outcome.code, outcome.reached
    attempt.counted = outcome.counted and (outcome.reached or result.kind is not NextKind.RETRY)
    attempt.save(update_fields=["state", "ended_at", "outcome", "reached", "counted"])


def write(
    contact: Contact,
    form: RecordForm,
    asked: str,
    answers: Answered | None,
    result: Result,
    token: str,
) -> Record:
    """The record of an attempt that is over, with its answers and statements; `asked` is the questionnaire, empty where none was."""
    followup = contact.followup
    leading = (row for row in contact.behind if row["programme"] == followup.programme)
    handler_id = next((row["event__staff_id"] for row in leading), None)  # who handled the event that is asked about
    record = Record.objects.create(
        attempt=contact.attempt, token=token, followup=followup, customer=contact.customer, staff=contact.by, handler_id=handler_id,
        branch_id=followup.branch_id, playbook_version_id=followup.playbook_version_id, programme=followup.programme,
        questionnaire=asked, questionnaire_version=contact.playbook.questionnaires[asked].version if asked else 0,
        saved_at=contact.now, day=business_day(contact.now), seconds=form.seconds, words=form.words, remark=form.remark,
        attitude=form.attitude, asked=form.asked, replied=form.replied,
        mean_score=answers.mean_score if answers else None, min_score=answers.min_score if answers else None,
        satisfied=answers.satisfied if answers else None, next_step=result.kind.value, next_on=result.next_on,
        next_at=result.agreed or result.next_at,
    )  # fmt: skip
    about(record, contact.behind)
    if answers:
        Answer.objects.bulk_create(
            Answer(record=record, question=one.question, value=one.value, text=one.text, score=one.score) for one in answers.answers
        )
    if form.feedback:
        Feedback.objects.bulk_create(
            Feedback(
                customer=contact.customer,
                record=record,
                kind=_kind(said),
                topic=said.get("topic", ""),
                words=said["words"],
                at=contact.now,
                decided_by=contact.by,
                decided_at=contact.now,
            )
            for said in form.feedback
        )
    return record


def about(record: Record, behind: list[Row]) -> None:
    """Note what a record is about: the events of the occurrences behind its contact, which may go on to another follow-up later."""
    link = Record.events.through
    events = dict.fromkeys(row["event__id"] for row in behind if row["event__id"] is not None)
    link.objects.bulk_create(link(record=record, event_id=event) for event in events)


def _kind(said: dict[str, str]) -> str:
    kind = said.get("kind", "")
    if kind not in Feedback.Kind.values or not said.get("words", "").strip():
        raise Invalid(
            Problem(
                "feedback.incomplete",
                Words("反馈缺少类型或客户原话。", "A feedback lacks its kind or the customer's words."),
                Words("请选择表扬、建议或投诉，并记下原话。", "Choose praise, suggestion or complaint and write down what was said."),
            )
        )
    return kind


def _most_serious(form: RecordForm) -> str | None:
    kinds = {said.get("kind") for said in form.feedback}
    return next((kind for kind in ("complaint", "suggestion", "praise") if kind in kinds), None)
