"""The history of classes as a Parquet file beside the tables, and learned numbers that go on from one day to the next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

from huifang.domain.class_history import Spell
from huifang.domain.words import Words

CLASSES = "classes.parquet"
LEARNED = "learned.parquet"
_COLUMNS = ("customer_id", "playbook", "class", "step", "since", "until", "by", "reason_zh", "reason_en")
Key = int | str


def read_spells(folder: Path) -> dict[Key, list[Spell]]:
    """The spells of each customer; none where there is no such file yet."""
    path = folder / CLASSES
    rows = pyarrow.parquet.read_table(path).select(_COLUMNS).to_pylist() if path.exists() else []
    return {
        customer: [
            Spell(
                row["playbook"], row["class"], row["step"], row["since"], row["until"], Words(row["reason_zh"], row["reason_en"]), row["by"]
            )
            for row in own
        ]
        for customer, own in groupby(rows, key=lambda row: row["customer_id"])
    }


def write_spells(folder: Path, found: Iterable[tuple[Key, Iterable[Spell]]], key: pa.DataType) -> Path:
    """All spells, customer after customer: there complete, or not at all. `key`: the type of the customers' ids."""
    rows = [
        (customer, one.playbook, one.name, one.step, one.since, one.until, one.by, one.reason.zh, one.reason.en)
        for customer, spells in found
        for one in spells
    ]
    kinds = (key, *[pa.string()] * 3, pa.date32(), pa.date32(), *[pa.string()] * 3)
    columns = list(zip(*rows, strict=True)) or [()] * len(kinds)
    arrays = {name: pa.array(column, kind) for name, column, kind in zip(_COLUMNS, columns, kinds, strict=True)}
    return _written(folder / CLASSES, pa.table(arrays))


def write_learned(folder: Path, learned: pa.Table, day: date) -> Path:
    """The numbers of the day, with the latest earlier one of each name: a condition that begins to hold needs to know what was before."""
    path = folder / LEARNED
    if path.exists():
        before = pyarrow.parquet.read_table(path, filters=[("as_of", "<", day)]).select(learned.column_names).cast(learned.schema)
        last = before.group_by("name").aggregate([("as_of", "max")]).rename_columns(["name", "as_of"])
        learned = pa.concat_tables([before.join(last, ["name", "as_of"], join_type="left semi"), learned])
    return _written(path, learned)


def _written(path: Path, table: pa.Table) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        pyarrow.parquet.write_table(table, part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path
