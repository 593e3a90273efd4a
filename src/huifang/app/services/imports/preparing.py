"""A file into batches of rows that are ready for the register: both readings of it, and all that follows from the rows alone.

Plain values and the keys, no database: it runs in the process that writes, or beside it in one of its own (`second_process`).
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from huifang.app.services.imports import files, reading, spool
from huifang.app.services.imports.files import FileKind
from huifang.app.services.imports.overview import FEW, Overview, Settled
from huifang.app.services.imports.reading import BadLine, Line
from huifang.app.services.imports.rows import RowReader
from huifang.app.services.imports.spool import Spool
from huifang.app.services.imports.sum_lines import SumLines
from huifang.app.services.imports.targets import Reading
from huifang.app.services.register.draft import Draft, draft
from huifang.app.services.register.known import Known, known
from huifang.app.services.register.reach import Scope
from huifang.app.services.register.rows import Rejection, Row

SHOWN_LEFT = 20
"""Sum lines that are named; the number beside them counts all."""


@dataclass(frozen=True, slots=True)
class Task:
    """One file to prepare: where it is kept and how it is read; `folder` is for what lies on disk between the two readings.

    `done` rows are in already, in the order of use; `size` rows make a batch. Drafts need
    to know the `scope` of the import.
    """

    file: Path
    file_kind: FileKind
    sheet: str
    encoding: str
    delimiter: str
    header_row: int
    reading: Reading
    sum_lines: bool
    folder: Path
    done: int = 0
    size: int = 10_000
    scope: Scope | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """After the first reading: how many rows the file has, how many sum lines were left out, the first of these, kinds of its events."""

    rows: int
    left_out: int
    left: tuple[int, ...]
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """A batch of rows, or why they are not taken, and what follows from those that are, where they are about customers."""

    rows: Sequence[Row | Rejection]
    known: Known | None

    @property
    def good(self) -> list[Row]:
        """Those that are taken."""
        return [row for row in self.rows if isinstance(row, Row)]


@dataclass(frozen=True, slots=True)
class Ready:
    """A batch of rows: as it is written where the register knows none of them, if that could be made; its lines, and how they count.

    Its `rows` do not go to another process: where they are needed there, its lines are read again.
    """

    draft: Draft | None
    settled: Settled
    packed: bytes
    rows: Rows | None = None

    def lines(self) -> list[Line | BadLine]:
        """The lines of the file, one for each row."""
        return spool.unpacked(self.packed)

    def opened(self, reader: RowReader) -> Rows:
        """The rows, which `reader` reads."""
        return self.rows or _rows(list(_read(self.lines(), reader)), self.settled)


def prepared(task: Task) -> Generator[Seen | Ready, None, None]:
    """What the whole file holds, then its rows a batch at a time. Raises `ImportRefused`."""
    reader = RowReader(task.reading)
    with Spool(task.folder) as kept, seldom_collecting():
        overview, sums = Overview(sum_lines=task.sum_lines), SumLines(task.reading.mapping)
        overview.read(lines(task, sums=sums), reader, lambda some, _, keys: kept.put(some, keys))
        yield Seen(overview.rows, len(sums.left), tuple(sums.left[:SHOWN_LEFT]), tuple(sorted(overview.kinds)))
        if task.done and overview.twice:
            _pass_over(kept, task, reader, overview)
        for some in kept.batches(task.size, task.done):
            yield _ready(some, reader, overview, task.scope)


def _pass_over(kept: Spool, task: Task, reader: RowReader, overview: Overview) -> None:
    """Rows that are in already: what they say of numbers that stand twice counts for those that are not."""
    for row in islice((row for some in kept.batches(task.size) for row in _read(some, reader)), task.done):
        overview.settle([row])


def _read(some: Sequence[Line | BadLine], reader: RowReader) -> Iterator[Row | Rejection]:
    for start in range(0, len(some), FEW):
        yield from reader.read(some[start : start + FEW])


def _ready(some: list[Line | BadLine], reader: RowReader, overview: Overview, scope: Scope | None) -> Ready:
    read = list(_read(some, reader))
    settled = overview.settle(read)
    rows = _rows(read, settled)
    drafted = _draft(rows, scope) if scope else None
    return Ready(drafted, settled, spool.packed(some), rows)


def _rows(read: Sequence[Row | Rejection], settled: Settled) -> Rows:
    rows = settled.on(read)
    good = [row for row in rows if isinstance(row, Row)]
    return Rows(rows, known(good) if good and good[0].customer is not None else None)


def _draft(rows: Rows, scope: Scope) -> Draft | None:
    """The draft with the outcomes of all rows, those that are not taken among them."""
    if rows.known is None:
        return None
    drafted = draft(rows.good, rows.known, scope)
    rest = iter(drafted.outcomes)
    return replace(drafted, outcomes=[row if isinstance(row, Rejection) else next(rest) for row in rows.rows])


def lines(task: Task, first: int | None = None, sums: SumLines | None = None) -> Iterator[Line | BadLine]:
    """The rows below the header, at most `first`, without sum lines; `sums` notes which were left out. Raises `ImportRefused`."""
    most = None if first is None else first + task.header_row
    kept = reading.rows(files.pieces(task.file), task.file_kind, task.sheet, task.encoding, task.delimiter, most)
    return (sums or SumLines(task.reading.mapping)).without(line for line in kept if line.number > task.header_row)


@contextlib.contextmanager
def seldom_collecting() -> Iterator[None]:
    """Rows are many small objects without cycles; looking for cycles among them costs a sixth of an import."""
    before = gc.get_threshold()
    gc.set_threshold(1_000_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
