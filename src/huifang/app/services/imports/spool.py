"""The rows of a file between its two passes: read once, kept sealed on disk under a key that only this process has, taken in order of use.

A file of at most `IN_ORDER` rows keeps its order. A longer one is divided into parts, each of `CUSTOMERS` customers in the order in which
they appear, with all their rows in their own order; a batch is made of whole parts, so that the register meets a customer in one batch of
rows and not in many, and numbers that follow each other in the file mostly still do. The order follows from the file alone: an import that
was stopped finds the same again. Memory is one pack of rows for each part, a batch, and a number for each customer.
"""

from __future__ import annotations

import marshal
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from huifang.app.services.imports.reading import BadLine, Line, moment

IN_ORDER = 10_000
CUSTOMERS = 500
_CELLS = 512
"""Cells of one pack."""
_LINE = 2
"""What is kept of a line: its number and cells."""


class Spool:
    """Rows put in one after the other, then taken out in order. A context manager: what was kept is gone at its end."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by __exit__
        self._cipher = AESGCM(AESGCM.generate_key(256))
        self._open: list[list[list[Any]]] = []
        self._cells: list[int] = []
        self._packs: list[tuple[int, int]] = []
        """Part and length of each sealed pack, in the order of the file."""
        self._rows: list[int] = []
        self._part: dict[int, int] = {}
        """Hash of a customer's key → their part."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def put(self, lines: Sequence[Line | BadLine], keys: Sequence[str]) -> None:
        """Keep rows; the key is the same for all rows on one customer."""
        for line, key in zip(lines, keys, strict=True):
            part = self._part.setdefault(hash(key), len(self._part) // CUSTOMERS)
            if part == len(self._open):
                self._open.append([])
                self._cells.append(0)
                self._rows.append(0)
            self._open[part].append(_kept(line))
            self._cells[part] += len(line.cells) if isinstance(line, Line) else 1
            self._rows[part] += 1
            if self._cells[part] >= _CELLS:
                self._close(part)

    def _close(self, part: int) -> None:
        sealed = self._cipher.encrypt(_nonce(len(self._packs)), _marshalled(self._open[part]), None)
        self._file.write(sealed)
        self._packs.append((part, len(sealed)))
        self._open[part], self._cells[part] = [], 0

    def batches(self, size: int, done: int = 0) -> Iterator[list[Line | BadLine]]:
        """All rows in order of use but the first `done`, at most `size` at a time; nothing can be put in any more."""
        for some in self._cut(size):
            left, done = some[done:], max(0, done - len(some))
            if left:
                yield left

    def _cut(self, size: int) -> Iterator[list[Line | BadLine]]:
        some: list[Line | BadLine] = []
        for rows, packs in self._parts():
            if len(some) + rows > size:
                yield some
                some = []
            for pack in packs:
                some += pack
                while len(some) > size:
                    yield some[:size]
                    some = some[size:]
        yield some

    def _parts(self) -> Iterator[tuple[int, Iterable[list[Line | BadLine]]]]:
        """How many rows each part has, and its packs."""
        places: list[list[tuple[int, int, int]]] = [[] for _ in self._open]
        for part, kept in enumerate(self._open):
            if kept:
                self._close(part)
        at = 0
        for number, (part, length) in enumerate(self._packs):
            places[part].append((number, at, length))
            at += length
        parts = [map(self._pack, *zip(*some, strict=True)) for some in places]
        if (rows := sum(self._rows)) > IN_ORDER:
            yield from zip(self._rows, parts, strict=True)
        elif rows:
            yield rows, [sorted((line for part in parts for pack in part for line in pack), key=lambda line: line.number)]

    def _pack(self, number: int, at: int, length: int) -> list[Line | BadLine]:
        self._file.seek(at)
        return unpacked(self._cipher.decrypt(_nonce(number), self._file.read(length), None))


def packed(lines: Sequence[Line | BadLine]) -> bytes:
    """Lines as bytes, for `unpacked` in a process of the same Python."""
    return _marshalled([_kept(line) for line in lines])


def unpacked(data: bytes) -> list[Line | BadLine]:
    """The lines that `packed` has put together: only bytes that it is known to have made may come here."""
    return [_line(row) for row in _read(data)]


def _kept(line: Line | BadLine) -> list[Any]:
    return [line.number, line.cells] if isinstance(line, Line) else [line.number, line.code, line.raw]


def _marshalled(pack: list[list[Any]]) -> bytes:
    """A pack as bytes; where cells are dates or times, each of them as a tuple of its text, and this is said before it."""
    try:
        return marshal.dumps((False, pack))
    except ValueError:
        for row in pack:
            if len(row) == _LINE:
                row[1] = [cell if cell is None or isinstance(cell, str | int | float) else (cell.isoformat(),) for cell in row[1]]
        return marshal.dumps((True, pack))


def _read(opened: bytes) -> list[list[Any]]:
    """What `_marshalled` made, as `marshal` must know: the seal has shown it, or the pipe from the process that did it."""
    moments: bool
    pack: list[list[Any]]
    moments, pack = marshal.loads(opened)  # noqa: S302  # nosec B302 # see above
    for row in pack if moments else ():
        if len(row) == _LINE:
            row[1] = [moment(cell[0]) if type(cell) is tuple else cell for cell in row[1]]
    return pack


def _nonce(number: int) -> bytes:
    """Each pack's own under the key of this spool."""
    return number.to_bytes(12, "big")


def _line(row: list[Any]) -> Line | BadLine:
    return Line(*row) if len(row) == _LINE else BadLine(*row)
