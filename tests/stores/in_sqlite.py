"""The business in a SQLite file as the application keeps it (days and moments as text, truth values as numbers, attributes as JSON), read
in batches and handed over by Arrow as the application does it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa

from huifang.app.snapshot import arrow
from huifang.engine.tables import INPUTS

CONTRACTS = {table.name: table for table in INPUTS}
FAMILIES = {"owner_id": "staff_id", "substitute_id": "staff_id"}
DECLARED = {"customers": {"next_service": "date", "note": "text"}, "events": {"plate": "text", "inspect": "date"}}


def numbered(tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """The tables with whole numbers for ids, but for branches, as the application has them."""
    ids: dict[str, dict[str, int]] = {}
    for _, column, values in _keys(tables):
        known = ids.setdefault(FAMILIES.get(column, column), {})
        for value in values:
            known.setdefault(value, 7 * len(known) + 3)
    made = dict(tables)
    for name, column, _ in _keys(tables):
        of = ids[FAMILIES.get(column, column)]
        rows = pa.array([of.get(value) for value in made[name].column(column).to_pylist()], pa.int64())
        made[name] = made[name].set_column(made[name].schema.get_field_index(column), column, rows)
    return made


def _keys(tables: Mapping[str, pa.Table]) -> Iterator[tuple[str, str, list[str]]]:
    for name, rows in tables.items():
        for column in CONTRACTS[name].columns:
            if column.type == "key" and column.name != "branch_id" and pa.types.is_string(rows.schema.field(column.name).type):
                yield name, column.name, sorted({value for value in rows.column(column.name).to_pylist() if value is not None})


def written(file: Path, tables: Mapping[str, pa.Table]) -> None:
    """Into a new SQLite file."""
    with closing(sqlite3.connect(file)) as database, database:
        for name, rows in tables.items():
            columns = [column.name for column in CONTRACTS[name].columns]
            database.execute(f"CREATE TABLE {name} ({_quoted(*columns, 'attributes')})")
            database.executemany(
                f"INSERT INTO {name} VALUES ({', '.join('?' * (len(columns) + 1))})",
                ([_kept(row[column]) for column in columns] + [_attributes(name, row)] for row in rows.to_pylist()),
            )


def _quoted(*names: str) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _kept(value: Any) -> Any:
    return value if value is None or isinstance(value, int | float | str) else str(value)


def _attributes(name: str, row: Mapping[str, Any]) -> str:
    return json.dumps({key: _kept(row[key]) for key in DECLARED.get(name, {}) if row[key] is not None})


def read(file: Path) -> dict[str, pa.Table]:
    """Every table that is there, by Arrow."""
    with closing(sqlite3.connect(file)) as database:
        found = {}
        for name in [row[0] for row in database.execute("SELECT name FROM sqlite_master")]:
            contract = CONTRACTS[name]
            declared = DECLARED.get(name)
            columns = [column.name for column in contract.columns] + (["attributes"] if declared else [])
            rows = database.execute(f"SELECT {_quoted(*columns)} FROM {name}")
            found[name] = arrow(contract, rows, declared)
        return found
