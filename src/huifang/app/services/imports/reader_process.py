"""The child process that parses files: hostile content can exhaust or crash only this process.

Standard input: one line of JSON, the request, then the file. Standard output: lines of JSON; a date or time is ``{"t": "2025-03-01"}``.

- request ``{"kind", "survey", "sheet", "encoding", "delimiter", "first"}``
- survey: ``{"sheet": {"name", "rows", "columns", "head": [[line, cells]], "encoding", "delimiter", "bad"}}`` for each sheet
- else ``{"rows": [[line, cells], ...]}`` in packs, ``{"bad": [line, code, raw]}`` in place
- ``{"refused": code}`` or, at the end, ``{"end": true}``

The process limits itself to `limits.SECONDS` of processor time and `limits.MEMORY` of address space.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any, BinaryIO

from huifang.app.services.imports import delimited, encoding, limits

PACK = 500
HEAD = 40
"""Lines of each sheet that are shown in a survey."""
SHEETS = 20
Item = tuple[int, list[Any]] | delimited.Bad


class _Refused(Exception):
    """Carries the code of the refusal."""


def main() -> None:
    """Answer one request."""
    _limit()
    source, sink = sys.stdin.buffer, sys.stdout
    request = json.loads(source.readline())
    try:
        answer(request, source, sink.write)
    except _Refused as refusal:
        sink.write(json.dumps({"refused": str(refusal)}) + "\n")
    except MemoryError:
        sink.write('{"refused": "too-large"}\n')
    sink.flush()


def _limit() -> None:
    try:
        import resource
    except ImportError:  # a system without such limits: the parent's clock still holds
        return
    resource.setrlimit(resource.RLIMIT_CPU, (limits.SECONDS, limits.SECONDS + 1))  # the signal at the first says which limit it was
    resource.setrlimit(resource.RLIMIT_AS, (limits.MEMORY, limits.MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(request: dict[str, Any], source: BinaryIO, say: Any) -> None:
    """Write the answer to a request line by line through `say`."""
    book = _Text(source.read(), request) if request["kind"] == "text" else _Workbook(source.read())
    if request.get("survey"):
        for name in book.names[:SHEETS]:
            say(_json({"sheet": book.survey(name)}))
    else:
        _say_rows(book.rows(request.get("sheet") or ""), request.get("first") or limits.ROWS + 1000, say)
    say('{"end": true}\n')


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_moment) + "\n"


def _moment(value: Any) -> dict[str, str]:
    if isinstance(value, timedelta):
        return {"t": str(value)}
    return {"t": value.isoformat()}


def _say_rows(items: Iterable[Item], first: int, say: Any) -> None:
    pack: list[tuple[int, list[Any]]] = []
    count = 0
    for item in items:
        if isinstance(item, delimited.Bad):
            if pack:
                say(_json({"rows": pack}))
            pack = []
            say(_json({"bad": [item.line, item.code, item.raw]}))
        else:
            if len(item[1]) > limits.COLUMNS:
                raise _Refused("too-wide")
            if not any(cell not in ("", None) for cell in item[1]):
                continue
            pack.append(item)
            if len(pack) == PACK:
                say(_json({"rows": pack}))
                pack = []
        count += 1
        if count > limits.ROWS + 100:
            raise _Refused("too-long")
        if count >= first:
            break
    if pack:
        say(_json({"rows": pack}))


class _Text:
    """Delimited text: one sheet without a name."""

    names = ("",)

    def __init__(self, data: bytes, request: dict[str, Any]) -> None:
        self._data = data
        self._encoding = request.get("encoding") or encoding.detect(data)
        sample = [text for _, text, _ in zip_first(encoding.lines(data[:262_144], self._encoding), 200)]
        self._delimiter = request.get("delimiter") or delimited.delimiter_of(sample)
        self._width = delimited.width_of(sample, self._delimiter)

    def rows(self, _sheet: str) -> Iterator[Item]:
        yield from delimited.rows(encoding.lines(self._data, self._encoding), self._delimiter, self._width)

    def survey(self, sheet: str) -> dict[str, Any]:
        head, bad = _head(self.rows(sheet))
        columns = max((len(cells) for _, cells in head), default=0)
        if columns > limits.COLUMNS:
            raise _Refused("too-wide")
        return {
            "name": "", "rows": self._data.count(b"\n") + 1, "columns": columns, "head": head, "encoding": self._encoding,
            "delimiter": self._delimiter, "bad": bad,
        }  # fmt: skip


def _head(items: Iterator[Item]) -> tuple[list[tuple[int, list[Any]]], str]:
    """The first lines of a sheet, and the code of the first among them that cannot be read."""
    first = list(zip_first(items, HEAD))
    bad = next((item.code for item in first if isinstance(item, delimited.Bad)), "")
    return [item for item in first if not isinstance(item, delimited.Bad)], bad


def zip_first(items: Iterable[Any], count: int) -> Iterator[Any]:
    """The first `count` items."""
    for item, _ in zip(items, range(count), strict=False):
        yield item


class _Workbook:
    """XLSX, XLS, ODS. A value merged down over several rows stands in each of them."""

    def __init__(self, data: bytes) -> None:
        import python_calamine

        try:
            self._book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        except python_calamine.PasswordError as error:
            raise _Refused("password") from error
        except (python_calamine.CalamineError, python_calamine.XmlError, python_calamine.ZipError, OSError, ValueError) as error:
            raise _Refused("damaged") from error
        kept = [sheet.name for sheet in self._book.sheets_metadata if "Work" in str(sheet.typ) and str(sheet.visible).endswith(".Visible")]
        self.names = tuple(kept or self._book.sheet_names)
        self._errors = (python_calamine.CalamineError, python_calamine.XmlError, python_calamine.ZipError, OSError, ValueError)

    def _sheet(self, name: str) -> Any:
        try:
            sheet = self._book.get_sheet_by_name(name or self.names[0])
        except self._errors as error:
            raise _Refused("damaged") from error
        except IndexError as error:
            raise _Refused("empty") from error
        if sheet.width > limits.COLUMNS:
            raise _Refused("too-wide")
        return sheet

    def rows(self, name: str) -> Iterator[Item]:
        sheet = self._sheet(name)
        if sheet.start is None:
            return
        left = sheet.start[1]
        down = _merged_down(sheet.merged_cell_ranges or (), left)
        held: dict[int, tuple[int, Any]] = {}
        for number, cells in enumerate(sheet.iter_rows(), 1):
            if down or held:
                _fill_down(number - 1, cells, down, held)
            if any(isinstance(cell, str) and len(cell) > limits.CELL for cell in cells):
                yield delimited.Bad(number, "long-cell", str(cells[0])[:200])
            else:
                yield number, cells

    def survey(self, name: str) -> dict[str, Any]:
        sheet = self._sheet(name)
        head, bad = _head(self.rows(name))
        return {"name": name, "rows": sheet.height, "columns": sheet.width, "head": head, "encoding": "", "delimiter": "", "bad": bad}


def _merged_down(ranges: Iterable[Any], left: int) -> dict[tuple[int, int], int]:
    """(row, column) of the first cell of each range one column wide → its last row; rows and columns from 0."""
    return {(top, first - left): bottom for (top, first), (bottom, last) in ranges if first == last and bottom > top and first >= left}


def _fill_down(row: int, cells: list[Any], down: dict[tuple[int, int], int], held: dict[int, tuple[int, Any]]) -> None:
    for column in range(len(cells)):
        until = down.get((row, column))
        if until is not None:
            held[column] = (until, cells[column])
        elif column in held:
            last, value = held[column]
            if row > last:
                del held[column]
            elif cells[column] in ("", None):
                cells[column] = value


if __name__ == "__main__":
    main()
