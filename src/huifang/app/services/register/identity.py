"""Who a row speaks of. Two rows speak of the same customer when their number is the same, or both a phone and the name.

The same phone under another name is another customer who shares it (a household, a shop's telephone): both stand in the list of possible
duplicates, and a person decides. The same name without a phone is no sign of identity: such a row is the same customer only as a row that
says exactly the same, so that a file brought in twice changes nothing. A number that the register makes itself begins with `MADE`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from huifang.app.crypto import blind_index, blind_indexes
from huifang.app.indexes import same_name
from huifang.app.services.register.rows import CustomerRow, EventRow

MADE = "C-"


def phone(row: CustomerRow) -> str:
    """The first phone of a row, or nothing."""
    for point in row.points:
        if point.kind == "phone":
            return point.value
    return ""


def content(row: CustomerRow) -> str:
    """What identifies a row's customer within its file: the business's own number, or phone and name, or plate and name, or all it says."""
    if not row.key:
        row.key = row.code or _content(row)
    return row.key


def _content(row: CustomerRow) -> str:
    number = phone(row)
    if number:
        return f"{same_name(row.name)}|{number}"
    if plate := row.attributes.get("plate"):
        return f"{same_name(row.name)}|{plate}"
    said = [same_name(row.name), row.branch, row.attributes, [point.value for point in row.points], row.notes]
    return json.dumps(said, sort_keys=True, default=str)


def codes(rows: Sequence[CustomerRow]) -> list[str]:
    """The customers' numbers: the business's own, or one made from what identifies the row; the same each time."""
    said = list(dict.fromkeys(content(row) for row in rows if not row.code))
    made = {one: MADE + index[:20] for one, index in zip(said, blind_indexes(said, "customer.code"), strict=True)}
    return [row.code or made[row.key] for row in rows]


def event_code(row: EventRow, customer_code: str) -> str:
    """The event's number: the business's own, or one made from its content."""
    if row.code:
        return row.code
    content = json.dumps([customer_code, row.at.isoformat(), str(row.amount), row.staff, row.attributes], sort_keys=True, default=str)
    return MADE + blind_index(content, "event.code")[:24]
