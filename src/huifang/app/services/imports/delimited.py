"""Rows of delimited text. A quote that is never closed costs its own row, not the rest of the file.

A quoted cell may hold line breaks. A row over several lines is believed only when its quotes close within `SPAN` lines, nothing but a
delimiter follows each closing quote, and it has as many cells as the rows around it; otherwise the line with the open quote is told as
bad and reading goes on with the next line.
"""

from __future__ import annotations

import csv
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from huifang.app.services.imports import limits

DELIMITERS = (",", "\t", ";", "|", "，")
SPAN = 60
"""Lines one row may reach over."""


@dataclass(frozen=True, slots=True)
class Bad:
    """A row that cannot be read: line, code of the reason, the line itself."""

    line: int
    code: str
    raw: str


def delimiter_of(sample: list[str]) -> str:
    """The delimiter that gives most lines the same number of cells; a comma where nothing divides them."""
    best, delimiter = 0.0, ","
    for candidate in DELIMITERS:
        counts = Counter(line.count(candidate) for line in sample if line.strip())
        counts.pop(0, None)
        if counts:
            width, lines = counts.most_common(1)[0]
            weight = sum(counts.values()) + lines + min(width, 20) / 40
            if weight > best:
                best, delimiter = weight, candidate
    return delimiter


def width_of(sample: list[str], delimiter: str) -> int:
    """How many cells most rows have."""
    counts = Counter(line.count(delimiter) + 1 for line in sample if line.strip() and '"' not in line)
    if not counts:
        counts = Counter(
            len(next(csv.reader([line], delimiter=delimiter), [])) for line in sample if line.strip() and line.count('"') % 2 == 0
        )
    return counts.most_common(1)[0][0] if counts else 1


def rows(lines: Iterable[tuple[int, str, bool]], delimiter: str, width: int) -> Iterator[tuple[int, list[str]] | Bad]:
    """Rows with the line they begin on."""
    queue = _Lines(lines)
    while (item := queue.next()) is not None:
        number, text, clean = item
        if not clean:
            yield Bad(number, "encoding", text)
        elif '"' not in text:
            cells = text.split(delimiter)
            yield (
                (number, cells) if len(text) <= limits.CELL or max(map(len, cells)) <= limits.CELL else Bad(number, "long-cell", text[:200])
            )
        else:
            yield _quoted(queue, number, text, delimiter, width)


class _Lines:
    """Lines that can be put back."""

    def __init__(self, lines: Iterable[tuple[int, str, bool]]) -> None:
        self._source = iter(lines)
        self._back: deque[tuple[int, str, bool]] = deque()

    def next(self) -> tuple[int, str, bool] | None:
        return self._back.popleft() if self._back else next(self._source, None)

    def put_back(self, taken: list[tuple[int, str, bool]]) -> None:
        self._back.extendleft(reversed(taken))


def _quoted(queue: _Lines, number: int, text: str, delimiter: str, width: int) -> tuple[int, list[str]] | Bad:
    taken: list[tuple[int, str, bool]] = []
    whole, opened = text, _open(text, delimiter)
    while opened and len(taken) < SPAN and len(whole) <= limits.CELL + 4096:
        item = queue.next()
        if item is None:
            break
        taken.append(item)
        whole += "\n" + item[1]
        opened = _open(item[1], delimiter, opened=True)
    cells = None if opened else _split(whole, delimiter)
    if cells is None or (taken and len(cells) != width):
        queue.put_back(taken)
        return Bad(number, "open-quote", text[: limits.CELL])
    if max(map(len, cells), default=0) > limits.CELL:
        return Bad(number, "long-cell", text[:200])
    return number, cells


def _open(text: str, delimiter: str, *, opened: bool = False) -> bool:
    """Whether a quoted cell is still open at the end of a line. A quote in the middle of a bare cell is just a character."""
    at = 0
    while True:
        if not opened and text[at : at + 1] == '"':
            opened, at = True, at + 1
        if opened:
            at = text.find('"', at)
            if at < 0:
                return True
            if text[at + 1 : at + 2] == '"':
                at += 2
                continue
            opened = False
        at = text.find(delimiter, at) + 1
        if at == 0:
            return False


def _split(text: str, delimiter: str) -> list[str] | None:
    """Cells of one whole row, or nothing where characters follow a closing quote."""
    parts = text.split("\n")
    try:
        found = list(csv.reader([f"{part}\n" for part in parts[:-1]] + [parts[-1]], delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return found[0] if len(found) == 1 else None
