"""What counts as the content of a row of the register, a column at a time, and its fingerprint. Pure."""

from __future__ import annotations

import marshal
from collections.abc import Sequence
from datetime import date, datetime
from hashlib import blake2s
from operator import attrgetter
from typing import Any

from huifang.app.records.json_text import json_text_in_order

Columns = list[Sequence[Any]]
CONTENT: dict[str, tuple[str, ...]] = {
    "contactpoint": ("customer_id", "kind", "value", "label", "primary", "usable", "mobile"),
    "event": ("customer_id", "kind", "code", "at", "day", "amount", "branch_id", "staff_id", "attributes"),
    "agreement": ("customer_id", "kind", "code", "starts", "ends", "status", "amount", "attributes"),
    "customer": (
        "code", "kind", "status", "name", "branch_id", "owner_id", "time_zone", "language", "birthday", "birthday_lunar", "attributes",
        "notes", "first_seen", "merged_into_id",
    ),
    "staff": ("code", "name", "role", "branch_id", "department", "capacity", "hours", "skills", "is_active"),
    "branch": ("code", "name", "time_zone", "calendar", "active"),
}  # fmt: skip
"""The fields of each table that count as its content, in the order in which tables are undone."""
WRITTEN: dict[str, tuple[str, ...]] = {
    "customer": (*CONTENT["customer"], "name_index"),
    "contactpoint": (*CONTENT["contactpoint"], "value_index", "tail_index"),
    "event": CONTENT["event"],
    "agreement": CONTENT["agreement"],
}
"""The fields of plain rows that are written when they are new, their content first; the others take their defaults."""
_AS_THEY_ARE = {str, int, bool, type(None)}
_FORMAT = 2
"""The version of `marshal` that writes equal values as equal bytes, however they were made, in every Python."""


def columns(names: Sequence[str], rows: Sequence[Any]) -> Columns:
    """The fields `names` of some rows, a column after the other."""
    return list(zip(*map(attrgetter(*names), rows), strict=True)) if rows else [()] * len(names)


def fingerprints(table: str, content: Sequence[Sequence[Any]]) -> list[str]:
    """A hash of each row's content; equal for a row just written and the same row read again. Whose a row is stands before it."""
    if CONTENT[table][0] != "customer_id":
        return hashes(content)
    return [f"{owner}:{said}" for owner, said in zip(content[0], hashes(content[1:]), strict=True)]


def hashes(content: Sequence[Sequence[Any]]) -> list[str]:
    """A hash of what stands beside each other in some columns."""
    return [blake2s(marshal.dumps(one, _FORMAT), digest_size=8).hexdigest() for one in zip(*map(_said, content), strict=True)]


def _said(column: Sequence[Any]) -> Sequence[Any]:
    """A column as text, numbers and None, the same however its values were made."""
    kinds = {*map(type, column)} - _AS_THEY_ARE
    if not kinds:
        return column
    if kinds <= {date, datetime}:
        known: dict[Any, str | None] = {value: str(value) for value in set(column)} | {None: None}
        return [known[value] for value in column]
    tell = json_text_in_order if kinds <= {dict, list} else str
    return [None if value is None else tell(value) for value in column]
