"""The same matter joined, and two matters parted: merge and split, with both histories kept."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from huifang.app.records.models import Case, CaseCompensation, CaseStep, Staff
from huifang.app.services.case_steps import held, said, step, working
from huifang.app.services.cases import open_case
from huifang.domain.errors import Conflict, Invalid, Problem
from huifang.domain.words import Words


def merge(by: Staff, case_id: int, into_number: str, now: datetime) -> Case:
    """Close a case as the same matter as another open one of the same customer; gives the one that goes on.

    That is the older of the two, whichever was named: its clocks have been running longer. The history of both stays where it is and is
    shown together, with that of cases merged before; what was given or promised in the one goes on in the other.
    """
    with transaction.atomic():
        found = Case.objects.filter(number=into_number).exclude(pk=case_id).first()
        if found is None:
            raise Invalid(_not_the_same())
        for pk in sorted((case_id, found.pk)):
            held(by, pk)  # locks in one order, whoever merges which into which
        case, into = working(by, case_id), working(by, found.pk)
        if into.customer_id != case.customer_id:
            raise Invalid(_not_the_same())
        if into.opened_at > case.opened_at:
            case, into = into, case
        CaseCompensation.objects.filter(case=case).update(case=into)
        case.promises.update(case=into)
        case.merged.update(merged_into=into)
        case.merged_into, case.closed_at, case.state = into, now, Case.State.CLOSED
        step(by, case, "merged", "", now, into=into.number)
        return step(by, into, "merged", "", now, **{"from": case.number})


def split(by: Staff, case_id: int, title: str, step_ids: list[int], now: datetime) -> Case:
    """Open a second case for another matter that was raised in this one; the steps named go over to it as they were written.

    Steps that move the clocks stay. Gives the new case.
    """
    with transaction.atomic():
        case = working(by, case_id)
        taken = CaseStep.objects.filter(case=case, pk__in=step_ids)
        if taken.exclude(what="comment").exists() or taken.count() != len(set(step_ids)):
            raise Conflict(
                Problem(
                    "case.split-steps",
                    Words("只有备注可以移到新工单。", "Only notes can go over to the new case."),
                    Words("请重新选择。", "Choose again."),
                )
            )
        new = open_case(by, case.customer, case.kind, said(title), now, record=case.record, version=case.playbook_version)
        taken.update(case=new)
        Case.objects.filter(pk=new.pk).update(split_from=case)
        step(by, case, "split", title, now, to=new.number)
        new.refresh_from_db()
        return step(by, new, "split", "", now, **{"from": case.number})


def _not_the_same() -> Problem:
    return Problem(
        "case.not-the-same",
        Words("只能并入同一客户的另一个未办结工单。", "A case can only be merged into another open case of the same customer."),
        Words("请从列表里选择。", "Choose one of the list."),
    )
