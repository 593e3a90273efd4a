"""Customers by name, phone, last four digits, code or plate: pages of constant cost, whatever the size of the register."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import phonenumbers
from django.db.models import Q, QuerySet

from huifang.app.access import customers_for
from huifang.app.indexes import name_index, tail_index, value_index
from huifang.app.queries.glance import masked
from huifang.app.records.models import ContactPoint, Customer, Staff

PAGE = 50
_PLATE = re.compile(r"[一-鿿][A-Z][·•]?[A-Z0-9]{4,7}")


@dataclass(frozen=True, slots=True)
class Row:
    """One customer in the list; the phone is masked."""

    id: int
    code: str
    name: str
    kind: str
    status: str
    active: bool
    branch: str
    owner: str
    phone: str
    about: str


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in the order of their codes; `after` is the code to go on from, empty on the last page."""

    rows: tuple[Row, ...]
    after: str

    @property
    def plates(self) -> bool:
        """Whether any of them has a plate: a hospital's have none."""
        return any(row.about for row in self.rows)


def search(staff: Staff, text: str, after: str = "") -> Page:
    """The page behind `after` of the customers in the person's scope that `text` finds (all of them for no text). Two queries."""
    rows = list(
        _found(customers_for(staff), text)
        .filter(code__gt=after)
        .order_by("code")
        .values("id", "code", "name", "kind", "status", "branch__name", "owner__name", "attributes")[: PAGE + 1]
    )
    shown = rows[:PAGE]
    phones: dict[int, str] = {}
    points = ContactPoint.objects.filter(customer__in=[row["id"] for row in shown], kind="phone").order_by("-usable", "-primary", "id")
    for customer_id, value in points.values_list("customer_id", "value"):
        phones.setdefault(customer_id, masked(value, "phone"))
    return Page(
        tuple(
            Row(
                row["id"], row["code"], row["name"], str(Customer.Kind(row["kind"]).label), str(Customer.Status(row["status"]).label),
                row["status"] == Customer.Status.ACTIVE, row["branch__name"] or "", row["owner__name"] or "", phones.get(row["id"], ""),
                str(row["attributes"].get("plate") or ""),
            )
            for row in shown
        ),
        shown[-1]["code"] if len(rows) > PAGE else "",
    )  # fmt: skip


def _found(customers: QuerySet[Customer], text: str) -> QuerySet[Customer]:
    """Whole values only: personal data is sealed and found by its blind index."""
    text = unicodedata.normalize("NFKC", text).strip()
    if not text:
        return customers
    digits = re.sub(r"[\s-]", "", text)
    where = Q(code__iexact=text) | Q(name_index=name_index(text))
    if digits.isdecimal() and len(digits) == 4:
        where |= Q(pk__in=ContactPoint.objects.filter(tail_index=tail_index(digits)).values("customer"))
    elif digits.removeprefix("+").isdecimal() and len(digits) >= 7:
        where |= Q(pk__in=ContactPoint.objects.filter(value_index=value_index(_e164(digits))).values("customer"))
    elif _PLATE.fullmatch(text.upper()):
        bare = re.sub("[·•]", "", text.upper())
        where |= Q(attributes__plate__in=[bare, f"{bare[:2]}·{bare[2:]}", f"{bare[:2]}•{bare[2:]}"])
    elif "@" in text:
        where |= Q(pk__in=ContactPoint.objects.filter(value_index=value_index(text.lower())).values("customer"))
    return customers.filter(where)


def _e164(digits: str) -> str:
    try:
        number = phonenumbers.parse(digits, "CN")
    except phonenumbers.NumberParseException:
        return digits
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
