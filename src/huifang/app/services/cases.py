"""Cases: opened, handed over, answered, solved, closed, reopened; every step stays in their history. None is closed without an answer."""

from __future__ import annotations

import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from huifang.app.access import HANDLE_CASES, cases_for, require, staff_for
from huifang.app.business_time import business_day
from huifang.app.calendars import working_calendar
from huifang.app.records.models import Case, CaseStep, Customer, PlaybookVersion, Record, Request, Role, Staff
from huifang.app.services import audit
from huifang.app.services.consents import check_scope
from huifang.app.services.contact_facts import calendar_name, zone_of
from huifang.app.services.notices import people_of, tell
from huifang.app.services.playbooks import playbook_of
from huifang.domain.case_clocks import WorkTime, due_at
from huifang.domain.errors import Conflict, Invalid, NotAllowed, Problem
from huifang.domain.windows import Hours
from huifang.domain.words import Words
from huifang.playbooks.schema import CaseKind, Playbook


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
    """Open a case with its clocks in working time, give it to its owner and tell them. Without a playbook's kind it has no clocks."""
    check_scope(by, customer)
    playbook = playbook_of(version) if version else None
    rule = playbook.cases.get(kind) if playbook else None
    with transaction.atomic():
        case = Case.objects.create(
            number=str(uuid.uuid4())[:24], kind=kind, customer=customer, record=record, playbook_version=version,
            branch_id=customer.branch_id, title=title, opened_at=now,
            owner=_owner(rule, customer, record) if rule else by,
        )  # fmt: skip
        case.number = f"{business_day(now):%Y%m%d}-{case.pk:04}"
        if rule and playbook:
            work = _work_time(playbook, customer, now)
            case.first_answer_due, case.solve_due = due_at(now, rule.first_answer, work), due_at(now, rule.solve, work)
        case.save(update_fields=["number", "first_answer_due", "solve_due"])
        CaseStep.objects.create(case=case, at=now, by=by, what="opened", words=title)
        if case.owner is not None and case.owner != by:
            tell([case.owner], Words(f"新工单 {case.number} 由您负责。", f"New case {case.number} is yours."), f"case:{case.pk}", now)
        audit.write(by, "case.opened", f"case:{case.pk}", kind=kind, record=record.pk if record else None)
    return case


def comment(by: Staff, case_id: int, words: str, now: datetime) -> Case:
    """Add to the history of a case."""
    with transaction.atomic():
        return _step(by, _held(by, case_id), "comment", _said(words), now)


def assign(by: Staff, case_id: int, to_id: int, now: datetime) -> Case:
    """Give a case to a colleague and tell them."""
    with transaction.atomic():
        case = _held(by, case_id)
        _unless_closed(case)
        to = staff_for(by).filter(pk=to_id, is_active=True).first()
        if to is None:
            raise NotAllowed(_missing())
        case.owner = to
        case.save(update_fields=["owner"])
        tell([to], Words(f"工单 {case.number} 转给您处理。", f"Case {case.number} has been handed to you."), f"case:{case.pk}", now)
        return _step(by, case, "assigned", "", now, to=to.pk)


def answer(by: Staff, case_id: int, words: str, now: datetime) -> Case:
    """The customer has been answered: what they were told."""
    with transaction.atomic():
        case = _held(by, case_id)
        _unless_closed(case)
        case.answered_at = case.answered_at or now
        case.state = Case.State.ANSWERED if case.state == Case.State.OPEN else case.state
        case.save(update_fields=["answered_at", "state"])
        return _step(by, case, "answered", _said(words), now)


def solve(by: Staff, case_id: int, cause: str, solution: str, now: datetime) -> Case:
    """The matter is settled: why it came about and what was done."""
    with transaction.atomic():
        case = _held(by, case_id)
        _unless_closed(case)
        case.cause, case.solution, case.solved_at, case.state = cause[:200], _said(solution), now, Case.State.SOLVED
        case.save(update_fields=["cause", "solution", "solved_at", "state"])
        return _step(by, case, "solved", solution, now)


