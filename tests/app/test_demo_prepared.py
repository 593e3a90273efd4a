"""``huifang demo --prepare``: the same day gives the same business, a second time leaves every byte, and nothing of others is touched."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import stat
import sys
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from huifang.app.commands import demo

FRIDAY = datetime(2026, 11, 20, 1, 5, tzinfo=UTC)
SMALL = """
import runpy, sys
from huifang.demo import command
from huifang.demo.repair_shop import repair_shop
command.BUSINESSES["repair-shop"] = lambda day, seed: repair_shop(day, seed, customers=60)
sys.argv = sys.argv[2:]
runpy.run_module("huifang.app.commands.demo", run_name="__main__", alter_sys=True)
"""


@pytest.fixture(autouse=True)
def _a_small_shop_on_a_friday(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command itself, with a shop of 60 customers, at one moment."""
    (tmp_path / "small.py").write_text(SMALL)
    (tmp_path / "python").write_text(f'#!/bin/sh\nexec {sys.executable} {tmp_path / "small.py"} "$@"\n')
    (tmp_path / "python").chmod(stat.S_IRWXU)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    at(FRIDAY, monkeypatch)


def at(moment: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "opening", lambda now, _business: moment)


def prepare(folder: Path) -> int:
    return demo.run(["--data", str(folder), "--business", "repair-shop", "--prepare"], "zh")


def content(folder: Path) -> dict[str, str]:
    """Each file with its digest; what SQLite writes down beside its file at the end of a connection is in the file."""
    files = [one for one in folder.rglob("*") if one.is_file() and not one.name.endswith(("-wal", "-shm"))]
    return {str(one.relative_to(folder)): hashlib.sha256(one.read_bytes()).hexdigest() for one in files}


def rows(folder: Path) -> dict[str, Counter[str]]:
    """What people see of the business, without what is sealed, drawn at random or tells the moment of making."""
    with closing(sqlite3.connect(database(folder))) as opened:
        return {table: Counter(map(repr, opened.execute(f"SELECT {columns} FROM records_{table}"))) for table, columns in SEEN.items()}


SEEN = {
    "customer": "code, kind, status", "event": "code, kind, day, amount", "agreement": "kind, starts, ends, status",
    "followup": "programme, channel, day, state, position", "occurrence": "programme, cause_day, due, decision, rule",
    "attempt": "programme, channel, purpose, state, at, outcome",
    "record": "programme, day, saved_at, attitude, mean_score", "answer": "question, value, score",
    "case": "kind, state, opened_at",
    "staff": "code, role, capacity",
}  # fmt: skip


def database(folder: Path) -> Path:
    return folder / "repair-shop" / "huifang.sqlite3"


def test_prepared_a_second_time_every_byte_is_as_it_was_with_the_work_done_in_between(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert prepare(tmp_path / "demo") == 0
    assert "60 customers" in capfd.readouterr().out
    assert all(rows(tmp_path / "demo").values())
    with closing(sqlite3.connect(database(tmp_path / "demo"))) as opened, opened:
        assert opened.execute("UPDATE records_followup SET state = 'done' WHERE state = 'open'").rowcount
    before = content(tmp_path / "demo")
    for moment in (FRIDAY, FRIDAY + timedelta(hours=7)):
        at(moment, monkeypatch)
        assert prepare(tmp_path / "demo") == 0
        assert content(tmp_path / "demo") == before
        assert capfd.readouterr().out == ""


def test_what_is_not_a_demo_is_left_as_it_is_by_the_command_too(tmp_path: Path) -> None:
    database(tmp_path).parent.mkdir()
    database(tmp_path).write_text("a business")
    before = content(tmp_path / "repair-shop")
    assert prepare(tmp_path) == 1
    assert content(tmp_path / "repair-shop") == before


@pytest.mark.full
def test_two_folders_get_the_same_business_and_what_was_not_finished_or_is_of_another_day_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("one", "two"):
        assert prepare(tmp_path / folder) == 0
    note = tmp_path / "two" / "repair-shop" / "demo.json"
    made = json.loads(note.read_text("utf-8"))
    first = rows(tmp_path / "one")
    assert rows(tmp_path / "two") == first
    note.write_text("{}", "utf-8")
    assert prepare(tmp_path / "two") == 0
    assert (json.loads(note.read_text("utf-8")), rows(tmp_path / "two")) == (made, first)
    at(FRIDAY + timedelta(days=3), monkeypatch)
    assert prepare(tmp_path / "two") == 0
    assert json.loads(note.read_text("utf-8"))["day"] == "2026-11-23"
    assert rows(tmp_path / "two") != first
