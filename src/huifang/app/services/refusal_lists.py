"""A list of numbers and addresses that must not be contacted, brought in whole: in force for all of them when it has been taken.

A refusal clings to the number or address by keyed hash, whoever has it now or later, in whichever branch; whoever is known has refused with
all of their numbers. The same list again changes nothing, and nothing in a list ever brings contact back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

import phonenumbers
from django.db import transaction

from huifang.app.access import IMPORT, require
from huifang.app.indexes import value_index
from huifang.app.records.models import Consent, ContactPoint, Customer, OptOut, Staff
from huifang.app.services import audit, refused
from huifang.app.services.imports import encoding
from huifang.app.services.imports.phones import phones
from huifang.app.services.register.rows import Unreadable
from huifang.channels.mail import checked_address
from huifang.domain.errors import Invalid, Problem
from huifang.domain.words import Words

LARGEST = 5_000_000
MOST = 100_000
_AT_ONCE = 500
_EDGES = " \t\"'"
_CELLS = re.compile(r"[,;\t，；]")
_NO_COUNTRY = Problem(
    "refusals.country",
    Words("没有这个国家或地区代码。", "There is no country with this code."),
    Words("请写两个字母，如 CN、US、GB。", "Write two letters: CN, US, GB."),
)
_TOO_LARGE = Problem(
    "refusals.too-large",
    Words("名单超过 5 MB 或 10 万行。", "The list has more than 5 MB or 100,000 lines."),
    Words("请分成几个文件导入。", "Bring it in as several files."),
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a list: numbers and addresses that had not refused before and that had, who has refused by it, and the lines
    that could not be read, each with what is wrong.
    """

    new: int
    known: int
    customers: int
    unread: tuple[tuple[int, Words], ...]


def take(by: Staff, content: bytes, now: datetime, region: str = "CN") -> Taken:
    """Take a text file: a number or address in each line (of several cells the first), a heading without either passed over.

    Numbers with their country (``+44…``, ``0044…``) are of that country, the others of `region` (two letters). Raises `Invalid` where the
    list is too large or there is no such country. Customers of every branch are meant: a refusal is the customer's, not the branch's.
    """
    require(by, IMPORT)
    if len(content) > LARGEST:
        raise Invalid(_TOO_LARGE)
    region = region.strip().upper()
    if region not in phonenumbers.SUPPORTED_REGIONS:
        raise Invalid(_NO_COUNTRY)
    values, unread = _read(region, list(islice(encoding.lines(content, encoding.detect(content)), MOST + 1)))
    indexes = {value_index(value): number for value, number in values.items()}
    waiting, new, customers = iter(indexes), 0, 0
    while some := list(islice(waiting, _AT_ONCE)):
        with transaction.atomic():
            refusing = _refuse(by, {index: indexes[index] for index in some}, now)
        new, customers = new + refusing[0], customers + refusing[1]
    with transaction.atomic():
        audit.write(by, "refusals.brought-in", f"lines:{len(values)}", new=new, customers=customers, unread=len(unread))
    return Taken(new, len(indexes) - new, customers, tuple(unread))


def _read(region: str, lines: list[tuple[int, str, bool]]) -> tuple[dict[str, int], list[tuple[int, Words]]]:
    """Normalised values, each with the number of its first line, and the lines that cannot be read."""
    if len(lines) > MOST:
        raise Invalid(_TOO_LARGE)
    values: dict[str, int] = {}
    unread: list[tuple[int, Words]] = []
    for number, text, _clean in lines:
        cell = _CELLS.split(text.strip(_EDGES), maxsplit=1)[0].strip(_EDGES)
        try:
            for value in _values(cell, region):
                values.setdefault(value, number)
        except Unreadable as error:
            if number > 1 or any(letter.isdecimal() for letter in cell):
                unread.append((number, error.words))
        except Invalid as error:
            unread.append((number, error.problems[0].what))
    return values, unread


def _values(cell: str, region: str) -> Iterator[str]:
    if "@" in cell:
        yield checked_address(cell).lower()
    else:
        yield from (phone.value for phone in phones(cell, region))


def _refuse(by: Staff, lines: dict[str, int], now: datetime) -> tuple[int, int]:
    """How many of these had not refused before, and how many customers have refused now. A constant number of queries."""
    known = set(OptOut.objects.filter(value_index__in=lines, purpose="any", channel="any").values_list("value_index", flat=True))
    points = ContactPoint.objects.filter(value_index__in=lines).values_list("customer_id", "customer__merged_into", "value_index")
    meant = {merged or customer: lines[index] for customer, merged, index in points}
    people = Customer.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=meant)
    held = list(people.order_by("pk").values_list("pk", flat=True))
    silent = _refused(held)
    saying = [customer for customer in held if customer not in silent]
    Consent.objects.bulk_create(
        Consent(customer_id=customer, allowed=False, at=now, road="import", by=by, proof=f"do-not-contact list, line {meant[customer]}")
        for customer in saying
    )
    theirs = ContactPoint.objects.filter(customer__in=held).values_list("value_index", flat=True)
    OptOut.objects.bulk_create((OptOut(value_index=index, at=now) for index in {*lines, *theirs}), ignore_conflicts=True)
    refused.end(held)
    if saying:
        about: dict[str, object] = {"purpose": "any", "channel": "any", "road": "import"}
        audit.write_all(by, [("consent.refused", f"customer:{customer}", about) for customer in saying])
    return len(lines.keys() - known), len(saying)


def _refused(customers: Iterable[int]) -> set[int]:
    """Those whose last word on everything was a refusal."""
    said = Consent.objects.filter(customer__in=customers, purpose="any", channel="any").order_by("at", "pk")
    last = dict(said.values_list("customer_id", "allowed"))
    return {customer for customer, allowed in last.items() if not allowed}
