"""What becomes of each row of a batch about customers, given what the register knows. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from huifang.app.services.register.changed import Changed
from huifang.app.services.register.customers import CustomerWriter, FoundCustomers
from huifang.app.services.register.facts import AgreementWriter, EventWriter
from huifang.app.services.register.held import HeldAgreement, HeldEvent
from huifang.app.services.register.known import Known
from huifang.app.services.register.reach import Scope
from huifang.app.services.register.rows import Outcome, Rejection, Row, Unreadable
from huifang.domain.words import Words

ERASED = "customer.erased"


@dataclass(slots=True)
class Found:
    """What the register knows of those a batch of rows speaks of; without anything, the register of a business that just begins."""

    customers: FoundCustomers = field(default_factory=FoundCustomers)
    events: Sequence[HeldEvent] = ()
    agreements: Sequence[HeldAgreement] = ()
    erased: Collection[int] = ()
    """Places of rows that speak of somebody whose data were erased on request."""


class Deciding:
    """One batch of rows about customers: `outcomes` in their order, and what is created and changed."""

    def __init__(self, rows: Sequence[Row], known: Known, scope: Scope, now: datetime | None, found: Found) -> None:
        self._codes, self._erased = known.events, found.erased
        self._customers = CustomerWriter(known, scope, now, found.customers)
        self._events = EventWriter(scope, found.events)
        self._agreements = AgreementWriter(found.agreements)
        self.outcomes = [self._one(row, number) for number, row in enumerate(rows)]

    @property
    def changed(self) -> dict[str, Changed]:
        """Table → what happens to it, in the order in which it is written."""
        return {
            "customer": self._customers.customers, "contactpoint": self._customers.points, "event": self._events.events,
            "agreement": self._agreements.agreements,
        }  # fmt: skip

    def _one(self, row: Row, number: int) -> Outcome | Rejection:
        assert row.customer is not None  # noqa: S101 - rows of this kind carry a customer
        try:
            if number in self._erased:
                raise erased()
            customer = self._customers.find(row.customer, number)
            if row.event is not None:
                self._events.check(row.event, self._codes[number], customer)
            for one in row.agreements:
                self._agreements.check(one, customer)
        except Unreadable as error:
            return Rejection(row.line, "", error.code, error.words)
        customer, outcome = self._customers.write(row.customer, number, customer)
        outcomes = [outcome]
        if row.event is not None:
            outcomes = [self._events.write(row.event, self._codes[number], customer), outcome]
        if row.agreements:
            outcomes += [self._agreements.write(one, customer, leads=row.customer.leads) for one in row.agreements]
        return _whole(outcomes)


def erased() -> Unreadable:
    """The answer to a row about somebody who is not to come back."""
    return Unreadable(
        ERASED,
        Words(
            "这位客户的个人信息已应要求删除，不再导入。客户本人重新同意后，请管理员在客户页面上放行。",
            "This customer's data were erased on request and are not brought in again. Once they wish it themselves, an administrator lets"
            " them in on the customer's page.",
        ),
    )


def _whole(outcomes: list[Outcome]) -> Outcome:
    if outcomes[0] == "created":
        return "created"
    return "unchanged" if set(outcomes) == {"unchanged"} else "updated"