def close(by: Staff, case_id: int, words: str, now: datetime) -> Case:
    """Close a solved case whose customer has had an answer; its kind may ask for a follow-up afterwards."""
    with transaction.atomic():
        case = _held(by, case_id)
        _unless_closed(case)
        if case.answered_at is None or case.solved_at is None:
            raise Conflict(
                Problem(
                    "case.not-answered",
                    Words("工单还没有答复客户或还没有解决。", "The customer has no answer yet, or the matter is not settled."),
                    Words("请先登记答复和处理结果，再办结。", "Enter the answer and the solution first, then close it."),
                )
            )
        case.closed_at, case.state = now, Case.State.CLOSED
        case.save(update_fields=["closed_at", "state"])
        _revisit(case, now)
        return _step(by, case, "closed", words, now)


def reopen(by: Staff, case_id: int, words: str, now: datetime) -> Case:
    """A closed or solved case is not settled after all."""
    with transaction.atomic():
        case = _held(by, case_id)
        case.state, case.closed_at, case.solved_at = Case.State.OPEN, None, None
        case.save(update_fields=["state", "closed_at", "solved_at"])
        return _step(by, case, "reopened", _said(words), now)


def _step(by: Staff, case: Case, what: str, words: str, now: datetime, **detail: object) -> Case:
    CaseStep.objects.create(case=case, at=now, by=by, what=what, words=words)
    audit.write(by, f"case.{what}", f"case:{case.pk}", **detail)
    return case


def _held(by: Staff, case_id: int) -> Case:
    require(by, HANDLE_CASES)
    if not cases_for(by).filter(pk=case_id).exists():
        raise NotAllowed(_missing())
    return Case.objects.select_for_update(of=("self",)).select_related("customer__branch", "playbook_version").get(pk=case_id)


def _revisit(case: Case, now: datetime) -> None:
    playbook = playbook_of(case.playbook_version) if case.playbook_version else None
    rule = playbook.cases.get(case.kind) if playbook else None
    if playbook and rule and rule.revisit:
        Request.objects.get_or_create(
            customer=case.customer, programme=rule.revisit, source=f"case:{case.pk}",
            defaults={"playbook": playbook.playbook, "day": business_day(now)},
        )  # fmt: skip


def _owner(rule: CaseKind, customer: Customer, record: Record | None) -> Staff | None:
    match rule.owner:
        case "customer owner":
            first_choice = customer.owner
        case "event staff":
            first_choice = record.handler if record else None
        case "branch manager":
            first_choice = next(iter(people_of(customer.branch, (Role.MANAGER,))), None)
        case _:
            first_choice = None
    if first_choice is not None and first_choice.is_active:
        return first_choice
    return next(iter(people_of(customer.branch, (Role.SUPERVISOR,)) or people_of(customer.branch, (Role.MANAGER,))), None)


def _work_time(playbook: Playbook, customer: Customer, now: datetime) -> WorkTime:
    calendar = working_calendar(calendar_name(customer, playbook), business_day(now))
    hours = tuple(Hours.parse(text) for text in playbook.calendar.hours)
    return WorkTime(calendar, hours, ZoneInfo(zone_of(customer, playbook)))


def _unless_closed(case: Case) -> None:
    if case.state == Case.State.CLOSED:
        raise Conflict(
            Problem(
                "case.closed",
                Words(f"工单 {case.number} 已经办结。", f"Case {case.number} is closed."),
                Words("要继续处理，请先重新打开。", "Reopen it to go on."),
            )
        )


def _said(words: str) -> str:
    if not words.strip():
        raise Invalid(
            Problem(
                "case.no-words",
                Words("没有填写内容。", "Nothing was written."),
                Words("请写明说了什么、做了什么。", "Write down what was said or done."),
            )
        )
    return words


def _missing() -> Problem:
    return Problem(
        "case.missing",
        Words("找不到这个工单或人员。", "There is no such case or person."),
        Words("它可能属于别的分支机构。", "It may belong to another branch."),
    )
