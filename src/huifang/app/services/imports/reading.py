"""Files read through a child process that cannot take more than its time and memory: a survey of the sheets, or their rows."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import subprocess
import sys
import threading
import time as clock
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any, BinaryIO

from huifang.app.services.imports import limits
from huifang.app.services.imports.files import FileKind
from huifang.app.services.imports.limits import refused
from huifang.domain.errors import ImportRefused
from huifang.domain.words import Words

Cell = str | int | float | bool | date | datetime | time | None
"""A cell as a file gives it."""
_PIECE = 1 << 16


@dataclass(slots=True)
class Line:
    """One row: line in the file from 1, its cells."""

    number: int
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class BadLine:
    """One row that cannot be read: line, code (``open-quote``, ``encoding``, ``long-cell``), what stands there."""

    number: int
    code: str
    raw: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: name, rows and columns it says it has, first lines; for text the encoding and delimiter found.

    `bad`: the code of the first line that cannot be read, if there is one among them.
    """

    name: str
    rows: int
    columns: int
    head: tuple[Line, ...]
    encoding: str
    delimiter: str
    bad: str


_REFUSALS: dict[str, tuple[Words, Words]] = {
    "damaged": (Words("文件已损坏，读不出来。", "The file is damaged and cannot be read."), limits.SAVE_AGAIN),
    "password": (
        Words("文件有打开密码。", "The file is protected with a password."),
        Words("请先去掉密码再导入。", "Remove the password first."),
    ),
    "empty": (Words("文件里没有数据。", "The file holds no data."), Words("请检查导出是否成功。", "Check whether the export worked.")),
    "too-wide": (
        Words("超过 500 列。", "More than 500 columns."),
        Words("请只保留需要的列，并确认分隔符正确。", "Keep the columns you need and check the delimiter."),
    ),
    "too-long": (Words("超过 1,000,000 行。", "More than 1,000,000 rows."), limits.SPLIT),
    "too-large": (Words("读取这个文件需要的内存太多。", "Reading this file takes too much memory."), limits.SPLIT),
    "too-slow": (Words("60 秒内读不完这个文件。", "The file could not be read in 60 seconds."), limits.SPLIT),
}


def survey(pieces: Iterable[bytes], kind: FileKind, encoding: str = "", delimiter: str = "") -> tuple[Sheet, ...]:
    """The sheets of a file. Raises `ImportRefused`."""
    request = {"kind": kind, "survey": True, "encoding": encoding, "delimiter": delimiter}
    found = []
    for message in _messages(request, pieces):
        sheet = message["sheet"]
        head = tuple(Line(number, cells) for number, cells in sheet.pop("head"))
        found.append(Sheet(**sheet, head=head))
    return tuple(found)


def rows(
    pieces: Iterable[bytes], kind: FileKind, sheet: str = "", encoding: str = "", delimiter: str = "", first: int | None = None
) -> Iterator[Line | BadLine]:
    """The rows of a sheet that hold anything, in order, at most `first`. Raises `ImportRefused`."""
    request = {"kind": kind, "sheet": sheet, "encoding": encoding, "delimiter": delimiter, "first": first}
    for message in _messages(request, pieces):
        if "rows" in message:
            for number, cells in message["rows"]:
                yield Line(number, cells)
        else:
            yield BadLine(*message["bad"])


def _messages(request: dict[str, Any], pieces: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    environment = {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUTF8": "1", "PATH": os.environ.get("PATH", "")}
    with subprocess.Popen(
        [sys.executable, "-m", "huifang.app.services.imports.reader_process"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment,
    ) as process:  # fmt: skip
        assert process.stdin is not None  # noqa: S101 - opened one line above
        assert process.stdout is not None  # noqa: S101
        gone: list[ImportRefused] = []
        feeder = threading.Thread(target=_feed, args=(process.stdin, request, iter(pieces), gone), daemon=True)
        feeder.start()
        try:
            for message in _decoded(process.stdout, process):
                if gone:  # what was read of half a file is no answer
                    break
                yield message
        except ImportRefused:
            if not gone:
                raise
        finally:
            process.kill()
            process.stdout.close()
            feeder.join()
        if gone:
            raise gone[0]


def _feed(sink: BinaryIO, request: dict[str, Any], pieces: Iterator[bytes], gone: list[ImportRefused]) -> None:
    with contextlib.suppress(OSError):  # the child ended early: told by the reading side
        try:
            sink.write(json.dumps(request).encode() + b"\n")
            sink.writelines(pieces)
        except ImportRefused as error:
            gone.append(error)
        finally:
            sink.close()


def _decoded(source: Any, process: subprocess.Popen[bytes]) -> Iterator[dict[str, Any]]:
    for line in _lines(source):
        message = json.loads(line, object_hook=moment_told)
        if "refused" in message:
            raise _refusal(message["refused"])
        if "end" in message:
            return
        yield message
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(5)
    raise _refusal("too-slow" if process.returncode == -24 else "damaged" if process.returncode == 1 else "too-large")  # -24: SIGXCPU


def _lines(source: Any) -> Iterator[bytes]:
    """Lines of the child's answer; only the time spent waiting for it counts, not the time the rows are worked on."""
    left = float(limits.SECONDS)
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(source, selectors.EVENT_READ)
        parts: list[bytes] = []
        while True:
            began = clock.monotonic()
            if not selector.select(left):
                raise _refusal("too-slow")
            left = max(0.0, left - (clock.monotonic() - began))
            piece = os.read(source.fileno(), _PIECE)
            if not piece:
                return
            parts.append(piece)
            if b"\n" in piece:
                *whole, rest = b"".join(parts).split(b"\n")
                parts = [rest]
                yield from whole


def _refusal(code: str) -> ImportRefused:
    return refused(code, *_REFUSALS.get(code, _REFUSALS["damaged"]))


def moment_told(found: dict[str, Any]) -> Any:
    """Dates and times back from their text; other objects as they are."""
    return moment(found["t"]) if len(found) == 1 and "t" in found else found


@lru_cache(4096)
def moment(text: str) -> date | datetime | time | str:
    """A date or time back from its ISO text; a span of time stays text."""
    for kind in (date, datetime, time):
        with contextlib.suppress(ValueError):
            return kind.fromisoformat(text)
    return text
