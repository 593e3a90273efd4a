"""The whole file seen once before anything is written: how many rows, which row on a customer leads, numbers that stand twice.

One pass, no queries. It is the same each time, so an import that was stopped goes on where it was with nothing kept from before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from huifang.app.services.imports.reading import BadLine, Line
from huifang.app.services.imports.rows import RowReader
from huifang.app.services.register import identity
from huifang.app.services.register.rows import Rejection, Row
from huifang.domain.words import Words

_LINES = 1 << 24
_HASH = 64
_MASK = (1 << _HASH) - 1
Keep = Callable[[Line | BadLine, str], None]


@dataclass(slots=True)
class Overview:
    """What a pass over the file has found. `sum_lines`: rows with the same number are lines of one event, and their amounts add up."""

    sum_lines: bool = False
    rows: int = 0
    leading: dict[int, int] = field(default_factory=dict)
    """Customer → day and line of the row that speaks for them: the one of the latest event, the later one of the same day."""
    first: dict[int, int] = field(default_factory=dict)
    """Numbered event or agreement → line of the first row that has it, and the hash of what that row says of it."""
    totals: dict[int, Decimal] = field(default_factory=dict)

    def read(self, lines: Iterable[Line | BadLine], reader: RowReader, keep: Keep | None = None) -> Overview:
        """See every line once and hand it to `keep` with what identifies its customer; returns itself."""
        for line in lines:
            self.rows += 1
            row = reader.read(line)
            key = self._see(row) if isinstance(row, Row) else ""
            if keep is not None:
                keep(line, key)
        return self

    def _see(self, row: Row) -> str:
        who = ""
        if row.customer is not None:
            who = identity.content(row.customer)
            day = row.event.day if row.event else date.min
            rank = day.toordinal() * _LINES + row.line
            if rank > self.leading.get(key := hash(who), -1):
                self.leading[key] = rank
        for number, content in _numbered(row, who):
            self.first.setdefault(number, row.line << _HASH | content)
            if self.sum_lines and row.event is not None:
                self.totals[number] = self.totals.get(number, Decimal(0)) + (row.event.amount or 0)
        return who

    def settle(self, row: Row) -> Row | Rejection:
        """The row as it counts in the whole file: whether it leads, its total; rejected where its number stood before otherwise."""
        who = ""
        if row.customer is not None:
            who = identity.content(row.customer)
            row.customer.leads = self.leading[hash(who)] % _LINES == row.line
        for number, content in _numbered(row, who):
            first, said = self.first[number] >> _HASH, self.first[number] & _MASK
            if self.sum_lines and row.event is not None:
                if first == row.line:
                    row.event.amount = self.totals[number]
                else:
                    row.event = None
            elif first != row.line and said != content:
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


def _numbered(row: Row, who: str) -> list[tuple[int, int]]:
    """(hash of kind and number, hash of content) of the event or agreements of a row that have a number of their own."""
    found: list[tuple[int, int]] = []
    event = row.event
    if event is not None and event.code:
        said = (who, event.at, event.amount, event.staff, repr(event.attributes))
        found.append((hash(("event", event.kind, event.code)), hash(said) & _MASK))
    found.extend(
        (hash(("agreement", one.kind, one.code)), hash((one.starts, one.ends, one.status, one.amount, repr(one.attributes))) & _MASK)
        for one in row.agreements
        if one.code
    )
    return found
