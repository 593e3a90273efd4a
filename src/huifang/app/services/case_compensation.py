"""Compensation in a case: proposed by one person, approved or refused by another within the limits of their role."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from huifang.app.business_time import business_day
from huifang.app.queries.case_rules import Rules, rules_of
from huifang.app.queries.case_standing import given
from huifang.app.records.models import Case, CaseCompensation, Staff
from huifang.app.services.case_people import called_to
from huifang.app.services.case_steps import said, step, working
from huifang.app.services.notices import tell
from huifang.domain.compensation import CompensationRule, approvers, needs_approval, why_not_approve, why_not_propose
from huifang.domain.errors import Conflict, Invalid, NotAllowed, Problem
from huifang.domain.words import Words


def propose(by: Staff, case_id: int, kind: str, amount: Decimal, words: str, now: datetime) -> CaseCompensation:
    """Propose a compensation; those who may approve it are told. Small ones that are free need nobody's yes."""
    with transaction.atomic():
        case = working(by, case_id)
        rules, rule = _rule(case)
        if rules.kind.compensation is None or kind not in rules.kind.compensation.kinds:
            raise Invalid(_unknown())
        before = given(case)
        problem = why_not_propose(amount, before, rule)
        if problem is not None:
            raise Invalid(problem)
        waits = needs_approval(amount, before, rule)
        state = CaseCompensation.State.WAITING if waits else CaseCompensation.State.APPROVED
        made = CaseCompensation.objects.create(
            case=case, kind=kind, amount=amount, words=said(words), state=state, proposed_by=by, proposed_at=now,
            decided_at=None if waits else now,
        )  # fmt: skip
        if waits:
            _ask(case, by, amount, before + amount, rule, now)
        step(by, case, "proposed", words, now, compensation=made.pk, kind=kind, amount=str(amount), waits=waits)
        return made


def decide(by: Staff, case_id: int, compensation_id: int, words: str, now: datetime, *, approve: bool) -> CaseCompensation:
    """Approve or refuse what another person has proposed; a refusal says why. The proposer is told."""
    with transaction.atomic():
        case = working(by, case_id)
        found = case.compensations.select_for_update(no_key=True).filter(pk=compensation_id).first()
        if found is None or found.state != CaseCompensation.State.WAITING:
            raise Conflict(_decided())
        problem = why_not_approve(by.role, given(case), _rule(case)[1], own=found.proposed_by_id == by.pk)
        if problem is not None:
            raise NotAllowed(problem)
        found.state = CaseCompensation.State.APPROVED if approve else CaseCompensation.State.REFUSED
        found.decided_by, found.decided_at = by, now
        found.save(update_fields=["state", "decided_by", "decided_at"])
        zh, en = ("已批准", "was approved") if approve else ("未批准", "was refused")
        note = Words(f"工单 {case.number} 的补偿{zh}。", f"The compensation in case {case.number} {en}.")
        tell([found.proposed_by] if found.proposed_by else [], note, f"case:{case.pk}", now)
        what = "approved" if approve else "refused"
        step(by, case, what, words if approve else said(words), now, compensation=found.pk, kind=found.kind, amount=str(found.amount))
        return found


def _ask(case: Case, by: Staff, amount: Decimal, total: Decimal, rule: CompensationRule, now: datetime) -> None:
    """Tell the people of the lowest role that may approve it, others than the proposer."""
    words = Words(
        f"工单 {case.number} 有一笔 ¥{amount:,.2f} 的补偿等您审批。",
        f"A compensation of ¥{amount:,.2f} in case {case.number} waits for you.",
    )
    for role in approvers(total, rule):
        people = [each for each in called_to(case, role, business_day(now)) if each != by]
        if people:
            tell(people, words, f"case:{case.pk}", now)
            return


def _rule(case: Case) -> tuple[Rules, CompensationRule]:
    rules = rules_of(case)
    rule = rules.compensation if rules else None
    if rules is None or rule is None:
        raise Invalid(_unknown())
    return rules, rule


def _unknown() -> Problem:
    return Problem(
        "compensation.unknown",
        Words("回访方案没有规定这种补偿。", "The playbook knows no such compensation."),
        Words("请在方案工单类型的 compensation 里写明种类和限额。", "State kinds and limits under compensation of the case kind."),
    )


def _decided() -> Problem:
    return Problem(
        "compensation.decided",
        Words("这笔补偿已有人审批。", "Somebody has decided about this compensation already."),
        Words("请看工单记录。", "Look at the case's history."),
    )
