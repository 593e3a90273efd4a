"""The rows of a file between its two passes: read once, kept sealed on disk under a key that only this process has, taken in order of use.

A file of at most `IN_ORDER` rows keeps its order. In a longer one the rows on one customer follow each other (in their own order), so that
the register meets a customer in one batch of rows and not in many. The order follows from the file alone: an import that was stopped finds
the same again. Memory is one pack of rows for each of `PARTS` parts.
"""

from __future__ import annotations

import marshal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self
from zlib import crc32

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from huifang.app.services.imports.reading import BadLine, Line, moment

IN_ORDER = 20_000
PARTS = 64
_CELLS = 8_192
"""Cells of one pack."""


class Spool:
    """Rows put in one after the other, then taken out in order. A context manager: what was kept is gone at its end."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by __exit__
        self._cipher = AESGCM(AESGCM.generate_key(256))
        self._open: list[list[list[Any]]] = [[] for _ in range(PARTS)]
        self._cells = [0] * PARTS
        self._packs: list[tuple[int, int]] = []
        """Part and length of each sealed pack, in the order of the file."""
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def put(self, line: Line | BadLine, key: str) -> None:
        """Keep a row; `key` is the same for all rows on one customer."""
        part = crc32(key.encode("utf-8", "surrogatepass")) % PARTS
        if isinstance(line, Line):
            self._open[part].append([line.number, line.cells])
            self._cells[part] += len(line.cells)
        else:
            self._open[part].append([line.number, line.code, line.raw])
        self._count += 1
        if self._cells[part] >= _CELLS:
            self._close(part)

    def _close(self, part: int) -> None:
        sealed = self._cipher.encrypt(_nonce(len(self._packs)), _written(self._open[part]), None)
        self._file.write(sealed)
        self._packs.append((part, len(sealed)))
        self._open[part], self._cells[part] = [], 0

    def lines(self) -> Iterator[Line | BadLine]:
        """All rows in order of use; nothing can be put in any more."""
        for part in range(PARTS):
            if self._open[part]:
                self._close(part)
        places: list[list[tuple[int, int, int]]] = [[] for _ in range(PARTS)]
        at = 0
        for number, (part, length) in enumerate(self._packs):
            places[part].append((number, at, length))
            at += length
        rows = (_line(row) for part in places for place in part for row in self._pack(*place))
        return iter(sorted(rows, key=lambda line: line.number)) if self._count <= IN_ORDER else rows

    def _pack(self, number: int, at: int, length: int) -> list[list[Any]]:
        self._file.seek(at)
        return _read(self._cipher.decrypt(_nonce(number), self._file.read(length), None))


def _written(pack: list[list[Any]]) -> bytes:
    """A pack as bytes; where cells are dates or times, each of them as a tuple of its text."""
    try:
        return marshal.dumps(pack)
    except ValueError:
        for row in pack:
            row[1] = [cell if cell is None or isinstance(cell, str | int | float) else (cell.isoformat(),) for cell in row[1]]
        return marshal.dumps(pack)


def _read(opened: bytes) -> list[list[Any]]:
    """What `_written` made: the seal has shown that this very process wrote it, as `marshal` must know."""
    pack: list[list[Any]] = marshal.loads(opened)  # noqa: S302  # nosec B302 # see above
    for row in pack:
        if tuple in map(type, row[1]):
            row[1] = [moment(cell[0]) if type(cell) is tuple else cell for cell in row[1]]
    return pack


def _nonce(number: int) -> bytes:
    """Each pack's own under the key of this spool."""
    return number.to_bytes(12, "big")


def _line(row: list[Any]) -> Line | BadLine:
    return Line(*row) if len(row) == 2 else BadLine(*row)
