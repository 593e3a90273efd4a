"""Tables as files: a folder with customers.csv, events.parquet... in, decisions and follow-ups out.

A Parquet file is read as it is. A CSV file may come in any common encoding with dates as people write them; every cell that cannot be read
is told with file, line and column. Keys of CSV files are text in every table.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from huifang.domain.errors import ImportRefused, Place, Problem
from huifang.domain.words import Words
from huifang.engine.keeping import described
from huifang.engine.tables import INPUTS, Table
from huifang.stores.cells import READ
from huifang.stores.csv_text import lines

_serial = count()
MOST_PROBLEMS = 50
"""After so many unreadable cells of one file the rest is not told."""
_ARROW = {
    "key": pa.string(), "string": pa.string(), "boolean": pa.bool_(), "int64": pa.int64(), "float64": pa.float64(), "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}  # fmt: skip


def read_tables(connection: Any, source: Path | Mapping[str, Path]) -> dict[str, ir.Table]:
    """Input tables of a folder (``<table>.parquet`` before ``<table>.csv``) or of files by table name, in `connection`.

    Raises `ImportRefused` with every cell that cannot be read; what does not fit the contracts `engine.stages.inputs` tells.
    """
    paths = dict(source) if isinstance(source, Mapping) else dict(_found(source))
    return {name: _read(connection, name, path) for name, path in paths.items()}


def write_table(connection: Any, table: ir.Table, path: Path) -> Path:
    """A table as Parquet or CSV (UTF-8 with a mark, which Excel reads), by the suffix of `path`: there complete, or not at all."""
    rows: pa.Table = connection.con.sql(connection.compile(table)).to_arrow_table()
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if path.suffix == ".parquet":
            pyarrow.parquet.write_table(rows, part)
        else:
            with part.open("wb") as file:
                file.write(b"\xef\xbb\xbf")
                pyarrow.csv.write_csv(rows, file)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


def _found(folder: Path) -> Iterator[tuple[str, Path]]:
    for table in INPUTS:
        for suffix in (".parquet", ".csv"):
            path = folder / f"{table.name}{suffix}"
            if path.exists():
                yield table.name, path
                break


def _read(connection: Any, name: str, path: Path) -> ir.Table:
    if not path.exists():
        raise ImportRefused(
            Problem(
                "file.missing",
                Words("找不到文件。", "There is no such file."),
                Words("请检查文件名和文件夹。", "Check name and folder."),
                Place(str(path)),
            )
        )
    made = f"given_{name}_{next(_serial)}"
    if path.suffix == ".parquet":
        connection.con.read_parquet(str(path)).create_view(made)
    else:
        contract = next((table for table in INPUTS if table.name == name), Table(name, "", ()))
        connection.con.from_arrow(read_csv(path, contract)).create(made)
    return described(connection, made)


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
