"""The process that prepares an import's rows beside the one that writes them.

Standard input: one `Order`; then it stays open as long as somebody wants the answer. Standard output: messages of `messages`, the last of
them `End` or the problems of a file that cannot be taken. A few batches wait here while the other process commits.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from queue import Queue
from typing import IO

from django.conf import settings

from huifang.app.services.imports import messages
from huifang.app.services.imports.messages import End, Order
from huifang.app.services.imports.preparing import prepared
from huifang.domain.errors import ImportRefused

_AHEAD = 4
"""Batches that wait here, some 2 MB each."""


def main() -> None:
    """Answer one order. Ctrl-C is for the process that writes; it ends this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source = sys.stdin.buffer
    order = messages.read(source)
    threading.Thread(target=_leave_with, args=(source.fileno(),), daemon=True).start()
    if isinstance(order, Order):
        answer(order, sys.stdout.buffer)


def _leave_with(source: int) -> None:
    """End when the other process is gone, whatever this one is at."""
    os.read(source, 1)
    os._exit(1)


def answer(order: Order, sink: IO[bytes]) -> None:
    """Write what the order asks for, as long as somebody takes it."""
    if not settings.configured:
        settings.configure(HUIFANG_KEYS=order.keys)
    waiting: Queue[bytes | None] = Queue(_AHEAD)
    speaker = threading.Thread(target=_say, args=(waiting, sink), daemon=True)
    speaker.start()
    try:
        for one in prepared(order.task):
            waiting.put(messages.worded(one))
        waiting.put(messages.worded(End()))
    except ImportRefused as error:
        waiting.put(messages.worded(End(error.problems)))
    finally:
        waiting.put(None)
        speaker.join()


def _say(waiting: Queue[bytes | None], sink: IO[bytes]) -> None:
    try:
        while (data := waiting.get()) is not None:
            messages.say(sink, data)
    except BrokenPipeError:
        os._exit(1)
