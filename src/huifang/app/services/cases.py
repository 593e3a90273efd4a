"""Cases: opened, handed over, moved, answered, solved, closed, reopened; every step stays. None is closed without an answer."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from huifang.app.access import staff_for
from huifang.app.business_time import business_day
from huifang.app.queries.case_rules import in_fast_lane, rules_of, states_of
from huifang.app.queries.case_standing import settled
from huifang.app.records.models import Case, Customer, PlaybookVersion, Record, Request, Role, Staff
from huifang.app.services.case_people import called_to, owner_of, told_at_once
from huifang.app.services.case_steps import held, missing, said, step, working
from huifang.app.services.comments import tell_mentioned
from huifang.app.services.consents import check_scope
from huifang.app.services.notices import people_of, tell, tell_once
from huifang.domain.closing import missing as missing_to_close
from huifang.domain.errors import Conflict, Invalid, NotAllowed, Problem
from huifang.domain.escalation import reopened_too_often
from huifang.domain.words import Words


def open_case(
    by: Staff | None,
    customer: Customer,
    kind: str,
    title: str,
    now: datetime,
    *,
    record: Record | None = None,
    version: PlaybookVersion | None = None,
) -> Case:
    """Open a case with its clocks in working time, give it to its owner and tell them at once. Without a playbook's kind it has no clocks.

    Where the branch's calendar is missing the case is opened all the same, counts by another calendar, and administrators are told.
    """
    check_scope(by, customer)
    with transaction.atomic():
        case = Case(
            number=str(uuid.uuid4())[:24], kind=kind, customer=customer, record=record, playbook_version=version,
            branch=customer.branch, title=title, opened_at=now, owner=by,
        )  # fmt: skip
        rules = rules_of(case)
        if rules is not None:
            case.owner = owner_of(rules.kind, customer, record)
            case.lane = 0 if in_fast_lane(rules, customer, now) else 1
        case.save()
        case.number = f"{business_day(now):%Y%m%d}-{case.pk:04}"
        step(by, case, "opened", title, now, kind=kind, record=record.pk if record else None)
        words = Words(f"新工单 {case.number} 由您负责。", f"New case {case.number} is yours.")
        tell([each for each in told_at_once(case, business_day(now)) if each != by], words, f"case:{case.pk}", now)
        if not case.own_calendar:
            _calendar_missing(case, now)
    return case


def comment(by: Staff, case_id: int, words: str, now: datetime) -> Case:
    """Add to the history of a case; colleagues named with ``@`` are told."""
    with transaction.atomic():
        case = held(by, case_id)
        spoken = Words(f"{by.name}在工单 {case.number} 里提到了您。", f"{by.name} mentions you in case {case.number}.")
        tell_mentioned(by, words, case.branch, spoken, f"case:{case.pk}", now)
        return step(by, case, "comment", said(words), now)


def assign(by: Staff, case_id: int, to_id: int, now: datetime) -> Case:
    """Give a case to a colleague and tell them."""
    with transaction.atomic():
        case = working(by, case_id)
        to = staff_for(by).filter(pk=to_id, is_active=True).first()
        if to is None:
            raise NotAllowed(missing())
        case.owner = to
        tell([to], Words(f"工单 {case.number} 转给您处理。", f"Case {case.number} has been handed to you."), f"case:{case.pk}", now)
        return step(by, case, "assigned", "", now, to=to.pk, name=to.name)


def move(by: Staff, case_id: int, state: str, words: str, now: datetime) -> Case:
    """Bring a case into a state of work of its playbook (empty: back to work); in some of them the solution's clock stands still."""
    with transaction.atomic():
        case = working(by, case_id)
        states = states_of(rules_of(case))
        if (state and state not in states) or case.state == Case.State.SOLVED:
            raise Invalid(
                Problem(
                    "case.state",
                    Words("工单不能进入这个状态。", "The case cannot go into this state."),
                    Words("请从列表里选择；已解决的工单要先重新打开。", "Choose one of the list; reopen a case that is solved."),
                )
            )
        pauses = bool(state) and states[state].pauses
        what = "paused" if pauses and not case.paused_at else "resumed" if case.paused_at and not pauses else "moved"
        case.work_state = state
        return step(by, case, what, words, now, state=state)


