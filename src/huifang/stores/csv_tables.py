"""A CSV file in the types of its contract; only who reads or writes one waits for Arrow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv

from huifang.domain.errors import ImportRefused, Place, Problem
from huifang.domain.words import Words
from huifang.engine.tables import Table
from huifang.stores.cells import READ
from huifang.stores.csv_text import lines

MOST_PROBLEMS = 50
"""After so many unreadable cells of one file the rest is not told."""
_ARROW = {
    "key": pa.string(), "string": pa.string(), "boolean": pa.bool_(), "int64": pa.int64(), "float64": pa.float64(), "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}  # fmt: skip


def write_csv(rows: pa.Table, path: Path) -> None:
    """UTF-8 with a mark, which Excel reads."""
    with path.open("wb") as file:
        file.write(b"\xef\xbb\xbf")
        pyarrow.csv.write_csv(rows, file)


def read_csv(path: Path, contract: Table) -> pa.Table:
    """A CSV file in the types of its contract; a column beyond it gets the narrowest of number, date, text that fits all its cells."""
    found = list(lines(path))
    header = list(found[0].cells) if found else list(contract.names)
    types = {column.name: column.type for column in contract.columns}
    problems: list[Problem] = []
    columns: dict[str, pa.Array] = {}
    for name in header:
        cells = [(line.number, line.cells[name]) for line in found]
        kind = types.get(name) or _narrowest([cell for _, cell in cells if cell is not None])
        columns[name] = pa.array([_value(cell, kind, name, number, path, problems) for number, cell in cells], _ARROW[kind])
    if problems:
        raise ImportRefused(*problems[:MOST_PROBLEMS])
    return pa.table(columns)


def _narrowest(cells: list[str]) -> Any:
    for kind in ("float64", "date"):
        try:
            for cell in cells:
                READ[kind](cell)
        except ValueError:
            continue
        return kind if cells else "string"
    return "string"


def _value(cell: str | None, kind: Any, name: str, line: int, path: Path, problems: list[Problem]) -> Any:
    if cell is None:
        return None
    try:
        return READ[kind](cell)
    except ValueError:
        wanted = _WORDS[kind]
        problems.append(
            Problem(
                "file.cell",
                Words(f"“{cell}”不是{wanted.zh}。", f"“{cell}” is not {wanted.en}."),
                Words("请改正这一格。", "Correct this cell."),
                Place(path.name, line, key=name),
            )
        )
        return None


_WORDS = {
    "boolean": Words("是或否", "yes or no"),
    "int64": Words("整数", "a whole number"),
    "float64": Words("数字", "a number"),
    "date": Words("日期，例如 2026-05-01", "a date such as 2026-05-01"),
    "timestamp": Words("时间，例如 2026-05-01T01:30:00Z", "a moment such as 2026-05-01T01:30:00Z"),
}
