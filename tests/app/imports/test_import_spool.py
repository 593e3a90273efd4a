"""The rows of a file between its two passes: all of them, in an order that follows from the file alone, and nothing to read on the disk."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag

from huifang.app.services.imports import spool
from huifang.app.services.imports.reading import BadLine, Line
from huifang.app.services.imports.spool import Spool


def taken(folder: Path, rows: Iterable[tuple[Line | BadLine, str]]) -> list[Line | BadLine]:
    with Spool(folder) as kept:
        for line, key in rows:
            kept.put([line], [key])
        return [line for some in kept.batches(10**6) for line in some]


def test_a_short_file_keeps_its_order_and_every_kind_of_cell(tmp_path: Path) -> None:
    cells = ["王芳", 13800002046, 1.5, True, None, date(2025, 3, 1), datetime(2025, 3, 1, 10, 30), time(9, 30)]
    rows: list[tuple[Line | BadLine, str]] = [(Line(2, cells), "a"), (BadLine(3, "open-quote", '甲,"'), ""), (Line(4, ["x"]), "b")]
    assert taken(tmp_path, rows) == [line for line, _ in rows]


def test_lines_that_cannot_be_read_stand_beside_dates(tmp_path: Path) -> None:
    lines: list[Line | BadLine] = [Line(2, [date(2025, 3, 1), "x"]), BadLine(3, "long-cell", "甲"), Line(4, ["y"])]
    assert spool.unpacked(spool.packed(lines)) == lines
    assert taken(tmp_path, [(line, "a") for line in lines]) == lines


def test_in_a_long_file_the_rows_on_one_customer_follow_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "IN_ORDER", 100)
    monkeypatch.setattr(spool, "_CELLS", 4)
    monkeypatch.setattr(spool, "CUSTOMERS", 20)
    rows = [(Line(number, [f"客户{number % 300}", "x"]), f"客户{number % 300}") for number in range(1, 901)]
    found = taken(tmp_path, rows)
    assert sorted(line.number for line in found) == list(range(1, 901))
    assert found == taken(tmp_path, rows)
    places: dict[int, list[int]] = {}
    for place, line in enumerate(found):
        places.setdefault(line.number % 300, []).append(place)
    assert max(max(three) - min(three) for three in places.values()) < 100
    assert all([found[place].number for place in three] == sorted(found[place].number for place in three) for three in places.values())


def test_a_batch_ends_where_a_customer_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "IN_ORDER", 100)
    monkeypatch.setattr(spool, "_CELLS", 16)
    monkeypatch.setattr(spool, "CUSTOMERS", 10)
    with Spool(tmp_path) as kept:
        for number in range(900):
            kept.put([Line(number, ["x"] * 4)], [f"客户{number % 300}"])
        batches = list(kept.batches(50))
        assert all(0 < len(some) <= 50 for some in batches)
        assert sorted(line.number for some in batches for line in some) == list(range(900))
        where = [{line.number % 300: place for line in some} for place, some in enumerate(batches)]
        assert sum(len(found) for found in where) == 300
        flat = [line for some in batches for line in some]
        for done in (len(batches[0]), 7, 900):
            assert [line for some in kept.batches(50, done) for line in some] == flat[done:]


def test_more_rows_on_one_customer_than_a_batch_holds_are_taken_in_several(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "IN_ORDER", 10)
    with Spool(tmp_path) as kept:
        for number in range(90):
            kept.put([Line(number, ["x"])], ["客户"])
        assert [len(some) for some in kept.batches(40)] == [40, 40, 10]
    with Spool(tmp_path) as kept:
        assert list(kept.batches(40)) == []


def test_what_lies_on_the_disk_is_sealed(tmp_path: Path) -> None:
    with Spool(tmp_path) as kept:
        kept.put([Line(1, ["13800002046"])], ["a"])
        list(kept.batches(10))
        kept._file.seek(0)
        assert b"13800002046" not in kept._file.read()
        kept._file.seek(0)
        kept._file.write(b"\0")
        with pytest.raises(InvalidTag):
            list(kept.batches(10))
    assert list(tmp_path.iterdir()) == []
