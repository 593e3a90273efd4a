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

import duckdb
import ibis.expr.types as ir

from huifang.domain.errors import ImportRefused, Place, Problem
from huifang.domain.words import Words
from huifang.engine.keeping import described
from huifang.engine.tables import EVENT_CHANGES, INPUTS, Table

_serial = count()


def read_tables(connection: Any, source: Path | Mapping[str, Path]) -> dict[str, ir.Table]:
    """Input tables of a folder (``<table>.parquet`` before ``<table>.csv``) or of files by table name, in `connection`.

    Raises `ImportRefused` with every cell that cannot be read; what does not fit the contracts `engine.stages.inputs` tells.
    """
    paths = dict(source) if isinstance(source, Mapping) else dict(_found(source))
    return {name: _read(connection, name, path) for name, path in paths.items()}


def write_table(connection: Any, table: ir.Table, path: Path) -> Path:
    """A table as Parquet or CSV (UTF-8 with a mark, which Excel reads), by the suffix of `path`: there complete, or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    rows = connection.con.sql(connection.compile(table))
    try:
        if path.suffix == ".parquet":
            rows.write_parquet(str(part))
        else:
            from huifang.stores.csv_tables import write_csv

            write_csv(rows.to_arrow_table(), part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


def found(folder: Path, table: Table) -> Path | None:
    """The file of a table in a folder."""
    paths = (folder / f"{table.name}{suffix}" for suffix in (".parquet", ".csv"))
    return next((path for path in paths if path.exists()), None)


def _found(folder: Path) -> Iterator[tuple[str, Path]]:
    paths = ((table.name, found(folder, table)) for table in INPUTS)
    return ((name, path) for name, path in paths if path is not None)


def _read(connection: Any, name: str, path: Path) -> ir.Table:
    if not path.exists():
        there_is_none = Words("找不到文件。", "There is no such file.")
        raise _refused("file.missing", there_is_none, Words("请检查文件名和文件夹。", "Check name and folder."), path)
    made = f"given_{name}_{next(_serial)}"
    if path.suffix == ".parquet":
        _view(connection, made, path)
    else:
        from huifang.stores.csv_tables import read_csv

        contract = next((table for table in (*INPUTS, EVENT_CHANGES) if table.name == name), Table(name, "", ()))
        connection.con.from_arrow(read_csv(path, contract)).create(made)
    return described(connection, made)


def _view(connection: Any, name: str, path: Path) -> None:
    """A Parquet file under a name. Raises `ImportRefused` where it is none, or its end is missing."""
    try:
        connection.con.read_parquet(str(path)).create_view(name)
    except duckdb.Error as error:
        broken = Words("这不是完整的 Parquet 文件。", "This is no complete Parquet file.")
        raise _refused("file.unreadable", broken, Words("请重新导出或重新复制该文件。", "Export or copy it once more."), path) from error


def _refused(code: str, what: Words, remedy: Words, path: Path) -> ImportRefused:
    return ImportRefused(Problem(code, what, remedy, Place(str(path))))
