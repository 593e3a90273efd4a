"""The whole file seen once before anything is written: how many rows, which row on a customer leads, numbers that stand twice.

One pass, no queries. It is the same each time, so an import that was stopped goes on where it was with nothing kept from before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import islice

from huifang.app.services.imports.reading import BadLine, Line
from huifang.app.services.imports.rows import RowReader
from huifang.app.services.register import identity
from huifang.app.services.register.rows import AgreementRow, EventRow, Rejection, Row
from huifang.domain.words import Words

_LINES = 1 << 24
KINDS = 100
"""Kinds of events that are noted at most; a file with more has put something else in their column."""
FEW = 500
"""Rows that are read at once: what belongs to them stays near the processor."""
Keep = Callable[[Sequence[Line | BadLine], Sequence[Row | Rejection], Sequence[str]], None]


@dataclass(slots=True)
class Overview:
    """What a pass over the file has found. `sum_lines`: rows with the same number are lines of one event, and their amounts add up."""

    sum_lines: bool = False
    rows: int = 0
    leading: dict[int, int] = field(default_factory=dict)
    """Customer → day and line of the row that speaks for them: the one of the latest event, the later one of the same day."""
    first: dict[int, int] = field(default_factory=dict)
    """Numbered event or agreement → line of the first row that has it."""
    twice: set[int] = field(default_factory=set)
    """Numbers that stand in more than one row."""
    said: dict[int, int] = field(default_factory=dict)
    """Number → hash of what its first row says of it; of an event it is found when that row is settled, before others of its customer."""
    totals: dict[int, Decimal] = field(default_factory=dict)
    kinds: set[str] = field(default_factory=set)
    """Kinds of the events that its rows tell of, at most `KINDS`."""

    def read(self, lines: Iterable[Line | BadLine], reader: RowReader, keep: Keep) -> Overview:
        """See every line once and hand some at a time to `keep`, with what they say and what identifies their customers; returns itself."""
        lines = iter(lines)
        while some := list(islice(lines, FEW)):
            self.rows += len(some)
            rows = reader.read(some)
            keep(some, rows, [self._see(row) if isinstance(row, Row) else "" for row in rows])
        return self

    def _see(self, row: Row) -> str:
        who = ""
        if row.customer is not None:
            who = identity.content(row.customer)
            day = row.event.day if row.event else date.min
            rank = day.toordinal() * _LINES + row.line
            if rank > self.leading.get(key := hash(who), -1):
                self.leading[key] = rank
        if row.event is not None and len(self.kinds) < KINDS:
            self.kinds.add(row.event.kind)
        for number, one in _numbered(row):
            if number in self.first:
                self.twice.add(number)
            else:
                self.first[number] = row.line
                if one is not row.event:
                    self.said[number] = _content(one, who)
            if self.sum_lines and row.event is not None:
                self.totals[number] = self.totals.get(number, Decimal("0.00")) + (row.event.amount or 0)
        return who

    def settle(self, rows: Sequence[Row | Rejection]) -> Settled:
        """How these rows count in the whole file: who leads, totals; rejected where a number stood before otherwise."""
        settled = Settled(bytearray(len(rows)))
        for place, row in enumerate(rows):
            if isinstance(row, Row):
                if row.customer is not None:
                    settled.leads[place] = self.leading[hash(identity.content(row.customer))] % _LINES == row.line
                if self.twice or self.sum_lines:
                    self._settle(place, row, settled)
        return settled

    def _settle(self, place: int, row: Row, settled: Settled) -> None:
        for number, one in _numbered(row):
            first = self.first[number]
            if self.sum_lines and row.event is not None:
                settled.amounts[place] = self.totals[number] if first == row.line else None
            elif number in self.twice:
                said = _content(one, row.customer.key if row.customer else "")
                if first == row.line:
                    self.said[number] = said
                elif self.said.get(number) != said:
                    settled.rejected[place] = _twice(row, first)
                    return


@dataclass(slots=True)
class Settled:
    """What the whole file says of some rows, by their place among them.

    `leads`: 1 where the row speaks for its customer. `amounts`: the total of an event, None where another row tells of it.
    """

    leads: bytearray
    rejected: dict[int, Rejection] = field(default_factory=dict)
    amounts: dict[int, Decimal | None] = field(default_factory=dict)

    def on(self, rows: Sequence[Row | Rejection]) -> list[Row | Rejection]:
        """The rows as they count."""
        for leads, row in zip(self.leads, rows, strict=True):
            if isinstance(row, Row) and row.customer is not None:
                row.customer.leads = bool(leads)
        found = list(rows)
        for place, amount in self.amounts.items():
            row = found[place]
            assert isinstance(row, Row)  # noqa: S101 - only such rows have amounts
            row.event = None if amount is None or row.event is None else replace(row.event, amount=amount)
        for place, rejection in self.rejected.items():
            found[place] = rejection
        return found


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
        return hash((who, one.at, one.amount, one.staff, repr(one.attributes)))
    return hash((one.starts, one.ends, one.status, one.amount, repr(one.attributes)))
