"""What the register knows of the customers, events and agreements that a batch of rows speaks of.

Queries: 4 for customers (numbers, phones, the customers behind them, their contact points), 1 for each kind of event and agreement, 1 for
agreements without a number.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from huifang.app.records.models import Agreement, ContactPoint, Customer, Event
from huifang.app.services.register import identity
from huifang.app.services.register.asked import Asked, Codes
from huifang.app.services.register.customers import FoundCustomers
from huifang.app.services.register.deciding import Found
from huifang.app.services.register.held import AGREEMENT, CUSTOMER, EVENT, HeldAgreement, HeldCustomer, HeldEvent
from huifang.app.services.register.reach import Scope


def nothing(asked: Asked) -> bool:
    """Whether the register knows of nobody and nothing that was asked for: a phone alone, under another name, is no sign."""
    numbers = (
        Customer.objects.filter(code__among=asked.codes),
        *(Event.objects.filter(kind=kind, code__among=codes) for kind, codes in asked.events.items()),
        *(Agreement.objects.filter(kind=kind, code__among=codes) for kind, codes in asked.agreements.items()),
    )
    if any(rows.exists() for rows in numbers):
        return False
    shared = ContactPoint.objects.filter(kind="phone", value_index__among=asked.phones)
    named = shared.values_list("value_index", "customer__name_index", "customer__merged_into")
    return not any(merged or name in asked.phones[index] for index, name, merged in named)


def found(asked: Asked, scope: Scope) -> Found:
    """Everybody and everything that was asked for."""
    customers = _customers(asked, scope)
    events = [HeldEvent(*values) for values in _numbered(Event, EVENT, asked.events)]
    return Found(customers, events, _agreements(asked.agreements, [one.pk for one in customers.everyone if one.pk is not None]))


def _customers(asked: Asked, scope: Scope) -> FoundCustomers:
    points = ContactPoint.objects.filter(kind="phone").order_by("id").values_list("value_index", "customer_id")
    shared = list(points.filter(value_index__among=asked.phones))
    held = _held(code__among=asked.codes)
    held |= _held(pk__among={pk for _, pk in shared} - held.keys())
    while missing := {one.merged_into_id for one in held.values() if one.merged_into_id} - held.keys():
        held |= _held(pk__among=missing)
    by_phone: dict[tuple[str, str], HeldCustomer] = {}
    for index, pk in shared:
        survivor = _survivor(held[pk], held)
        if scope.reaches(survivor.branch_id):
            by_phone.setdefault((index, held[pk].name_index), survivor)
            by_phone.setdefault((index, survivor.name_index), survivor)
    theirs = ContactPoint.objects.values_list("customer_id", "kind", "value_index").filter(customer_id__among=held)
    kept = {(id(held[pk]), kind, index) for pk, kind, index in theirs}
    return FoundCustomers({one.code: _survivor(one, held) for one in held.values()}, by_phone, kept, list(held.values()))


def _survivor(one: HeldCustomer, held: dict[int, HeldCustomer]) -> HeldCustomer:
    while one.merged_into_id:
        one = held[one.merged_into_id]
    return one


def _held(**condition: Collection[Any]) -> dict[int, HeldCustomer]:
    held = (HeldCustomer(*values) for values in Customer.objects.filter(**condition).values_list(*CUSTOMER))
    return {one.pk: one for one in held if one.pk is not None}


def _agreements(wanted: Codes, customers: Iterable[int]) -> list[HeldAgreement]:
    rows = _numbered(Agreement, AGREEMENT, wanted)
    made = Agreement.objects.filter(code__startswith=identity.MADE).values_list(*AGREEMENT)
    rows += made.filter(customer_id__among=customers)
    return [HeldAgreement(*values) for values in {values[0]: values for values in rows}.values()]


def _numbered(model: type[Event | Agreement], names: Sequence[str], wanted: Codes) -> list[tuple[Any, ...]]:
    """The rows of these kinds and numbers."""
    rows = model._default_manager.values_list(*names)
    return [row for kind, codes in wanted.items() for row in rows.filter(kind=kind, code__among=codes)]
