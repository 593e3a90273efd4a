"""What a batch of rows comes to where the register knows none of them: ready to be written but for the numbers of the rows.

It follows from the rows and the keys alone, so that another process than the one that writes can make it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from huifang.app.crypto import seal_all
from huifang.app.records.json_text import json_text
from huifang.app.services.register.asked import Asked, asked
from huifang.app.services.register.content import CONTENT, WRITTEN, Columns, columns, hashes
from huifang.app.services.register.deciding import Deciding, Found
from huifang.app.services.register.known import Known
from huifang.app.services.register.reach import Scope
from huifang.app.services.register.rows import Outcome, Rejection, Row

READY = frozenset({"name", "notes", "value", "attributes"})
"""Columns that are already as the database takes them: sealed, or JSON."""


@dataclass(slots=True)
class Draft:
    """`asked` is what the register must not know. New rows of a table as the columns of `content.WRITTEN`, with their hashes.

    `customer_id` is the place of the customer among the new ones; a hash leaves it out.
    """

    asked: Asked
    outcomes: Sequence[Outcome | Rejection]
    written: dict[str, Columns]
    hashes: dict[str, list[str]]


def draft(rows: Sequence[Row], known: Known, scope: Scope) -> Draft:
    """The draft of `rows`, which are about customers."""
    decided = Deciding(rows, known, scope, None, Found())
    changed = {table: one for table, one in decided.changed.items() if one.created}
    for place, customer in enumerate(decided.changed["customer"].created):
        customer.pk = place
    plain = {table: columns(WRITTEN[table], one.created) for table, one in changed.items()}
    written = {table: [_ready(table, *named) for named in zip(WRITTEN[table], some, strict=True)] for table, some in plain.items()}
    return Draft(asked(rows, known), decided.outcomes, written, {table: _hashes(table, some) for table, some in plain.items()})


def _ready(table: str, name: str, column: Sequence[Any]) -> Sequence[Any]:
    if name not in READY:
        return column
    return seal_all(column, f"{table}.{name}") if name != "attributes" else list(map(json_text, column))


def _hashes(table: str, content: Columns) -> list[str]:
    names = CONTENT[table]
    return hashes(content[names[0] == "customer_id" : len(names)])
