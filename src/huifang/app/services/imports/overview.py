"""The whole file seen once before anything is written: how many rows, which row on a customer leads, numbers that stand twice.

One pass, no queries. Memory is some 150 bytes a row: at most about 150 MB for a million rows. It is the same each time, so an import that
was stopped goes on where it was with nothing kept from before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from huifang.app.services.imports.reading import BadLine, Line
from huifang.app.services.imports.rows import RowReader
from huifang.app.services.register import identity
from huifang.app.services.register.rows import EventRow, Rejection, Row
from huifang.domain.words import Words

_LINES = 1 << 24


@dataclass(slots=True)
class Overview:
    """What a pass over the file has found. `sum_lines`: rows with the same number are lines of one event, and their amounts add up."""

    sum_lines: bool = False
    rows: int = 0
    leading: dict[int, int] = field(default_factory=dict)
    """Customer → day and line of the row that speaks for them: the one of the latest event, the later one of the same day."""
    first: dict[int, int] = field(default_factory=dict)
    """Numbered event or agreement → line of the first row that has it."""
    content: dict[int, int] = field(default_factory=dict)
    totals: dict[int, Decimal] = field(default_factory=dict)

    def read(self, lines: Iterable[Line | BadLine], reader: RowReader) -> Overview:
        """See every line once; returns itself."""
        for line in lines:
            self.rows += 1
            row = reader.read(line)
            if isinstance(row, Row):
                self._see(row)
        return self

    def _see(self, row: Row) -> None:
        if row.customer is not None:
            key, day = hash(identity.content(row.customer)), row.event.day if row.event else date.min
            rank = day.toordinal() * _LINES + row.line
            if rank > self.leading.get(key, -1):
                self.leading[key] = rank
        for number, content in _numbered(row):
            self.first.setdefault(number, row.line)
            self.content.setdefault(number, content)
            if self.sum_lines and row.event is not None:
                self.totals[number] = self.totals.get(number, Decimal(0)) + (row.event.amount or 0)

    def settle(self, row: Row) -> Row | Rejection:
        """The row as it counts in the whole file: whether it leads, its total; rejected where its number stood before otherwise."""
        if row.customer is not None:
            row.customer.leads = self.leading[hash(identity.content(row.customer))] % _LINES == row.line
        for number, content in _numbered(row):
            first = self.first[number]
            if self.sum_lines and row.event is not None:
                if first == row.line:
                    row.event.amount = self.totals[number]
                else:
                    row.event = None
            elif first != row.line and self.content[number] != content:
                return Rejection(
                    row.line,
                    "",
                    "number.twice",
                    Words(
                        f"编号与第 {first} 行相同而内容不同；若是同一单的多个明细，请选择“按单号合计”。",
                        f"Same number as line {first}, other content; if they are lines of one order, choose “add up by number”.",
                    ),
                )
        return row


def _numbered(row: Row) -> list[tuple[int, int]]:
    """(hash of kind and number, hash of content) of the event or agreements of a row that have a number of their own."""
    found: list[tuple[int, int]] = []
    if row.event is not None and row.event.code:
        found.append((hash(("event", row.event.kind, row.event.code)), _content(row, row.event)))
    found.extend(
        (hash(("agreement", one.kind, one.code)), hash((one.starts, one.ends, one.status, one.amount, repr(one.attributes))))
        for one in row.agreements
        if one.code
    )
    return found


def _content(row: Row, event: EventRow) -> int:
    who = identity.content(row.customer) if row.customer else ""
    return hash((who, event.at, event.amount, event.staff, repr(event.attributes)))