def answer(by: Staff, case_id: int, words: str, now: datetime) -> Case:
    """The customer has been answered: what they were told."""
    with transaction.atomic():
        return step(by, working(by, case_id), "answered", said(words), now)


def solve(by: Staff, case_id: int, cause: str, solution: str, now: datetime) -> Case:
    """The matter is settled: why it came about (a cause of the playbook, or words where it names none) and what was done."""
    with transaction.atomic():
        case = working(by, case_id)
        case.cause, case.solution, case.work_state = _cause(case, cause), said(solution), ""
        return step(by, case, "solved", solution, now, cause=case.cause)


def close(by: Staff, case_id: int, words: str, now: datetime) -> Case:
    """Close a case that lacks nothing; its kind may ask for a follow-up afterwards. Raises Conflict with everything that is missing."""
    with transaction.atomic():
        case = working(by, case_id)
        rules = rules_of(case)
        problems = missing_to_close(settled(case, rules.kind.to_close if rules else ()))
        if problems:
            raise Conflict(*problems)
        case.closed_at, case.state = now, Case.State.CLOSED
        _revisit(case, now)
        return step(by, case, "closed", words, now)


def reopen(by: Staff, case_id: int, words: str, now: datetime) -> Case:
    """A closed or solved case is not settled after all: a new round with new clocks."""
    with transaction.atomic():
        case = held(by, case_id)
        if case.merged_into_id is not None:
            raise Conflict(
                Problem(
                    "case.merged",
                    Words("这个工单已并入另一个工单。", "This case was merged into another one."),
                    Words("请在那个工单里继续处理。", "Go on there."),
                )
            )
        return reopened(by, case, said(words), now)


def reopened(by: Staff | None, case: Case, words: str, now: datetime) -> Case:
    """Begin a new round of a locked case; its owner is told, and repeated reopening goes at once to somebody higher."""
    case.closed_at, case.work_state, case.level, case.verdict = None, "", 0, Case.Verdict.NONE
    step(by, case, "reopened", words, now)
    owner = [case.owner] if case.owner and case.owner != by else []
    tell(owner, Words(f"工单 {case.number} 被重新打开。", f"Case {case.number} was reopened."), f"case:{case.pk}", now)
    rules = rules_of(case)
    rule = rules.kind.reopened if rules else None
    if rule and reopened_too_often(case.round, rule.times):
        people = called_to(case, rule.to, business_day(now))
        zh, en = f"工单 {case.number} 已第 {case.round - 1} 次重新打开。", f"Case {case.number} was reopened {case.round - 1} times."
        tell(people, Words(zh, en), f"case:{case.pk}", now)
        case.owner = people[0] if people else case.owner
        step(None, case, "escalated", "", now, reopened=case.round - 1, to=[each.name for each in people])
    return case


def _revisit(case: Case, now: datetime) -> None:
    rules = rules_of(case)
    if rules and rules.kind.revisit:
        Request.objects.get_or_create(
            customer=case.customer, programme=rules.kind.revisit, source=f"case:{case.pk}:{case.round}",
            defaults={"playbook": rules.playbook.playbook, "day": business_day(now)},
        )  # fmt: skip


def _cause(case: Case, cause: str) -> str:
    rules = rules_of(case)
    tree = rules.playbook.causes if rules else {}
    first, _, second = cause.partition(".")
    if tree and cause and (first not in tree or (second and second not in tree[first].causes)):
        raise Invalid(
            Problem(
                "case.cause",
                Words("回访方案里没有这个原因。", "The playbook has no such cause."),
                Words("请从列表里选择。", "Choose one of the list."),
            )
        )
    return cause.strip()[:200]


def _calendar_missing(case: Case, now: datetime) -> None:
    branch = case.branch
    if branch is not None:
        words = Words(
            f"分支机构“{branch.name}”的日历“{branch.calendar}”不存在，工单暂按通用工作日计时，请更正。",
            f"Calendar “{branch.calendar}” of branch “{branch.name}” is missing; its cases count by another calendar. Please correct it.",
        )
        tell_once(people_of(None, (Role.ADMINISTRATOR,)), words, f"calendar:{branch.pk}", now)
