"""Customers and their contact points, many at once.

Queries for a batch of rows: 4 reads (numbers, phones, the customers behind them, their contact points), 1 for opt-outs, and the writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from huifang.app.indexes import name_indexes, tail_indexes, value_indexes
from huifang.app.records.models import Consent, ContactPoint, Customer, ImportBatch, OptOut
from huifang.app.services.register import identity
from huifang.app.services.register.changes import Changed
from huifang.app.services.register.held import CUSTOMER, HeldCustomer, HeldPoint
from huifang.app.services.register.rows import CustomerRow, Outcome, Unreadable
from huifang.app.services.register.scope import Scope
from huifang.domain.words import Words

_PLAIN = ("kind", "birthday", "birthday_lunar", "first_seen")


class CustomerWriter:
    """Finds, creates and changes the customers of one batch of rows."""

    def __init__(self, rows: Sequence[CustomerRow], codes: Sequence[str], scope: Scope, now: datetime) -> None:
        self.scope = scope
        self.now = now
        self.customers = Changed(Customer)
        self.points = Changed(ContactPoint)
        self._codes = codes
        self._indexes = value_indexes(point.value for row in rows for point in row.points)
        self._named = name_indexes(row.name for row in rows)
        self._load(rows)

    def _load(self, rows: Sequence[CustomerRow]) -> None:
        phones = (self._indexes[point.value] for row in rows for point in row.points if point.kind == "phone")
        points = ContactPoint.objects.filter(kind="phone").order_by("id").values_list("value_index", "customer_id")
        shared = list(points.filter(value_index__among=set(phones)))
        found = _held(code__among=set(self._codes))
        found |= _held(pk__among={pk for _, pk in shared} - found.keys())
        self._follow_merged(found)
        self._by_code = {one.code: self._survivor(one, found) for one in found.values()}
        self._by_phone: dict[tuple[str, str], HeldCustomer] = {}
        for index, pk in shared:
            survivor = self._survivor(found[pk], found)
            if self.scope.reaches(survivor.branch_id):
                self._by_phone.setdefault((index, found[pk].name_index), survivor)
                self._by_phone.setdefault((index, survivor.name_index), survivor)
        theirs = ContactPoint.objects.values_list("customer_id", "kind", "value_index")
        self._kept = {(id(found[pk]), kind, index) for pk, kind, index in theirs.filter(customer_id__among=found)}
        self._has_phone = {key for key, kind, _ in self._kept if kind == "phone"}
        self._alive = list(found.values())  # keeps the objects whose id() is used as a key

    @staticmethod
    def _follow_merged(found: dict[int, HeldCustomer]) -> None:
        while missing := {one.merged_into_id for one in found.values() if one.merged_into_id} - found.keys():
            found |= _held(pk__among=missing)

    @staticmethod
    def _survivor(one: HeldCustomer, found: dict[int, HeldCustomer]) -> HeldCustomer:
        while one.merged_into_id:
            one = found[one.merged_into_id]
        return one

    def find(self, row: CustomerRow, number: int) -> HeldCustomer | None:
        """The customer that row `number` of the batch speaks of, if there is one; changes nothing.

        Raises `Unreadable` where the branch is unknown or the customer belongs to a branch out of reach.
        """
        self.scope.branch(row.branch)
        found = self._by_code.get(self._codes[number])
        if found is None:
            named = self._named[row.name]
            same = (self._by_phone.get((self._indexes[point.value], named)) for point in row.points if point.kind == "phone")
            found = next((one for one in same if one and (not row.code or one.code.startswith(identity.MADE))), None)
        if found is not None and not self.scope.reaches(found.branch_id):
            raise Unreadable(
                "customer.elsewhere",
                Words(
                    "这个编号的客户属于其他门店，您不能修改。",
                    "The customer of this number belongs to another branch; you may not change it.",
                ),
            )
        return found

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
            row.notes, row.first_seen,
        )  # fmt: skip
        self.customers.created.append(customer)
        self._alive.append(customer)
        self._by_code[code] = customer
        for point in row.points:
            if point.kind == "phone":
                self._by_phone.setdefault((self._indexes[point.value], named), customer)
        return customer

    def _change(self, customer: HeldCustomer, row: CustomerRow, branch: int | None, owner: int | None) -> bool:
        said: dict[str, Any] = {name: getattr(row, name) for name in _PLAIN}
        said |= {"branch_id": branch if row.branch else None, "owner_id": owner, "name": row.name}
        changed = False
        if row.code and customer.code != row.code and customer.code.startswith(identity.MADE):
            changed = self.customers.put(customer, "code", row.code)
            self._by_code[row.code] = customer
        for name, value in said.items():
            if value in (None, "") or (not row.leads and getattr(customer, name) not in (None, "", False)):
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
            self.points.created.append(HeldPoint(None, customer, point.kind, point.value, index, point.label, first, point.mobile))
            added = True
        return added

    @property
    def found(self) -> list[int]:
        """Ids of all customers that rows of the batch may speak of."""
        return [one.pk for one in self._alive if one.pk is not None]

    def save(self, batch: ImportBatch | None) -> None:
        """Write the customers and their contact points.

        Refusals that cling to a number hold for whoever it is brought in for.
        """
        phones = [point for point in self.points.created if point.kind == "phone"]
        for point, tail in zip(phones, tail_indexes([point.value for point in phones]), strict=True):
            point.tail_index = tail
        self.customers.write(batch)
        self.points.write(batch)
        self._refuse_again()

    def _refuse_again(self) -> None:
        by_index: dict[str, set[int]] = {}
        for point in self.points.created:
            by_index.setdefault(point.value_index, set()).add(point.customer_id)
        told = OptOut.objects.values_list("value_index", "purpose", "channel", "at")
        Consent.objects.bulk_create(
            Consent(customer_id=pk, purpose=purpose, channel=channel, allowed=False, at=at, road="import")
            for index, purpose, channel, at in told.filter(value_index__among=by_index)
            for pk in by_index[index]
        )


def _held(**condition: Any) -> dict[int, HeldCustomer]:
    held = (HeldCustomer(*values) for values in Customer.objects.filter(**condition).values_list(*CUSTOMER))
    return {one.pk: one for one in held if one.pk is not None}
