"""The history of classes and the learned numbers go on from file to file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest

from huifang.domain.class_history import Spell
from huifang.domain.words import Words
from huifang.stores import class_files
from huifang.stores.class_files import read_spells, write_learned, write_spells

FIRST, SECOND, THIRD = date(2026, 5, 4), date(2026, 5, 11), date(2026, 5, 18)


def spell(step: str, since: date, until: date | None = None) -> Spell:
    return Spell("shop", "tier", step, since, until, Words("原因", "reason"), "facts")


def numbers(*values: float, day: date, name: str = "p_active") -> pa.Table:
    rows = [{"customer_id": place, "name": name, "value": value, "as_of": day, "model": "bg-nbd"} for place, value in enumerate(values)]
    kinds = {"customer_id": pa.int64(), "name": pa.string(), "value": pa.float64(), "as_of": pa.date32(), "model": pa.string()}
    return pa.Table.from_pylist(rows, pa.schema(kinds.items()))


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    spells = {2: [spell("a", FIRST, SECOND), spell("b", SECOND)], 1: [spell("a", SECOND)]}
    write_spells(tmp_path, spells.items(), pa.int64())
    assert read_spells(tmp_path) == spells


def test_before_the_first_time_there_is_no_history(tmp_path: Path) -> None:
    assert read_spells(tmp_path) == {}
    write_spells(tmp_path, [(1, [])], pa.string())
    assert read_spells(tmp_path) == {}


def test_the_numbers_of_the_last_time_stay_beside_those_of_today(tmp_path: Path) -> None:
    for day, value in ((FIRST, 0.9), (SECOND, 0.5), (THIRD, 0.2)):
        path = write_learned(tmp_path / "made", numbers(value, 0.4, day=day), day)
    kept = pyarrow.parquet.read_table(path).to_pylist()
    assert sorted((row["as_of"], row["customer_id"], row["value"]) for row in kept) == [
        (SECOND, 0, 0.5), (SECOND, 1, 0.4), (THIRD, 0, 0.2), (THIRD, 1, 0.4),
    ]  # fmt: skip


def test_learning_again_on_a_day_replaces_what_that_day_had(tmp_path: Path) -> None:
    write_learned(tmp_path, numbers(0.9, day=FIRST), FIRST)
    write_learned(tmp_path, numbers(0.8, day=SECOND), SECOND)
    path = write_learned(tmp_path, numbers(0.7, day=SECOND), SECOND)
    assert [(row["as_of"], row["value"]) for row in pyarrow.parquet.read_table(path).to_pylist()] == [(FIRST, 0.9), (SECOND, 0.7)]


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_learned(tmp_path, numbers(0.9, day=FIRST), FIRST)
    before = path.read_bytes()

    def full(table: pa.Table, where: Path) -> None:
        where.write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(class_files.pyarrow.parquet, "write_table", full)
    with pytest.raises(OSError, match="disk full"):
        write_learned(tmp_path, numbers(0.1, day=SECOND), SECOND)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["learned.parquet"]
