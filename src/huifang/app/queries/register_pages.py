"""The rows of a register, read as far as they are asked for: a page behind any place, all of them part by part, and how many there are."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from huifang.app.queries.pages import Page
from huifang.app.queries.register_cells import Cell, Cells
from huifang.app.queries.register_line import Line
from huifang.app.queries.register_more import More
from huifang.domain.contact import Channel
from huifang.domain.words import Words
from huifang.playbooks.schema import Register

AT_ONCE = 1_000
"""Rows that are in memory at the same time when all of them are read."""
Figure = tuple[Words, int]


class Walk(ABC):
    """The lines of a register in an order that an index holds: a page costs the same however deep it lies."""

    @abstractmethod
    def page(self, after: str, size: int) -> Page[Line]:
        """The lines behind a place, empty only at the end. Constant number of queries; how much they read is bounded by `size`."""

    @abstractmethod
    def some(self, most: int) -> int:
        """How many lines there are, at most `most`: no more are looked at."""

    @abstractmethod
    def figures(self) -> tuple[Figure, ...]:
        """The figures of the summary, the number of lines first. All of them are looked at, in the database."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A row as it is filled: its cells, and what stands in place of the signatures of a visit (empty: they are to be signed)."""

    cells: tuple[Cell, ...]
    unsigned: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of a register, how many stand before them, and the place of what follows (empty at the end)."""

    rows: tuple[Filled, ...]
    before: int
    after: str


class Rows:
    """The rows of a register. Its length is read from the figures; walking through it reads `AT_ONCE` rows at a time."""

    def __init__(self, walk: Walk, more: More, cells: Cells, register: Register) -> None:
        self.walk, self.more, self.cells, self.register = walk, more, cells, register

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """The figures of the summary."""
        return self.walk.figures()

    def __len__(self) -> int:
        return self.figures[0][1]

    def __iter__(self) -> Iterator[Filled]:
        """All of them, each once: what is worked on again while they are read does not come a second time."""
        after, number, seen = "", 0, set[object]()
        while True:
            page = self.walk.page(after, AT_ONCE)
            fresh = [line for line in page.rows if line.key not in seen]
            seen |= {line.key for line in fresh}
            yield from self._filled(fresh, number)
            number, after = number + len(fresh), page.after
            if not after:
                return

    def part(self, after: str, size: int) -> Part:
        """The rows behind a place. A place is the number of rows before it and where the walk goes on, so that a row keeps its number."""
        told, _dot, place = after.partition(".")
        before = int(told) if told.isdecimal() and len(told) < 12 else 0
        page = self.walk.page(place if before else "", size)
        rows = self._filled(page.rows, before)
        return Part(rows, before, f"{before + len(rows)}.{page.after}" if page.after else "")

    def _filled(self, lines: Sequence[Line], before: int) -> tuple[Filled, ...]:
        self.more.fill(lines)
        signed = bool(self.register.visit_signatures)
        return tuple(
            Filled(self.cells.row(self.register, line, number), self._no_visit(line) if signed else "")
            for number, line in enumerate(lines, before + 1)
        )

    def _no_visit(self, line: Line) -> str:
        """How a contact that was no visit was made and by whom; empty for a visit and for what is still to be done."""
        if not line.attempts or line.last_attempt["channel"] == Channel.VISIT:
            return ""
        channel, agent = self.cells.channel(line), line.last_attempt["staff__name"] or ""
        return Words(f"{channel}，无需签名（{agent}）", f"{channel}, no signature needed ({agent})").say(self.cells.language)
