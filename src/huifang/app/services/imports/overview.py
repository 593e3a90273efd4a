"""The whole file seen once before anything is written: how many rows, which row on a customer leads, numbers that stand twice.

One pass, no queries. It is the same each time, so an import that was stopped goes on where it was with nothing kept from before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import islice

from huifang.app.services.imports.reading import BadLine, Line
from huifang.app.services.imports.rows import RowReader
from huifang.app.services.register import identity
from huifang.app.services.register.rows import AgreementRow, EventRow, Rejection, Row
from huifang.domain.words import Words

_LINES = 1 << 24
_HASH = 64
_MASK = (1 << _HASH) - 1
_FEW = 500
Keep = Callable[[Line | BadLine, Row | Rejection, str], None]


@dataclass(slots=True)
class Overview:
    """What a pass over the file has found. `sum_lines`: rows with the same number are lines of one event, and their amounts add up."""

    sum_lines: bool = False
    rows: int = 0
    leading: dict[int, int] = field(default_factory=dict)
    """Customer → day and line of the row that speaks for them: the one of the latest event, the later one of the same day."""
    first: dict[int, int] = field(default_factory=dict)
    """Numbered event or agreement → line of the first row that has it, and the hash of what that row says of it."""
    twice: set[int] = field(default_factory=set)
    """Numbers that stand in more than one row."""
    totals: dict[int, Decimal] = field(default_factory=dict)

    def read(self, lines: Iterable[Line | BadLine], reader: RowReader, keep: Keep) -> Overview:
        """See every line once and hand it to `keep`, with what it says and what identifies its customer; returns itself."""
        lines = iter(lines)
        while some := list(islice(lines, _FEW)):
            self.rows += len(some)
            for line, row in zip(some, reader.read(some), strict=True):
                keep(line, row, self._see(row) if isinstance(row, Row) else "")
        return self

    def _see(self, row: Row) -> str:
        who = ""
        if row.customer is not None:
            who = identity.content(row.customer)
            day = row.event.day if row.event else date.min
            rank = day.toordinal() * _LINES + row.line
            if rank > self.leading.get(key := hash(who), -1):
                self.leading[key] = rank
        for number, one in _numbered(row):
            if number in self.first:
                self.twice.add(number)
            else:
                self.first[number] = row.line << _HASH | _content(one, who)
            if self.sum_lines and row.event is not None:
                self.totals[number] = self.totals.get(number, Decimal("0.00")) + (row.event.amount or 0)
        return who

    def settle(self, row: Row) -> Row | Rejection:
        """The row as it counts in the whole file: whether it leads, its total; rejected where its number stood before otherwise."""
        if row.customer is not None:
            row.customer.leads = self.leading[hash(identity.content(row.customer))] % _LINES == row.line
        for number, one in _numbered(row):
            first, said = self.first[number] >> _HASH, self.first[number] & _MASK
            if self.sum_lines and row.event is not None:
                if first == row.line:
                    row.event.amount = self.totals[number]
                else:
                    row.event = None
            elif number in self.twice and first != row.line and said != _content(one, row.customer.key if row.customer else ""):
                return _twice(row, first)
        return row


def _twice(row: Row, first: int) -> Rejection:
    words = Words(
        f"编号与第 {first} 行相同而内容不同；若是同一单的多个明细，请选择“按单号合计”。",
        f"Same number as line {first}, other content; if they are lines of one order, choose “add up by number”.",
    )
    return Rejection(row.line, "", "number.twice", words)


def _numbered(row: Row) -> list[tuple[int, EventRow | AgreementRow]]:
    """Hash of kind and number, and what has it: the event or agreements of a row that have a number of their own."""
    found: list[tuple[int, EventRow | AgreementRow]] = []
    if (event := row.event) is not None and event.code:
        found.append((hash(("event", event.kind, event.code)), event))
    if row.agreements:
        found.extend((hash(("agreement", one.kind, one.code)), one) for one in row.agreements if one.code)
    return found


def _content(one: EventRow | AgreementRow, who: str) -> int:
    """Hash of what a row says of its event or agreement."""
    if isinstance(one, EventRow):
        return hash((who, one.at, one.amount, one.staff, repr(one.attributes))) & _MASK
    return hash((one.starts, one.ends, one.status, one.amount, repr(one.attributes))) & _MASK
