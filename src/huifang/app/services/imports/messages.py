"""What the process that writes an import and the one that prepares it say to each other: a length of 8 bytes, then one value.

Values are Python's own pickles: each side reads only what the other, started from the same code, has written into its pipe.
"""

from __future__ import annotations

import pickle  # nosec B403 # see above
from dataclasses import dataclass, replace
from typing import IO

from huifang.app.keys import Keyring
from huifang.app.services.imports.preparing import Ready, Seen, Task
from huifang.domain.errors import Problem


@dataclass(frozen=True, slots=True)
class Order:
    """What to prepare, and the keys for it: they go through the pipe alone, not by argument, environment or disk."""

    task: Task
    keys: Keyring


@dataclass(frozen=True, slots=True)
class End:
    """Nothing more comes; `problems`: because the file cannot be taken."""

    problems: tuple[Problem, ...] = ()


Message = Order | Seen | Ready | End


def write(sink: IO[bytes], message: Message) -> None:
    """Say one thing; waits until the other side takes it."""
    say(sink, worded(message))


def worded(message: Message) -> bytes:
    """One thing as it goes through the pipe, without its length."""
    said = replace(message, rows=None) if isinstance(message, Ready) else message
    return pickle.dumps(said, pickle.HIGHEST_PROTOCOL)


def say(sink: IO[bytes], data: bytes) -> None:
    """Say what `worded` has made; waits until the other side takes it."""
    sink.write(len(data).to_bytes(8, "big"))
    sink.write(data)
    sink.flush()


def read(source: IO[bytes]) -> Message | None:
    """The next thing said; None where the other side ended in the middle of it or before."""
    head = source.read(8)
    data = source.read(int.from_bytes(head, "big"))
    if len(head) < 8 or len(data) < int.from_bytes(head, "big"):
        return None
    message: Message = pickle.loads(data)  # noqa: S301  # nosec B301 # see above
    return message
