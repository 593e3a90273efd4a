"""Rows prepared by a process of their own, so that reading and sealing the next batch goes on while the present one is written."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Generator

from huifang.app.crypto import keyring
from huifang.app.services.imports import messages
from huifang.app.services.imports.limits import refused
from huifang.app.services.imports.messages import End, Order
from huifang.app.services.imports.preparing import Ready, Seen, Task, prepared
from huifang.domain.errors import ImportRefused
from huifang.domain.words import Words

_PROGRAM = "from huifang.app.services.imports.preparing_process import main; main()"
_PIPE = 1 << 20
"""Bytes that a pipe holds where the system allows it: a batch of rows goes through in a few strokes."""
WORTH_IT = 5_000
"""Rows from which a second process earns its start."""

_ENDED = (
    Words(
        "读取文件的辅助进程中途退出了（常见原因是内存不足）。已导入的行都在。",
        "The process that reads the file ended before its time, often for want of memory. The rows brought in so far are in.",
    ),
    Words("请点“继续处理”，会从停下的地方接着做。", "Choose “Go on”: it continues where it stopped."),
)


def ready(task: Task, rows: int) -> Generator[Seen | Ready, None, None]:
    """What `prepared` gives for `task`, by a second process where the file's `rows` and this machine's processors are worth it."""
    return beside(task) if rows >= WORTH_IT and (os.cpu_count() or 1) > 1 else prepared(task)


def beside(task: Task) -> Generator[Seen | Ready, None, None]:
    """What `prepared` gives for `task`, made in a second process, which is gone at the end, however that comes. Raises `ImportRefused`."""
    environment = {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUTF8": "1", "PATH": os.environ.get("PATH", "")}
    with subprocess.Popen(
        [sys.executable, "-c", _PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, pipesize=_PIPE
    ) as process:
        try:
            yield from _told(process, Order(task, keyring()))
        finally:
            process.kill()


def _told(process: subprocess.Popen[bytes], order: Order) -> Generator[Seen | Ready, None, None]:
    assert process.stdin is not None  # noqa: S101 - opened by `beside`
    assert process.stdout is not None  # noqa: S101
    try:
        messages.write(process.stdin, order)
    except BrokenPipeError:  # it ended already, and says nothing
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
    while (message := messages.read(process.stdout)) is not None:
        if isinstance(message, Seen | Ready):
            yield message
        elif isinstance(message, End) and message.problems:
            raise ImportRefused(*message.problems)
        else:
            return
    raise refused("second-process", *_ENDED)
