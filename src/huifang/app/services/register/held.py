"""Rows of the register as a batch of rows holds them: plain values under the names of their columns, no model object behind them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any


@dataclass(slots=True, eq=False)
class HeldCustomer:
    """A customer; `pk` is None until it is written. The order of the fields is that of `CUSTOMER`."""

    pk: int | None
    code: str
    kind: str
    name: str
    name_index: str
    branch_id: int | None
    owner_id: int | None
    birthday: date | None
    birthday_lunar: bool
    attributes: dict[str, Any]
    notes: str
    first_seen: date | None
    status: str = "active"
    time_zone: str = ""
    language: str = ""
    merged_into_id: int | None = None
    updated_at: datetime | None = None


@dataclass(slots=True, eq=False)
class _Of:
    """Something of a customer, who may not be written yet."""

    pk: int | None
    owner: HeldCustomer | int

    @property
    def customer_id(self) -> int | None:
        return self.owner if isinstance(self.owner, int) else self.owner.pk

    def belongs(self, customer: HeldCustomer | None) -> bool:
        """Whether it is this customer's."""
        return self.owner is customer or (customer is not None and self.customer_id is not None and self.customer_id == customer.pk)


@dataclass(slots=True, eq=False)
class HeldPoint(_Of):
    """A number or address that is new."""

    kind: str
    value: str
    value_index: str
    label: str
    primary: bool
    mobile: bool
    usable: bool = True
    tail_index: str = ""


@dataclass(slots=True, eq=False)
class HeldEvent(_Of):
    """An event."""

    kind: str
    code: str
    at: datetime
    day: date
    amount: Decimal | None
    branch_id: int | None
    staff_id: int | None
    attributes: dict[str, Any]


@dataclass(slots=True, eq=False)
class HeldAgreement(_Of):
    """An agreement."""

    kind: str
    code: str
    starts: date | None
    ends: date | None
    status: str
    amount: Decimal | None
    attributes: dict[str, Any] = field(default_factory=dict)


CUSTOMER = (
    "id", "code", "kind", "name", "name_index", "branch_id", "owner_id", "birthday", "birthday_lunar", "attributes", "notes", "first_seen",
    "status", "time_zone", "language", "merged_into_id", "updated_at",
)  # fmt: skip
"""Columns of a customer in the order of `HeldCustomer`."""
EVENT = ("id", "customer_id", "kind", "code", "at", "day", "amount", "branch_id", "staff_id", "attributes")
AGREEMENT = ("id", "customer_id", "kind", "code", "starts", "ends", "status", "amount", "attributes")
