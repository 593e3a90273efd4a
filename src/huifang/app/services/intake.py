"""Facts that other systems send: customers, agreements, events, through the same register as imports; an event reaches today's plan.

What arrives before the morning's plan is planned with it. After it, one planning of the day is queued for all that arrives within a few
minutes (`replanning`);
planning again keeps whatever has been worked or is in hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from huifang.app.access import customers_for
from huifang.app.records.models import Customer, Staff
from huifang.app.services import audit
from huifang.app.services.imports.phones import phones
from huifang.app.services.register import points as addresses
from huifang.app.services.register import scope as scopes
from huifang.app.services.register.rows import CustomerRow, Point, Rejection, Row, Unreadable
from huifang.app.services.register.take import take
from huifang.app.services.replanning import plan_soon
from huifang.domain.errors import Invalid, NotAllowed, Place, Problem
from huifang.domain.words import Words

_MENDED = Words("请改正后重发。", "Mend it and send it again.")


def bring(by: Staff, rows: Sequence[Row], now: datetime) -> list[str]:
    """Write rows on customers and their events; all or none. `created`, `updated` or `unchanged` for each.

    Raises Invalid with a problem for every row that cannot be taken; the place's line is the row's number from 1.
    """
    with transaction.atomic():
        taken = take(rows, scopes.of(by, None), now)
        refused = [_problem(each) for each in taken if isinstance(each, Rejection)]
        if refused:
            raise Invalid(*refused)
        outcomes = [str(each) for each in taken]
        changed = sum(each != "unchanged" for each in outcomes)
        if changed:
            kinds = sorted({row.event.kind for row in rows if row.event is not None})
            audit.write(by, "facts.received", f"rows:{len(rows)}", changed=changed, events=kinds)
            plan_soon(now)
    return outcomes


def points(said: Sequence[tuple[str, str, str]]) -> list[Point]:
    """Contact points from (kind, value, label), normalised as an import does. Raises Invalid for what is no number or address."""
    found: list[Point] = []
    for number, (kind, value, label) in enumerate(said):
        try:
            found += [replace(one, label=label or one.label) for one in _points(kind, value.strip())]
        except Unreadable as error:
            place = Place(key=f"contact_points[{number}].value")
            raise Invalid(Problem(error.code, error.words, _MENDED, place)) from None
    return found


def _points(kind: str, value: str) -> list[Point]:
    """What one value says; several for a telephone number with others beside it. Raises Unreadable."""
    if kind == "phone":
        return [Point("phone", one.value, one.label, one.mobile) for one in phones(value)]
    if kind == "email":
        return [addresses.email(value)]
    return [addresses.chat(kind, value) if kind in addresses.CHATS else Point(kind, value)]


def about(customer: Customer) -> CustomerRow:
    """A row that says nothing new of a customer who is known."""
    return CustomerRow(code=customer.code, name=customer.name)


def known(by: Staff, codes: Sequence[str]) -> dict[str, Customer]:
    """Customers of the sender's branches by number. Raises Invalid naming the numbers that nobody has."""
    found: dict[str, Customer] = {each.code: each for each in customers_for(by).filter(code__in=set(codes))}
    missing = [(number, code) for number, code in enumerate(codes, 1) if code not in found]
    if missing:
        raise Invalid(*(_nobody(number, code) for number, code in missing))
    return found


def missing(what: Words, code: str) -> NotAllowed:
    """There is no such thing within reach."""
    return NotAllowed(
        Problem(code, what, Words("请核对编号；它可能属于别的分支机构。", "Check its number; it may belong to another branch."))
    )


def _nobody(number: int, code: str) -> Problem:
    return Problem(
        "customer.unknown",
        Words(f"没有编号为“{code[:60]}”的客户。", f"There is no customer with the number “{code[:60]}”."),
        Words("请先登记这位客户。", "Enter the customer first."),
        Place(line=number, key="customer"),
    )


def _problem(refused: Rejection) -> Problem:
    place: dict[str, Any] = {"key": refused.column} if refused.column else {}
    return Problem(refused.code, refused.words, _MENDED, Place(line=refused.line, **place))
