"""Events and agreements of customers, many at once. Pure."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any, NoReturn

from huifang.app.services.register import identity
from huifang.app.services.register.changed import Changed
from huifang.app.services.register.held import HeldAgreement, HeldCustomer, HeldEvent
from huifang.app.services.register.reach import Scope
from huifang.app.services.register.rows import AgreementRow, EventRow, Outcome, Unreadable
from huifang.domain.words import Words


class EventWriter:
    """Finds, creates and changes the events of one batch of rows. An event is known by kind and number."""

    def __init__(self, scope: Scope, found: Sequence[HeldEvent]) -> None:
        self.scope = scope
        self.events = Changed()
        self._known = {(one.kind, one.code): one for one in found}

    def check(self, row: EventRow, code: str, customer: HeldCustomer | None) -> None:
        """Raise `Unreadable` where the event's number is another customer's."""
        found = self._known.get((row.kind, code))
        if found is not None and not found.belongs(customer):
            _someone_elses(code)

    def write(self, row: EventRow, code: str, customer: HeldCustomer) -> Outcome:
        """Write one event that was checked; what became of it."""
        staff = self.scope.staff.get(row.staff.casefold()) if row.staff else None
        attributes = {**row.attributes, "staff_name": row.staff} if row.staff and staff is None else row.attributes
        found = self._known.get((row.kind, code))
        if found is None:
            found = HeldEvent(None, customer, row.kind, code, row.at, row.day, row.amount, customer.branch_id, staff, attributes)
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

    def __init__(self, found: Sequence[HeldAgreement]) -> None:
        self.agreements = Changed()
        self._known = {(one.kind, one.code): one for one in found}
        self._of = {(one.customer_id, one.kind): one for one in found if one.code.startswith(identity.MADE)}
        self._new: dict[tuple[int, str], HeldAgreement] = {}

    def check(self, row: AgreementRow, customer: HeldCustomer | None) -> None:
        """Raise `Unreadable` where the agreement's number is another customer's."""
        found = self._known.get((row.kind, row.code))
        if found is not None and not found.belongs(customer):
            _someone_elses(row.code)

    def _find(self, row: AgreementRow, customer: HeldCustomer) -> HeldAgreement | None:
        if row.code:
            return self._known.get((row.kind, row.code))
        return self._new.get((id(customer), row.kind)) or self._of.get((customer.pk, row.kind))

    def write(self, row: AgreementRow, customer: HeldCustomer, *, leads: bool) -> Outcome:
        """Write one agreement that was checked; what became of it. One that does not lead fills only what is blank."""
        found = self._find(row, customer)
        if found is None:
            code = row.code or identity.MADE + secrets.token_hex(12)
            found = HeldAgreement(
                None, customer, row.kind, code, row.starts, row.ends, row.status or "active", row.amount, row.attributes
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
