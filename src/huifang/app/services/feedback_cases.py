"""From a statement to a case: what a customer complained of anywhere is dealt with, and what they say again comes to the same case."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from huifang.app.access import DECIDE_FEEDBACK, HANDLE_CASES, feedback_for, require
from huifang.app.queries.playbooks import in_force
from huifang.app.records.models import Case, Customer, Feedback, Staff
from huifang.app.services import audit
from huifang.app.services.case_steps import locked, step, working
from huifang.app.services.cases import open_case
from huifang.app.services.notices import tell
from huifang.domain.errors import Conflict, Invalid, NotAllowed, Problem
from huifang.domain.words import Words


def kinds_of_case() -> dict[str, Words]:
    """The kinds of case of all playbooks in force, by ``playbook:kind``; with the playbook's title where there are several."""
    books = [one.playbook for one in in_force() if one.playbook.cases]
    return {f"{book.playbook}:{key}": _called(kind.title, book.title, len(books)) for book in books for key, kind in book.cases.items()}


def _called(kind: Words, book: Words, books: int) -> Words:
    return Words(f"{kind.zh} · {book.zh}", f"{kind.en} · {book.en}") if books > 1 else kind


def case_of(row: Feedback) -> Case | None:
    """The case in which a statement is dealt with: its own, or the one that was opened from its record."""
    return row.case or (row.record.cases.order_by("-pk").first() if row.record else None)


def open_for(by: Staff, feedback_id: int, kind: str, now: datetime) -> Case:
    """Open a case of a kind (``playbook:kind``) for a statement; whatever the same customer said of the same matter goes with it.

    Raises Conflict where it has a case or nobody knows who said it, Invalid for a kind there is not.
    """
    with transaction.atomic():
        row, customer = _without_case(by, feedback_id)
        name, _, key = kind.partition(":")
        version = next((one.version for one in in_force() if one.playbook.playbook == name and key in one.playbook.cases), None)
        if version is None:
            raise Invalid(_no_kind())
        case = open_case(by, customer, key, row.words.strip()[:200], now, record=row.record, version=version)
        _belongs(by, row, case)
        return case


def add_to(by: Staff, feedback_id: int, number: str, now: datetime) -> Case:
    """A statement belongs to a case of the same customer that is open already: its words are added there, its owner is told."""
    with transaction.atomic():
        row, customer = _without_case(by, feedback_id)
        found = Case.objects.filter(number=number, customer=customer).first()
        if found is None:
            raise Invalid(_no_case())
        case = working(by, found.pk)
        _said_in(case, row, now, by)
        _belongs(by, row, case)
        return case


def said_again(row: Feedback, now: datetime) -> Case | None:
    """A statement that was joined with another of the same customer, for which a case is open, comes to that case."""
    if row.customer_id is None or row.case_id is not None or row.group_id is None or case_of(row) is not None:
        return None
    others = Feedback.objects.filter(group=row.group_id, customer=row.customer_id).exclude(pk=row.pk)
    found = [case for one in others.select_related("case", "record") if (case := case_of(one)) and case.state != Case.State.CLOSED]
    if not found:
        return None
    case = locked(found[0].pk)
    _said_in(case, row, now, None)
    _belongs(None, row, case)
    return case


def _said_in(case: Case, row: Feedback, now: datetime, by: Staff | None) -> None:
    step(by, case, "comment", row.words, now, feedback=row.pk)
    words = Words(f"工单 {case.number} 的客户又说了同一件事。", f"The customer of case {case.number} has said the same again.")
    tell([case.owner] if case.owner and case.owner != by else [], words, f"case:{case.pk}", now)


def _belongs(by: Staff | None, row: Feedback, case: Case) -> None:
    mine = Feedback.objects.filter(customer=row.customer_id, case=None)
    mine.filter(pk=row.pk).update(case=case)
    if row.group_id is not None:
        mine.filter(group=row.group_id, record__cases=None).update(case=case)
    row.case = case
    audit.write(by, "feedback.case", f"feedback:{row.pk}", case=case.number)


def _without_case(by: Staff, feedback_id: int) -> tuple[Feedback, Customer]:
    require(by, DECIDE_FEEDBACK)
    require(by, HANDLE_CASES)
    rows = feedback_for(by).select_for_update(of=("self",), no_key=True).select_related("customer__branch", "record", "case")
    row = rows.filter(pk=feedback_id).first()
    if row is None:
        raise NotAllowed(_missing())
    if case_of(row) is not None:
        raise Conflict(_has_case())
    if row.customer is None:
        raise Conflict(_nameless())
    return row, row.customer


def _missing() -> Problem:
    what = Words("没有这条反馈，或不在您的范围内。", "There is no such feedback, or it is not in your reach.")
    return Problem("feedback.missing", what, Words("请刷新列表。", "Load the list again."))


def _has_case() -> Problem:
    what = Words("这条反馈已经有工单。", "This statement has its case already.")
    return Problem("feedback.has-case", what, Words("请在那个工单里继续处理。", "Go on there."))


def _nameless() -> Problem:
    what = Words("不知道这条意见是谁说的，不能立案。", "Nobody knows who said this: there is nobody whom a case could answer.")
    return Problem("feedback.nameless", what, Words("请针对这个主题安排改进措施。", "Plan a measure against its topic."))


def _no_kind() -> Problem:
    what = Words("执行中的方案没有这种工单。", "No playbook in force has a case of this kind.")
    return Problem("feedback.case-kind", what, Words("请从列表里选择。", "Choose one of the list."))


def _no_case() -> Problem:
    what = Words("这位客户没有这个工单。", "This customer has no such case.")
    return Problem("feedback.no-case", what, Words("请从列表里选择。", "Choose one of the list."))
