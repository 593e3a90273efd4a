"""Customers and their contact points, many at once: which of them each row speaks of, and what it changes. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter

from huifang.app.services.register import identity
from huifang.app.services.register.changed import Changed
from huifang.app.services.register.held import HeldCustomer, HeldPoint
from huifang.app.services.register.known import Known
from huifang.app.services.register.reach import Scope
from huifang.app.services.register.rows import CustomerRow, Outcome, Unreadable
from huifang.domain.words import Words

_PLAIN = ("kind", "birthday", "birthday_lunar", "first_seen", "time_zone", "language", "branch_id", "owner_id", "name")
_PLAIN_OF = attrgetter(*_PLAIN[:6])


@dataclass(slots=True)
class FoundCustomers:
    """What the register knows of the customers that a batch of rows may speak of.

    `by_code`: number → customer; `by_phone`: indexes of phone and name → customer; `kept`: id() of a customer, kind and index of their
    contact points; `everyone`: these customers, whose id() is used as a key. Customers who were merged are the one who is left.
    """

    by_code: dict[str, HeldCustomer] = field(default_factory=dict)
    by_phone: dict[tuple[str, str], HeldCustomer] = field(default_factory=dict)
    kept: set[tuple[int, str, str]] = field(default_factory=set)
    everyone: list[HeldCustomer] = field(default_factory=list)


class CustomerWriter:
    """Finds, creates and changes the customers of one batch of rows. `now` is the moment of a change."""

    def __init__(self, known: Known, scope: Scope, now: datetime | None, found: FoundCustomers) -> None:
        self.scope = scope
        self.now = now
        self.customers, self.points = Changed(), Changed()
        self._codes, self._indexes, self._named, self._tails = known.codes, known.values, known.names, known.tails
        self._by_code, self._by_phone, self._kept = found.by_code, found.by_phone, found.kept
        self._has_phone = {key for key, kind, _ in found.kept if kind == "phone"}

    def find(self, row: CustomerRow, number: int) -> HeldCustomer | None:
        """The customer that row `number` of the batch speaks of, if there is one; changes nothing.

        Raises `Unreadable` where the branch is unknown or the customer belongs to a branch out of reach.
        """
        if row.branch:
            self.scope.branch(row.branch)
        found = self._by_code.get(self._codes[number])
        if found is None:
            found = self._found_by_phone(row)
        if found is not None and not self.scope.reaches(found.branch_id):
            raise Unreadable(
                "customer.elsewhere",
                Words(
                    "这个编号的客户属于其他门店，您不能修改。",
                    "The customer of this number belongs to another branch; you may not change it.",
                ),
            )
        return found

    def _found_by_phone(self, row: CustomerRow) -> HeldCustomer | None:
        named = self._named[row.name]
        for point in row.points:
            one = self._by_phone.get((self._indexes[point.value], named)) if point.kind == "phone" else None
            if one is not None and (not row.code or one.code.startswith(identity.MADE)):
                return one
        return None

    def write(self, row: CustomerRow, number: int, customer: HeldCustomer | None) -> tuple[HeldCustomer, Outcome]:
        """Create or change the customer found for row `number`, and tell what became of it."""
        branch = self.scope.branch(row.branch)
        owner = self.scope.staff.get(row.owner.casefold()) if row.owner else None
        if row.owner and owner is None:
            row.attributes = {"owner_name": row.owner, **row.attributes}
        outcome: Outcome = "created"
        if customer is None:
            customer = self._create(row, self._codes[number], branch, owner)
        else:
            outcome = "updated" if self._change(customer, row, branch, owner) else "unchanged"
        added = self._add_points(customer, row)
        return customer, "updated" if added and outcome == "unchanged" else outcome

    def _create(self, row: CustomerRow, code: str, branch: int | None, owner: int | None) -> HeldCustomer:
        named = self._named[row.name]
        customer = HeldCustomer(
            None, code, row.kind or "person", row.name, named, branch, owner, row.birthday, bool(row.birthday_lunar), dict(row.attributes),
            row.notes, row.first_seen, time_zone=row.time_zone, language=row.language,
        )  # fmt: skip
        self.customers.created.append(customer)
        self._by_code[code] = customer
        for point in row.points:
            if point.kind == "phone":
                self._by_phone.setdefault((self._indexes[point.value], named), customer)
        return customer

    def _change(self, customer: HeldCustomer, row: CustomerRow, branch: int | None, owner: int | None) -> bool:
        values = (*_PLAIN_OF(row), branch if row.branch else None, owner, row.name)
        changed = False
        if row.code and customer.code != row.code and customer.code.startswith(identity.MADE):
            changed = self.customers.put(customer, "code", row.code)
            self._by_code[row.code] = customer
        for name, value in zip(_PLAIN, values, strict=True):
            if value is None or value == "" or (not row.leads and getattr(customer, name) not in (None, "", False)):
                continue
            if self.customers.put(customer, name, value):
                changed = True
                if name == "name":
                    self.customers.put(customer, "name_index", self._named[row.name])
        merged = {**customer.attributes, **row.attributes} if row.leads else {**row.attributes, **customer.attributes}
        changed |= self.customers.put(customer, "attributes", merged)
        if row.notes and row.notes not in customer.notes:
            changed |= self.customers.put(customer, "notes", f"{customer.notes}\n{row.notes}".strip())
        if changed and customer.pk is not None:
            self.customers.put(customer, "updated_at", self.now)
        return changed

    def _add_points(self, customer: HeldCustomer, row: CustomerRow) -> bool:
        added = False
        for point in row.points:
            index = self._indexes[point.value]
            key = (id(customer), point.kind, index)
            if key in self._kept:
                continue
            self._kept.add(key)
            phone = point.kind == "phone"
            first = phone and id(customer) not in self._has_phone
            if first:
                self._has_phone.add(id(customer))
            tail = self._tails[point.value] if phone else ""
            self.points.created.append(
                HeldPoint(None, customer, point.kind, point.value, index, point.label, first, point.mobile, tail_index=tail)
            )
            added = True
        return added
