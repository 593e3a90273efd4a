"""What the database could not do is told in words, whatever is wrong with a file; a fault of a query is not hidden."""

from __future__ import annotations

import random
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from huifang import cli
from huifang.stores.faults import problem_of
from tests.commands.test_cli import PLAYBOOK

DAY = ["--day", "2026-11-20", "--since", "2026-11-19"]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("damaged")
    (folder / "shop.yaml").write_text(PLAYBOOK, "utf-8")
    rows = {
        "customers": "SELECT range AS customer_id FROM range(3000)",
        "events": """SELECT range AS event_id, hash(range) % 3000 AS customer_id, 'job.settled' AS kind,
            DATE '2026-11-19' - CAST(range % 90 AS INTEGER) AS day, range * 1.5 AS amount FROM range(40000)""",
        "contact_points": "SELECT range AS customer_id, 'phone' AS channel, true AS usable FROM range(3000)",
    }
    with duckdb.connect() as connection:
        for name, query in rows.items():
            connection.execute(f"COPY ({query}) TO '{folder}/{name}.parquet'")
    return folder


def plan(folder: Path, out: Path) -> int:
    options = ["--tables", str(folder), "--playbook", str(folder / "shop.yaml"), *DAY, "--confirm", "3000"]
    return cli.main(["plan", *options, "--out", str(out), "--language", "en"])


@pytest.mark.parametrize("seed", range(12))
def test_a_file_damaged_anywhere_ends_in_words_and_leaves_nothing_behind(
    seed: int, tables: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for each in tables.iterdir():
        (tmp_path / each.name).write_bytes(each.read_bytes())
    chance, events = random.Random(seed), tmp_path / "events.parquet"
    damaged = bytearray(events.read_bytes())
    start = chance.randrange(4, len(damaged) // 2)
    damaged[start : start + 300] = chance.randbytes(300)
    events.write_bytes(damaged)
    status, told = plan(tmp_path, tmp_path / "out"), capsys.readouterr().err
    assert status == 2
    assert "Export" in told
    assert not list(tmp_path.glob("out/*"))


def test_whole_files_are_planned(tables: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert plan(tables, tmp_path / "out") == 0
    assert len(list(tmp_path.glob("out/*.parquet"))) == 2
    assert "planned" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (duckdb.OutOfMemoryException("failed to allocate 2 GB"), "memory.short"),
        (duckdb.IOException("No space left on device"), "file.failed"),
        (duckdb.InvalidInputException("Snappy decompression failure\n\nmore"), "file.damaged"),
        (duckdb.Error(""), "file.damaged"),
        (duckdb.BinderException("no such column"), None),
        (duckdb.InternalException("assertion"), None),
    ],
)
def test_each_fault_has_its_words_in_both_languages(error: duckdb.Error, code: str | None) -> None:
    problem = problem_of(error)
    assert (problem and problem.code) == code
    if problem is not None:
        assert problem.say("zh") != problem.say("en")
        assert "\n" not in problem.say("en")


def test_memory_that_is_too_short_is_said() -> None:
    small = {"memory_limit": "20MB", "max_temp_directory_size": "0KB"}
    with duckdb.connect(config=small) as connection, pytest.raises(duckdb.OutOfMemoryException) as short:
        connection.execute("CREATE TABLE many AS SELECT hash(range), range FROM range(20000000) ORDER BY 1")
    problem = problem_of(short.value)
    assert problem is not None
    assert problem.code == "memory.short"


def test_a_fault_of_a_query_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*_: object) -> int:
        raise duckdb.BinderException("no such column")

    monkeypatch.setattr(cli, "import_module", lambda name: SimpleNamespace(run=wrong, problem_of=problem_of))
    with pytest.raises(duckdb.BinderException):
        cli.main(["plan"])
