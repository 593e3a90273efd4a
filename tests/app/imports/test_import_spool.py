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
            kept.put(line, key)
        return list(kept.lines())


def test_a_short_file_keeps_its_order_and_every_kind_of_cell(tmp_path: Path) -> None:
    cells = ["王芳", 13800002046, 1.5, True, None, date(2025, 3, 1), datetime(2025, 3, 1, 10, 30), time(9, 30)]
    rows: list[tuple[Line | BadLine, str]] = [(Line(2, cells), "a"), (BadLine(3, "open-quote", '甲,"'), ""), (Line(4, ["x"]), "b")]
    assert taken(tmp_path, rows) == [line for line, _ in rows]


def test_in_a_long_file_the_rows_on_one_customer_follow_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "IN_ORDER", 100)
    monkeypatch.setattr(spool, "_CELLS", 16)
    rows = [(Line(number, [f"客户{number % 300}", "x"]), f"客户{number % 300}") for number in range(1, 901)]
    found = taken(tmp_path, rows)
    assert sorted(line.number for line in found) == list(range(1, 901))
    assert found == taken(tmp_path, rows)
    places: dict[int, list[int]] = {}
    for place, line in enumerate(found):
        places.setdefault(line.number % 300, []).append(place)
    assert max(max(three) - min(three) for three in places.values()) < 100
    assert all([found[place].number for place in three] == sorted(found[place].number for place in three) for three in places.values())


def test_what_lies_on_the_disk_is_sealed(tmp_path: Path) -> None:
    with Spool(tmp_path) as kept:
        kept.put(Line(1, ["13800002046"]), "a")
        list(kept.lines())
        kept._file.seek(0)
        assert b"13800002046" not in kept._file.read()
        kept._file.seek(0)
        kept._file.write(b"\0")
        with pytest.raises(InvalidTag):
            list(kept.lines())
    assert list(tmp_path.iterdir()) == []
