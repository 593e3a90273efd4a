"""The history of a generated business: occurrences, follow-ups, attempts, records, answers, feedback, cases."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from huifang.app.business_time import business_moment, business_zone
from huifang.app.calendars import working_calendar
from huifang.app.demo_hold_out import keep_aside
from huifang.app.demo_keys import BATCH, Keys
from huifang.app.records.bulk import insert
from huifang.app.records.models import (
    FAR,
    Answer,
    Attempt,
    Case,
    CaseStep,
    Feedback,
    FollowUp,
    Occurrence,
    PlanRun,
    PlaybookVersion,
    Promise,
    Record,
    Request,
)
from huifang.app.services.after_contact import PROMISED_FOR
from huifang.demo import business as made
from huifang.domain.case_clocks import WorkTime, due_at
from huifang.domain.windows import Hours
from huifang.playbooks.schema import Playbook

SHOWN = timedelta(days=31)
"""Follow-ups are kept for contacts of this last while; older attempts stand by themselves."""
_OPENS, _CLOSES = time(9), time(18)
Reason = tuple[str, str, str]


class _History:
    def __init__(self, business: made.Business, keys: Keys, version: PlaybookVersion, playbook: Playbook) -> None:
        self.business, self.keys, self.version, self.playbook = business, keys, version, playbook
        self.followups: dict[tuple[Reason, date], FollowUp] = {}
        self.occurrences: dict[Reason, int] = {}
        self.contacts = {one.code: one for one in business.contacts}
        self.attempts: dict[str, int] = {}
        self.records: dict[str, int] = {}

    def cause(self, one: made.Occurrence) -> str:
        """The cause as the engine writes it."""
        return self.keys.cause(one.cause)


def load_history(business: made.Business, keys: Keys, version: PlaybookVersion, playbook: Playbook) -> None:
    """Write it; the register is there already."""
    business = keep_aside(business, keys, playbook)
    history = _History(business, keys, version, playbook)
    last = max((one.at.date() for one in business.contacts), default=business.as_of - timedelta(days=1))
    run = PlanRun.objects.create(
        day=last, state=PlanRun.State.DONE, started_at=business_moment(last, time(6)), finished_at=business_moment(last, time(6))
    )
    _followups(history, run)
    _occurrences(history)
    _promises(history)
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
        customer_id=customer, run=run if run.day == day else None, branch_id=history.keys.branch_of[customer],
        staff_id=history.keys.staff[last.staff], channel=last.channel, purpose=last.purpose, day=day, deadline=day,
        opens_at=business_moment(day, _OPENS), closes_at=business_moment(day, _CLOSES), playbook_version=history.version,
        programme=last.programme, because={"zh": title.zh, "en": title.en}, state=FollowUp.State.DONE, outcome=last.outcome,
        attempts_made=sum(one.counted for one in found), done_at=last.at.astimezone(UTC),
    )  # fmt: skip


_OCCURRENCE = (
    "playbook", "programme", "customer_id", "cause", "event_id", "cause_day", "purpose", "due", "deadline", "expires", "open", "decision",
    "rule", "decided_on", "followup_id", "attempts", "next_on", "last_staff_id", "closed_as",
)  # fmt: skip


def _occurrences(history: _History) -> None:
    newest = {reason: followup for (reason, _), followup in sorted(history.followups.items(), key=lambda item: item[0][1])}
    found = {_reason(one): one for one in history.business.occurrences}
    rows = (_occurrence(history, one, newest.get(reason)) for reason, one in found.items())
    history.occurrences = dict(zip(found, insert(Occurrence, _OCCURRENCE, rows), strict=True))


def _occurrence(history: _History, one: made.Occurrence, followup: FollowUp | None) -> tuple[object, ...]:
    keys, programme = history.keys, history.playbook.programmes[one.programme]
    event = keys.events.get(one.cause)
    day = _cause_day(one, keys.event_days.get(event) if event else None)
    rule = one.rule or ("planned.first" if one.attempts else "expired.window")
    return (
        history.playbook.playbook, one.programme, keys.customers[one.customer], history.cause(one), event, day, programme.purpose, one.due,
        one.expires, one.expires, one.open, rule.partition(".")[0], rule, max(one.due, followup.day if followup else one.due),
        followup.pk if followup else None, one.attempts, one.next_on if one.open else None, keys.staff.get(one.staff),
        "" if one.open else "done" if one.attempts or rule.startswith("bundled") else rule.partition(".")[0],
    )  # fmt: skip


def _cause_day(one: made.Occurrence, event_day: date | None) -> date:
    if event_day is not None:
        return event_day
    try:
        return date.fromisoformat(one.cause.rpartition(":")[2])
    except ValueError:
        return one.due


def _promises(history: _History) -> None:
    keys = history.keys
    Promise.objects.bulk_create(
        Promise(
            customer_id=keys.customers[one.customer], occurrence_id=history.occurrences[one.programme, one.customer, one.cause],
            staff_id=keys.staff[one.staff], opens_at=one.opens.astimezone(UTC), closes_at=one.opens.astimezone(UTC) + PROMISED_FOR,
            day=one.opens.date(), made_at=one.made.astimezone(UTC),
        )
        for one in history.business.promises
    )  # fmt: skip


_ATTEMPT = (
    "ticket", "key", "followup_id", "customer_id", "contact_point_id", "channel", "purpose", "programme", "staff_id", "branch_id", "state",
    "at", "day", "ended_at", "outcome", "reached", "counted",
)  # fmt: skip


def _attempts(history: _History) -> None:
    rows = (_attempt(history, one) for one in history.business.contacts)
    history.attempts = dict(zip(history.contacts, insert(Attempt, _ATTEMPT, rows), strict=True))


def _attempt(history: _History, one: made.Contact) -> tuple[object, ...]:
    keys, at = history.keys, one.at.astimezone(UTC)
    customer = keys.customers[one.customer]
    return (
        uuid.uuid5(uuid.NAMESPACE_OID, one.code), one.code, _followup_of(history, one), customer, keys.phones.get(customer),
        one.channel, one.purpose, one.programme, keys.staff[one.staff], keys.branch_of[customer], Attempt.State.ENDED, at, one.at.date(),
        at + timedelta(seconds=one.seconds), one.outcome, one.reached, one.counted,
    )  # fmt: skip


def _followup_of(history: _History, one: made.Contact) -> int | None:
    found = history.followups.get((_reason(one), one.at.date()))
    return found.pk if found else None


_RECORD = (
    "attempt_id", "token", "followup_id", "customer_id", "staff_id", "handler_id", "branch_id", "playbook_version_id", "programme",
    "questionnaire", "questionnaire_version", "saved_at", "day", "words", "satisfied", "seconds", "mean_score", "min_score", "remark",
    "next_step", "next_on",
)  # fmt: skip


def _records(history: _History) -> None:
    answers: dict[str, list[made.Answer]] = defaultdict(list)
    for answer in history.business.answers:
        answers[answer.record].append(answer)
    rows = (_record(history, one, answers[one.code]) for one in history.business.records)
    history.records = dict(zip([one.code for one in history.business.records], insert(Record, _RECORD, rows), strict=True))
    told = ((history.records[one.code], event) for one in history.business.records if (event := history.keys.events.get(one.event)))
    insert(Record.events.through, ("record_id", "event_id"), told)
    free = {question.key for asked in history.playbook.questionnaires.values() for question in asked.questions if question.type == "text"}
    kept = (_answer(history.records[code], one, one.question in free) for code, found in answers.items() for one in found)
    insert(Answer, ("record_id", "question", "value", "text", "score"), kept)
    insert(Feedback, ("customer_id", "record_id", "kind", "topic", "words", "at"), _feedback(history))


def _record(history: _History, one: made.Record, answers: list[made.Answer]) -> tuple[object, ...]:
    keys, programme, contact = history.keys, history.playbook.programmes[one.programme], history.contacts[one.contact]
    scores = [answer.score for answer in answers if answer.score is not None]
    event, customer = keys.events.get(one.event), keys.customers[one.customer]
    return (
        history.attempts[one.contact], one.code, _followup_of(history, contact), customer, keys.staff[one.staff],
        keys.handlers.get(event) if event else None, keys.branch_of[customer], history.version.pk, one.programme,
        programme.ask or "" if answers else "",
        history.playbook.questionnaires[programme.ask].version if answers and programme.ask else 0,
        one.at.astimezone(UTC), one.at.date(), one.words, one.satisfied, contact.seconds,
        sum(scores) / len(scores) if scores else None, min(scores, default=None), one.next_step, "done", one.next_day,
    )  # fmt: skip


def _answer(record: int, one: made.Answer, free: bool) -> tuple[object, ...]:
    value, text = ("", one.value) if free else (one.value[:200], "")
    return record, one.question, value, text, one.score


def _feedback(history: _History) -> Iterable[tuple[object, ...]]:
    for one in history.business.records:
        if one.feedback and one.words:
            at, customer = one.at.astimezone(UTC), history.keys.customers[one.customer]
            yield customer, history.records[one.code], one.feedback, one.topic, one.words, at


def _cases(history: _History) -> None:
    keys, business, rules = history.keys, history.business, history.playbook.cases
    work = _work_time(history)
    rows = [
        Case(
            number=one.code, kind=one.kind, customer_id=keys.customers[one.customer], record_id=history.records.get(one.record),
            playbook_version=history.version, branch_id=history.keys.branch_of[keys.customers[one.customer]],
            owner_id=keys.staff.get(one.owner), title=one.what, opened_at=one.opened.astimezone(UTC), answered_at=_utc(one.answered),
            solved_at=_utc(one.closed), closed_at=_utc(one.closed), solution=one.solution,
            first_answer_due=due_at(one.opened, rules[one.kind].first_answer, work),
            solve_due=due_at(one.opened, rules[one.kind].solve, work),
            state=Case.State.CLOSED if one.closed else Case.State.ANSWERED if one.answered else Case.State.OPEN,
            cause=one.cause if one.closed else "", verdict=_verdict(one.final_score) if one.closed else "",
        )
        for one in business.cases
    ]  # fmt: skip
    for row in rows:
        row.round_at = row.opened_at
        row.sorted_at = row.closed_at or (row.solve_due if row.answered_at else row.first_answer_due) or FAR
    steps, cases = [], Case.objects.bulk_create(rows, batch_size=BATCH)
    _asked_again({case.number: case.pk for case in cases})
    for case in cases:
        moments = (
            ("opened", case.opened_at, case.title), ("answered", case.answered_at, ""), ("solved", case.solved_at, case.solution),
            ("closed", case.closed_at, ""),
        )  # fmt: skip
        steps += [CaseStep(case=case, at=at, by_id=case.owner_id, what=what, words=words) for what, at, words in moments if at]
    CaseStep.objects.bulk_create(steps, batch_size=BATCH)


def _asked_again(cases: dict[str, int]) -> None:
    """A request to ask again after a case names the case by its row, as the system writes it; one kept aside stays a number."""
    asked = list(Request.objects.filter(source__startswith="case:"))
    for each in asked:
        number = each.source.removeprefix("case:")
        each.source = f"case:{cases[number]}:1" if number in cases else number
    Request.objects.bulk_update(asked, ["source"], batch_size=BATCH)


def _verdict(score: int | None) -> str:
    if score is None:
        return Case.Verdict.NONE
    return Case.Verdict.HAPPY if score >= 3 else Case.Verdict.UNHAPPY


def _work_time(history: _History) -> WorkTime:
    rules = history.playbook.calendar
    hours = tuple(Hours.parse(text) for text in rules.hours)
    return WorkTime(working_calendar(rules.country, history.business.as_of), hours, business_zone())


def _utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment else None
