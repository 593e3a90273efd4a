"""A named customer's answers become a record like any other: on the attempt that carried the link, with every reaction of the plan."""

from __future__ import annotations

import uuid
from datetime import datetime
from hashlib import sha256

from huifang.app.business_time import business_day
from huifang.app.queries.behind import behind
from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.records.models import Answer, Attempt, Customer, FollowUp, Record
from huifang.app.services import audit, contact_records, feedback_reading, reactions
from huifang.app.services.after_contact import Contact
from huifang.app.services.answers import Answered
from huifang.app.services.survey_links import Standing
from huifang.app.services.withdrawing import withdraw_waiting
from huifang.domain.contact import Channel
from huifang.domain.outcomes import OUTCOMES


def keep(link: Standing, done: Answered, seconds: float | None, now: datetime) -> Record:
    """Write the record and carry out what follows from it. The caller holds the invitation's row and has checked the answers."""
    invitation, version = link.invitation, link.version
    assert version is not None  # noqa: S101 - a named, open link has one
    assert link.playbook is not None  # noqa: S101 - as above
    assert invitation.customer_id is not None  # noqa: S101 - as above
    customer = Customer.objects.select_for_update(of=("self",), no_key=True).select_related("branch").get(pk=invitation.customer_id)
    reminder = invitation.reminder
    if reminder is not None and not Attempt.objects.filter(followup=reminder).exists():
        withdraw_waiting(reminder.pk)  # it has not begun to leave, and nobody needs it now
        reminder = None
    followup = reminder or invitation.followup or _followup(link, customer, now)
    asked_for = behind((invitation.followup or followup).pk)
    handler_id = next((row["event__staff_id"] for row in asked_for if row["programme"] == invitation.programme), None)
    attempt = Attempt.objects.filter(followup=followup, record=None).order_by("-at").first() or _attempt(followup, customer, now)
    record = Record.objects.create(
        attempt=attempt, token=sha256(f"survey|{invitation.pk}".encode()).hexdigest(), followup=followup, customer=customer,
        handler_id=handler_id, branch_id=invitation.branch_id, playbook_version=version,
        programme=invitation.programme, questionnaire=link.survey.questionnaire, questionnaire_version=link.questionnaire.version,
        saved_at=now, day=business_day(now), seconds=None if seconds is None else int(seconds), words=_words(link, done),
        mean_score=done.mean_score, min_score=done.min_score, satisfied=done.satisfied, next_step="done",
    )  # fmt: skip
    contact_records.about(record, asked_for)
    Answer.objects.bulk_create(
        Answer(record=record, question=one.question, value=one.value, text=one.text, score=one.score) for one in done.answers
    )
    contact = Contact(None, CustomerRows(customer), followup, asked_for, link.playbook, attempt, OUTCOMES["completed"], now)
    cases = reactions.run(contact, record, done, "", None)
    feedback_reading.read_record_later(record, _texts(link), now)
    audit.write(None, "survey.answered", f"record:{record.pk}", cases=list(cases))
    return record


def _words(link: Standing, done: Answered) -> str:
    return "\n".join(one.text for one in done.answers if one.question in _texts(link))


def _texts(link: Standing) -> frozenset[str]:
    return frozenset(question.key for question in link.questionnaire.questions if question.type == "text")


def _followup(link: Standing, customer: Customer, now: datetime) -> FollowUp:
    """A link given by hand: the follow-up it stands for, done."""
    assert link.playbook is not None  # noqa: S101 - a named, open link has one
    assert link.version is not None  # noqa: S101 - as above
    programme, day = link.invitation.programme, business_day(now)
    return FollowUp.objects.create(
        customer=customer, branch_id=customer.branch_id, staff=link.invitation.made_by, channel=Channel.SURVEY.value,
        purpose=link.playbook.programmes[programme].purpose.value, day=day, opens_at=now, closes_at=now, deadline=day,
        playbook_version=link.version, programme=programme, state=FollowUp.State.DONE, outcome="completed", attempts_made=1, done_at=now,
        because={"zh": "客户填写了问卷", "en": "The customer answered a link"},
    )  # fmt: skip


def _attempt(followup: FollowUp, customer: Customer, now: datetime) -> Attempt:
    """The customer's own doing: it does not count toward caps."""
    return Attempt.objects.create(
        ticket=uuid.uuid4(), key=sha256(f"survey|{followup.pk}|{uuid.uuid4()}".encode()).hexdigest(), followup=followup,
        customer=customer, channel=Channel.SURVEY.value, purpose=followup.purpose, programme=followup.programme, staff=followup.staff,
        branch_id=followup.branch_id, state=Attempt.State.ENDED, at=now, day=business_day(now), ended_at=now, outcome="completed",
        reached=True, counted=False,
    )  # fmt: skip
