"""What the register is asked about a batch of rows. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from huifang.app.services.register.known import Known
from huifang.app.services.register.rows import Row

Codes = Mapping[str, Collection[str]]
"""Kind → numbers. Sets, since of a list the ORM looks at every value."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Numbers of customers, blind indexes of phones and of the names beside them, and numbers of events and agreements, each once."""

    codes: Collection[str]
    phones: Mapping[str, set[str]]
    events: Codes
    agreements: Codes


def asked(rows: Sequence[Row], known: Known) -> Asked:
    """What has to be looked up for these rows, of which `known` is known."""
    events = _by_kind((row.event.kind, code) for row, code in zip(rows, known.events, strict=True) if row.event)
    agreements = _by_kind((one.kind, one.code) for row in rows for one in row.agreements if one.code)
    phones: dict[str, set[str]] = {}
    for customer in (row.customer for row in rows if row.customer is not None):
        for point in customer.points:
            if point.kind == "phone":
                phones.setdefault(known.values[point.value], set()).add(known.names[customer.name])
    return Asked(set(known.codes), phones, events, agreements)


def _by_kind(pairs: Iterable[tuple[str, str]]) -> Codes:
    found: dict[str, set[str]] = {}
    for kind, code in pairs:
        found.setdefault(kind, set()).add(code)
    return found
