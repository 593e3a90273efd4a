"""What follows from rows alone before the register is asked: numbers made from content and blind indexes. Needs the keys.

It can be made in another process than the one that writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from huifang.app.indexes import name_indexes, tail_indexes, value_indexes
from huifang.app.services.register import identity
from huifang.app.services.register.rows import Row


@dataclass(slots=True)
class Known:
    """Of one batch of rows about customers, in their order: `codes` of the customers, `events` numbers (empty without an event).

    `names`, `values` and `tails` give the blind index of each name, of each number or address, and of each phone's last digits.
    """

    codes: Sequence[str]
    events: Sequence[str]
    names: dict[str, str]
    values: dict[str, str]
    tails: dict[str, str]


def known(rows: Sequence[Row]) -> Known:
    """Find out what follows from `rows`."""
    customers = [row.customer for row in rows if row.customer is not None]
    codes = identity.codes(customers)
    points = [point for one in customers for point in one.points]
    phones = list(dict.fromkeys(point.value for point in points if point.kind == "phone"))
    return Known(
        codes,
        [identity.event_code(row.event, code) if row.event else "" for row, code in zip(rows, codes, strict=True)],
        name_indexes(one.name for one in customers),
        value_indexes(point.value for point in points),
        dict(zip(phones, tail_indexes(phones), strict=True)),
    )
