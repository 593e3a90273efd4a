"""The door of the register for many rows at once: `take` writes a batch of rows and tells what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from huifang.app.records.models import ImportBatch
from huifang.app.services.register import identity, organisation
from huifang.app.services.register.customers import CustomerWriter
from huifang.app.services.register.facts import AgreementWriter, EventWriter
from huifang.app.services.register.rows import Outcome, Rejection, Row, Unreadable
from huifang.app.services.register.scope import Scope


@transaction.atomic
def take(rows: Sequence[Row], scope: Scope, now: datetime, batch: ImportBatch | None = None) -> list[Outcome | Rejection]:
    """Bring rows of one kind into the register; outcomes in their order.

    A row is `created` or `updated` by its event or agreement where it has one of its own, else by its customer; a row whose main thing
    is as it was but whose customer, contact points or other agreements change counts as updated. All or nothing for the batch; what
    changes is remembered for `batch`.
    """
    if not rows:
        return []
    if rows[0].staff is not None:
        return organisation.write_staff(rows, scope, batch)
    if rows[0].branch is not None:
        return organisation.write_branches(rows, batch)
    return _Customers(rows, scope, now).write(batch)


class _Customers:
    """One batch of rows about customers."""

    def __init__(self, rows: Sequence[Row], scope: Scope, now: datetime) -> None:
        self.rows = rows
        self.scope = scope
        customers = [row.customer for row in rows if row.customer is not None]
        self.codes = identity.codes(customers)
        self.customers = CustomerWriter(customers, self.codes, scope, now)
        self.event_codes = [identity.event_code(row.event, code) if row.event else "" for row, code in zip(rows, self.codes, strict=True)]
        self.events = EventWriter(((row.event.kind, code) for row, code in zip(rows, self.event_codes, strict=True) if row.event), scope)
        self.agreements = AgreementWriter(
            ((one.kind, one.code) for row in rows for one in row.agreements if one.code), self.customers.found
        )

    def write(self, batch: ImportBatch | None) -> list[Outcome | Rejection]:
        outcomes = [self._one(row, number) for number, row in enumerate(self.rows)]
        self.customers.save(batch)
        self.events.events.write(batch)
        self.agreements.agreements.write(batch)
        return outcomes

    def _one(self, row: Row, number: int) -> Outcome | Rejection:
        assert row.customer is not None  # noqa: S101 - rows of this kind carry a customer
        try:
            customer = self.customers.find(row.customer, number)
            if row.event is not None:
                self.events.check(row.event, self.event_codes[number], customer)
            for one in row.agreements:
                self.agreements.check(one, customer)
        except Unreadable as error:
            return Rejection(row.line, "", error.code, error.words)
        customer, outcome = self.customers.write(row.customer, number, customer)
        outcomes: list[Outcome] = [outcome]
        if row.event is not None:
            outcomes.insert(0, self.events.write(row.event, self.event_codes[number], customer))
        outcomes += [self.agreements.write(one, customer, leads=row.customer.leads) for one in row.agreements]
        return _whole(outcomes)


def _whole(outcomes: list[Outcome]) -> Outcome:
    if outcomes[0] == "created":
        return "created"
    return "unchanged" if set(outcomes) == {"unchanged"} else "updated"
