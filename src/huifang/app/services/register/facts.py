"""Events and agreements of customers, many at once: one read for each, and the writes."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from django.db.models import Q

from huifang.app.records.models import Agreement, Customer, Event
from huifang.app.services.register import identity
from huifang.app.services.register.changes import Changed
from huifang.app.services.register.rows import AgreementRow, EventRow, Outcome, Unreadable
from huifang.app.services.register.scope import Scope
from huifang.domain.words import Words


class EventWriter:
    """Finds, creates and changes the events of one batch of rows. An event is known by kind and number."""

    def __init__(self, wanted: Iterable[tuple[str, str]], scope: Scope) -> None:
        self.scope = scope
        self.events = Changed(Event)
        self._known = {(one.kind, one.code): one for one in Event.objects.filter(_any_of(wanted)).select_related("customer")}

    def check(self, row: EventRow, code: str, customer: Customer | None) -> None:
        """Raise `Unreadable` where the event's number is another customer's."""
        found = self._known.get((row.kind, code))
        if found is not None and found.customer != customer:
            _someone_elses(code)

    def write(self, row: EventRow, code: str, customer: Customer) -> Outcome:
        """Write one event that was checked; what became of it."""
        staff = self.scope.staff.get(row.staff.casefold()) if row.staff else None
        attributes = {**row.attributes, "staff_name": row.staff} if row.staff and staff is None else row.attributes
        found = self._known.get((row.kind, code))
        if found is None:
            found = Event(
                customer=customer, kind=row.kind, code=code, at=row.at, day=row.day, amount=row.amount, branch_id=customer.branch_id,
                staff_id=staff, attributes=attributes,
            )  # fmt: skip
            self._known[row.kind, code] = found
            self.events.created.append(found)
            return "created"
        said: dict[str, Any] = {"at": row.at, "day": row.day, "amount": row.amount, "staff_id": staff}
        changed = [self.events.put(found, name, value) for name, value in said.items() if value is not None]
        changed.append(self.events.put(found, "attributes", {**found.attributes, **attributes}))
        return "updated" if any(changed) else "unchanged"


class AgreementWriter:
    """Finds, creates and changes the agreements of one batch of rows.

    An agreement is known by kind and number; without a number there is one of its kind for a customer.
    """

    def __init__(self, wanted: Iterable[tuple[str, str]], customers: Sequence[int]) -> None:
        self.agreements = Changed(Agreement)
        made = Q(customer__in=customers, code__startswith=identity.MADE)
        found = list(Agreement.objects.filter(_any_of(wanted) | made).select_related("customer"))
        self._known = {(one.kind, one.code): one for one in found}
        self._of = {(one.customer, one.kind): one for one in found if one.code.startswith(identity.MADE)}
        self._new: dict[tuple[int, str], Agreement] = {}

    def check(self, row: AgreementRow, customer: Customer | None) -> None:
        """Raise `Unreadable` where the agreement's number is another customer's."""
        found = self._known.get((row.kind, row.code))
        if found is not None and found.customer != customer:
            _someone_elses(row.code)

    def _find(self, row: AgreementRow, customer: Customer) -> Agreement | None:
        if row.code:
            return self._known.get((row.kind, row.code))
        return self._new.get((id(customer), row.kind)) or (self._of.get((customer, row.kind)) if customer.pk is not None else None)

    def write(self, row: AgreementRow, customer: Customer, *, leads: bool) -> Outcome:
        """Write one agreement that was checked; what became of it. One that does not lead fills only what is blank."""
        found = self._find(row, customer)
        if found is None:
            found = Agreement(
                customer=customer, kind=row.kind, code=row.code or identity.MADE + secrets.token_hex(12), starts=row.starts, ends=row.ends,
                status=row.status or "active", amount=row.amount, attributes=row.attributes,
            )  # fmt: skip
            if row.code:
                self._known[row.kind, row.code] = found
            else:
                self._new[id(customer), row.kind] = found
            self.agreements.created.append(found)
            return "created"
        said: dict[str, Any] = {"starts": row.starts, "ends": row.ends, "status": row.status or None, "amount": row.amount}
        usable = {name: value for name, value in said.items() if value is not None and (leads or getattr(found, name) is None)}
        changed = [self.agreements.put(found, name, value) for name, value in usable.items()]
        changed.append(self.agreements.put(found, "attributes", {**found.attributes, **row.attributes}))
        return "updated" if any(changed) else "unchanged"


def _someone_elses(code: str) -> NoReturn:
    raise Unreadable(
        "code.other-customer",
        Words(
            f"编号“{code[:40]}”已属于另一位客户，请核对编号、姓名和电话。",
            f"Number “{code[:40]}” belongs to another customer; check it, the name and the phone.",
        ),
    )


def _any_of(wanted: Iterable[tuple[str, str]]) -> Q:
    """(kind, code) pairs as one condition, a term for each kind."""
    codes: dict[str, set[str]] = {}
    for kind, code in wanted:
        codes.setdefault(kind, set()).add(code)
    condition = Q(pk__in=[])
    for kind, found in codes.items():
        condition |= Q(kind=kind, code__in=found)
    return condition
