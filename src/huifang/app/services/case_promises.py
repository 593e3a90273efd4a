"""What was promised to the customer in a case: made, kept, taken back. Reminders come from `case_watch`."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from huifang.app.queries.case_rules import rules_of, work_time
from huifang.app.records.models import Case, CasePromise, Staff
from huifang.app.services.case_steps import said, step, working
from huifang.domain.errors import Conflict, Invalid, Problem
from huifang.domain.reminders import reminder_at
from huifang.domain.words import Words


def promise(by: Staff, case_id: int, words: str, due_at: datetime, now: datetime) -> CasePromise:
    """Promise the customer something until a moment to come; its reminder is set in working time."""
    with transaction.atomic():
        case = working(by, case_id)
        if due_at <= now:
            raise Invalid(
                Problem(
                    "promise.past",
                    Words("承诺的时间已经过去。", "The time promised has passed already."),
                    Words("请填写将来的时间。", "Enter a time to come."),
                )
            )
        made = CasePromise.objects.create(
            case=case, words=said(words), due_at=due_at, made_by=by, made_at=now, next_notice_at=_reminder(case, due_at, now)
        )
        step(by, case, "promised", words, now, promise=made.pk, due=due_at.isoformat())
        return made


def keep(by: Staff, case_id: int, promise_id: int, now: datetime) -> CasePromise:
    """The promise was kept."""
    return _end(by, case_id, promise_id, "kept", "", now)


def withdraw(by: Staff, case_id: int, promise_id: int, words: str, now: datetime) -> CasePromise:
    """The promise is taken back, as the customer was told: why."""
    return _end(by, case_id, promise_id, "withdrawn", said(words), now)


def _end(by: Staff, case_id: int, promise_id: int, what: str, words: str, now: datetime) -> CasePromise:
    with transaction.atomic():
        case = working(by, case_id)
        found = case.promises.select_for_update(no_key=True).filter(pk=promise_id).first()
        if found is None or not found.open:
            raise Conflict(
                Problem(
                    "promise.ended",
                    Words("这个承诺已经兑现或撤回。", "This promise is kept or taken back already."),
                    Words("请看工单记录。", "Look at the case's history."),
                )
            )
        setattr(found, f"{what}_at", now)
        found.next_notice_at = None
        found.save()
        step(by, case, what, words, now, promise=found.pk)
        return found


def _reminder(case: Case, due_at: datetime, now: datetime) -> datetime:
    rules = rules_of(case)
    return reminder_at(now, due_at, work_time(rules, case.customer, now, due_at)[0]) if rules else due_at
