"""Files that are sealed at rest, in pieces, so that any part can be read without the rest.

A piece is 64 KiB of the open file, sealed with the file's key and the piece's number in the associated data: pieces cannot be changed,
swapped or moved to another file. How long the open file is, is kept by whoever keeps the file: a file that was cut off does not open.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

from huifang.app.crypto import seal_bytes, unseal_bytes

PIECE = 64 * 1024
_LENGTH = struct.Struct(">I")
_OVERHEAD = _LENGTH.size + 2 + 12 + 16  # length; version and key; nonce; tag


def write(path: Path, name: str, chunks: Iterable[bytes]) -> int:
    """Seal a file's chunks into `path`; the number of open bytes. What is written is on the disk when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written, held, number = 0, b"", 0
    with path.open("xb") as file:
        for chunk in chunks:
            held += chunk
            while len(held) >= PIECE:
                file.write(_sealed(held[:PIECE], name, number))
                written, held, number = written + PIECE, held[PIECE:], number + 1
        if held:
            file.write(_sealed(held, name, number))
        file.flush()
        os.fsync(file.fileno())
    return written + len(held)


def read(path: Path, name: str, size: int, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
    """The open bytes from `start` to before `stop` (the end) of a file of `size` open bytes.

    Raises cryptography's InvalidTag where a piece was changed, EOFError where the file is shorter than it was.
    """
    stop = size if stop is None else min(stop, size)
    with path.open("rb") as file:
        for number in range(start // PIECE, -(-stop // PIECE)):
            file.seek(number * (PIECE + _OVERHEAD))
            head = file.read(_LENGTH.size)
            sealed = file.read(_LENGTH.unpack(head)[0]) if len(head) == _LENGTH.size else b""
            begin = number * PIECE
            if len(sealed) != min(PIECE, size - begin) + _OVERHEAD - _LENGTH.size:
                raise EOFError(f"{path.name}: piece {number} is missing")
            piece = unseal_bytes(sealed, f"{name}.{number}")
            yield piece[max(0, start - begin) : stop - begin]


def _sealed(piece: bytes, name: str, number: int) -> bytes:
    sealed = seal_bytes(piece, f"{name}.{number}")
    return _LENGTH.pack(len(sealed)) + sealed
