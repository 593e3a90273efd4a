"""The history of a generated business: occurrences, follow-ups, attempts, records, answers, feedback, cases."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from huifang.app.business_time import business_moment
from huifang.app.demo_keys import BATCH, Keys
from huifang.app.records.models import (
    Answer,
    Attempt,
    Case,
    CaseStep,
    Customer,
    Event,
    Feedback,
    FollowUp,
    Occurrence,
    PlanRun,
    PlaybookVersion,
    Record,
)
from huifang.demo import business as made
from huifang.domain.contact import DecisionKind
from huifang.playbooks.schema import Playbook

SHOWN = timedelta(days=31)
"""Follow-ups are kept for contacts of this last while; older attempts stand by themselves."""
_OPENS, _CLOSES = time(9), time(18)
Reason = tuple[str, str, str]


class _History:
    def __init__(self, business: made.Business, keys: Keys, version: PlaybookVersion, playbook: Playbook) -> None:
        self.business, self.keys, self.version, self.playbook = business, keys, version, playbook
        self.branches = dict(Customer.objects.values_list("pk", "branch_id"))
        self.handlers = dict(Event.objects.values_list("pk", "staff_id"))
        self.followups: dict[tuple[Reason, date], FollowUp] = {}
        self.occurrences: dict[Reason, Occurrence] = {}
        self.attempts: dict[str, Attempt] = {}
        self.records: dict[str, Record] = {}


def load_history(business: made.Business, keys: Keys, version: PlaybookVersion, playbook: Playbook) -> None:
    """Write it; the register is there already."""
    history = _History(business, keys, version, playbook)
    last = max((one.at.date() for one in business.contacts), default=business.as_of - timedelta(days=1))
    run = PlanRun.objects.create(
        day=last, state=PlanRun.State.DONE, started_at=business_moment(last, time(6)), finished_at=business_moment(last, time(6))
    )
    _followups(history, run)
    _occurrences(history)
    _attempts(history)
    _records(history)
    _cases(history)


def _reason(one: made.Contact | made.Occurrence) -> Reason:
    return one.programme, one.customer, one.cause


def _followups(history: _History, run: PlanRun) -> None:
    since = history.business.as_of - SHOWN
    contacts: dict[tuple[Reason, date], list[made.Contact]] = defaultdict(list)
    for contact in history.business.contacts:
        if contact.at.date() >= since:
            contacts[_reason(contact), contact.at.date()].append(contact)
    rows = [_followup(history, run, day, found) for (_, day), found in contacts.items()]
    history.followups = dict(zip(contacts, FollowUp.objects.bulk_create(rows, batch_size=BATCH), strict=True))


def _followup(history: _History, run: PlanRun, day: date, found: list[made.Contact]) -> FollowUp:
    last, customer = found[-1], history.keys.customers[found[-1].customer]
    title = history.playbook.programmes[last.programme].title
    return FollowUp(
        customer_id=customer, run=run if run.day == day else None, branch_id=history.branches[customer],
        staff_id=history.keys.staff[last.staff], channel=last.channel, purpose=last.purpose, day=day, deadline=day,
        opens_at=business_moment(day, _OPENS), closes_at=business_moment(day, _CLOSES), playbook_version=history.version,
        programme=last.programme, because={"zh": title.zh, "en": title.en}, state=FollowUp.State.DONE, outcome=last.outcome,
        attempts_made=sum(one.counted for one in found), done_at=last.at.astimezone(UTC),
    )  # fmt: skip


def _occurrences(history: _History) -> None:
    newest = {reason: followup for (reason, _), followup in sorted(history.followups.items(), key=lambda item: item[0][1])}
    rows = {_reason(one): _occurrence(history, one, newest.get(_reason(one))) for one in history.business.occurrences}
    created = Occurrence.objects.bulk_create(rows.values(), batch_size=BATCH)
    history.occurrences = dict(zip(rows, created, strict=True))


def _occurrence(history: _History, one: made.Occurrence, followup: FollowUp | None) -> Occurrence:
    keys, programme = history.keys, history.playbook.programmes[one.programme]
    event = keys.events.get(one.cause)
    day = _cause_day(one, keys.event_days.get(event) if event else None)
    return Occurrence(
        playbook=history.playbook.playbook, programme=one.programme, customer_id=keys.customers[one.customer],
        cause=keys.cause(one.cause), event_id=event, cause_day=day, purpose=programme.purpose, due=one.due, deadline=one.expires,
        expires=one.expires, open=one.open, decision=DecisionKind.PLANNED if one.attempts else DecisionKind.EXPIRED,
        rule="planned.first" if one.attempts else "expired.window", decided_on=max(one.due, followup.day if followup else one.due),
        followup=followup, attempts=one.attempts, next_on=one.next_on if one.open else None, last_staff_id=keys.staff.get(one.staff),
        closed_as="" if one.open else "done" if one.attempts else "expired",
    )  # fmt: skip


def _cause_day(one: made.Occurrence, event_day: date | None) -> date:
    if event_day is not None:
        return event_day
    try:
        return date.fromisoformat(one.cause.rpartition(":")[2])
    except ValueError:
        return one.due


def _attempts(history: _History) -> None:
    keys = history.keys
    rows = (
        Attempt(
            ticket=uuid.uuid5(uuid.NAMESPACE_OID, one.code), key=one.code, followup=history.followups.get((_reason(one), one.at.date())),
            customer_id=keys.customers[one.customer], contact_point_id=keys.phones.get(keys.customers[one.customer]),
            channel=one.channel, purpose=one.purpose, programme=one.programme, staff_id=keys.staff[one.staff],
            branch_id=history.branches[keys.customers[one.customer]], state=Attempt.State.ENDED, at=one.at.astimezone(UTC),
            day=one.at.date(), ended_at=(one.at + timedelta(seconds=one.seconds)).astimezone(UTC), outcome=one.outcome,
            reached=one.reached, counted=one.counted,
        )
        for one in history.business.contacts
    )  # fmt: skip
    history.attempts = {one.key: one for one in Attempt.objects.bulk_create(rows, batch_size=BATCH)}


def _records(history: _History) -> None:
    answers: dict[str, list[made.Answer]] = defaultdict(list)
    for answer in history.business.answers:
        answers[answer.record].append(answer)
    rows = [_record(history, one, answers[one.code]) for one in history.business.records]
    created = Record.objects.bulk_create(rows, batch_size=BATCH)
    history.records = {one.code: record for one, record in zip(history.business.records, created, strict=True)}
    free = {question.key for asked in history.playbook.questionnaires.values() for question in asked.questions if question.type == "text"}
    kept = (_answer(history.records[code], one, one.question in free) for code, found in answers.items() for one in found)
    Answer.objects.bulk_create(kept, batch_size=BATCH)
    Feedback.objects.bulk_create(_feedback(history), batch_size=BATCH)


def _record(history: _History, one: made.Record, answers: list[made.Answer]) -> Record:
    attempt, programme = history.attempts[one.contact], history.playbook.programmes[one.programme]
    scores = [answer.score for answer in answers if answer.score is not None]
    event = history.keys.events.get(one.event)
    return Record(
        attempt=attempt, token=f"{one.code}", followup_id=attempt.followup_id, customer_id=attempt.customer_id,
        staff_id=attempt.staff_id, handler_id=history.handlers.get(event) if event else None, branch_id=attempt.branch_id,
        playbook_version=history.version, programme=one.programme, questionnaire=programme.ask or "" if answers else "",
        questionnaire_version=history.playbook.questionnaires[programme.ask].version if answers and programme.ask else 0,
        saved_at=one.at.astimezone(UTC), day=one.at.date(), words=one.words, satisfied=one.satisfied,
        seconds=max(0, int(((attempt.ended_at or attempt.at) - attempt.at).total_seconds())),
        mean_score=sum(scores) / len(scores) if scores else None, min_score=min(scores, default=None),
        remark=one.next_step, next_step="done", next_on=one.next_day,
    )  # fmt: skip


def _answer(record: Record, one: made.Answer, free: bool) -> Answer:
    value, text = ("", one.value) if free else (one.value[:200], "")
    return Answer(record=record, question=one.question, value=value, text=text, score=one.score)


def _feedback(history: _History) -> Iterable[Feedback]:
    for one in history.business.records:
        if one.feedback and one.words:
            record = history.records[one.code]
            yield Feedback(
                customer_id=record.customer_id, record=record, kind=one.feedback, topic=one.topic, words=one.words, at=record.saved_at
            )


def _cases(history: _History) -> None:
    keys, business = history.keys, history.business
    rows = [
        Case(
            number=one.code, kind=one.kind, customer_id=keys.customers[one.customer], record=history.records.get(one.record),
            playbook_version=history.version, branch_id=history.branches[keys.customers[one.customer]],
            owner_id=keys.staff.get(one.owner), title=one.what, opened_at=one.opened.astimezone(UTC), answered_at=_utc(one.answered),
            solved_at=_utc(one.closed), closed_at=_utc(one.closed), solution=one.solution,
            first_answer_due=_utc(one.opened + timedelta(hours=4)), solve_due=_utc(one.opened + timedelta(days=3)),
            state=Case.State.CLOSED if one.closed else Case.State.ANSWERED if one.answered else Case.State.OPEN,
        )
        for one in business.cases
    ]  # fmt: skip
    steps = []
    for case in Case.objects.bulk_create(rows, batch_size=BATCH):
        moments = (("opened", case.opened_at, case.title), ("answered", case.answered_at, ""), ("closed", case.closed_at, case.solution))
        steps += [CaseStep(case=case, at=at, by_id=case.owner_id, what=what, words=words) for what, at, words in moments if at]
    CaseStep.objects.bulk_create(steps, batch_size=BATCH)


def _utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment else None
