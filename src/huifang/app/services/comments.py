"""Speaking to colleagues about a customer, and telling those who are spoken to."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from huifang.app.access import HANDLE_CASES, customers_for, require
from huifang.app.records.models import Branch, Comment, Customer, Role, Staff
from huifang.app.services import audit
from huifang.app.services.notices import tell
from huifang.domain.errors import Invalid, NotAllowed, Problem
from huifang.domain.mentions import mentioned
from huifang.domain.words import Words

LONGEST = 4000


def comment(by: Staff, customer_id: int, words: str, now: datetime) -> Comment:
    """Say something about a customer in one's scope; colleagues named with ``@`` are told."""
    require(by, HANDLE_CASES)
    _check(words)
    with transaction.atomic():
        customer = customers_for(by).select_related("branch").filter(pk=customer_id).first()
        if customer is None:
            raise NotAllowed(_missing())
        kept = Comment.objects.create(customer=customer, by=by, words=words.strip(), at=now)
        told = tell_mentioned(by, words, customer.branch, _spoken(by, customer), f"customer:{customer.pk}", now)
        audit.write(by, "customer.comment", f"customer:{customer.pk}", told=told)
    return kept


def tell_mentioned(by: Staff, text: str, branch: Branch | None, words: Words, subject: str, now: datetime) -> int:
    """Tell the colleagues of a branch (and those of all branches) whom a text speaks to by their name, the name they sign in with or
    their department, except the writer; how many.
    """
    if "@" not in text and "＠" not in text:
        return 0
    names: dict[str, set[int]] = defaultdict(set)
    for person in people_who_see(branch).exclude(pk=by.pk):
        for name in (person.sign_in_name, person.name, person.department):
            if name:
                names[name].add(person.pk)
    found = mentioned(text, names)
    return tell(Staff.objects.filter(pk__in=found), words, subject, now) if found else 0


def people_who_see(branch: Branch | None) -> QuerySet[Staff]:
    """Active staff who look after a branch, or after all; each once. Other systems are not spoken to."""
    everywhere = Q(all_branches=True)
    theirs = everywhere | Q(branch=branch) | Q(scope=branch) if branch else everywhere
    return Staff.objects.filter(theirs, is_active=True).exclude(role=Role.SERVICE).distinct()


def _spoken(by: Staff, customer: Customer) -> Words:
    return Words(f"{by.name}在客户 {customer.code} 的评论里提到了您。", f"{by.name} mentions you in a comment on customer {customer.code}.")


def _check(words: str) -> None:
    write_it = Words("请写下要说的话。", "Write what you want to say.")
    if not words.strip():
        raise Invalid(Problem("comment.empty", Words("评论是空的。", "The comment is empty."), write_it))
    if len(words) > LONGEST:
        long = Words(f"评论超过 {LONGEST} 个字。", f"The comment has more than {LONGEST} characters.")
        raise Invalid(Problem("comment.long", long, Words("请分成几条。", "Make several of it.")))


def _missing() -> Problem:
    return Problem(
        "customer.missing",
        Words("找不到这位客户。", "There is no such customer."),
        Words("客户可能属于别的分支机构。", "The customer may belong to another branch."),
    )
