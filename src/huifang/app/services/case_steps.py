"""What every verb on a case does: find and lock it, write the step, compute its clocks anew from the history."""

from __future__ import annotations

from datetime import datetime

from huifang.app.access import HANDLE_CASES, cases_for, require
from huifang.app.queries.case_rules import rules_of, work_time
from huifang.app.queries.case_standing import called, stand_of
from huifang.app.records.models import FAR, Case, CaseStep, Staff
from huifang.app.services import audit
from huifang.domain.case_history import Standing
from huifang.domain.errors import Conflict, Invalid, NotAllowed, Problem
from huifang.domain.escalation import next_call
from huifang.domain.words import Words


def held(by: Staff, case_id: int) -> Case:
    """A case in the person's scope that they may handle, locked; raises NotAllowed."""
    require(by, HANDLE_CASES)
    if not cases_for(by).filter(pk=case_id).exists():
        raise NotAllowed(missing())
    return locked(case_id)


def working(by: Staff, case_id: int) -> Case:
    """The same, and it is not closed; raises Conflict where it is."""
    case = held(by, case_id)
    if case.state == Case.State.CLOSED:
        raise Conflict(
            Problem(
                "case.closed",
                Words(f"工单 {case.number} 已经办结。", f"Case {case.number} is closed."),
                Words("要继续处理，请先重新打开。", "Reopen it to go on."),
            )
        )
    return case


def locked(case_id: int) -> Case:
    """A case with what its rules need, its row locked until the transaction ends."""
    rows = Case.objects.select_related("customer__branch", "playbook_version", "branch", "owner")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=case_id)


def step(by: Staff | None, case: Case, what: str, words: str, now: datetime, **detail: object) -> Case:
    """Write a step and its line of the audit trail, after the clocks have been computed with it."""
    CaseStep.objects.create(case=case, at=now, by=by, what=what, words=words, detail=detail)
    refresh(case, now)
    audit.write(by, f"case.{what}", f"case:{case.pk}", **detail)
    return case


def refresh(case: Case, now: datetime) -> Standing:
    """Compute state, clocks, next call and place in the list from the history, and save the case."""
    rules = rules_of(case)
    stand = stand_of(case)
    case.round, case.round_at, case.answered_at, case.solved_at = stand.round, stand.start, stand.answered_at, stand.solved_at
    case.paused_at = stand.pauses[-1].start if stand.paused else None
    if case.closed_at is None:
        case.state = Case.State.SOLVED if stand.solved_at else Case.State.ANSWERED if stand.answered_at else Case.State.OPEN
    case.next_call_at = None
    if rules is not None:
        work, case.own_calendar = work_time(rules, case.customer, stand.start, now)
        stand = stand_of(case, rules.terms(work, fast=case.fast))
        case.first_answer_due, case.solve_due = stand.first_answer_due, stand.solve_due
        call = next_call(rules.levels, called(case), stand, work) if case.closed_at is None else None
        case.next_call_at = call.at if call else None
    case.sorted_at = _place(case)
    case.save()
    return stand


def said(words: str) -> str:
    """Words that must not be empty; raises Invalid."""
    if not words.strip():
        raise Invalid(
            Problem(
                "case.no-words",
                Words("没有填写内容。", "Nothing was written."),
                Words("请写明说了什么、做了什么。", "Write down what was said or done."),
            )
        )
    return words


def missing() -> Problem:
    """There is no such case for this person."""
    return Problem(
        "case.missing",
        Words("找不到这个工单或人员。", "There is no such case or person."),
        Words("它可能属于别的分支机构。", "It may belong to another branch."),
    )


def _place(case: Case) -> datetime:
    if case.state == Case.State.CLOSED:
        return case.closed_at or FAR
    if case.state == Case.State.OPEN:
        return min(each for each in (case.first_answer_due, case.solve_due, FAR) if each)
    return (case.solve_due if case.state == Case.State.ANSWERED else None) or FAR
