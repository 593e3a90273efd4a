"""An import that cannot go on says so; what a row says of the whole file is right, and what was brought in can be taken back."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from huifang.app.records.models import Branch, Customer, Event, ImportBatch
from huifang.app.services.imports import apply, files, limits, reading, undo
from huifang.app.services.imports.run import run
from huifang.app.services.register import scope
from huifang.app.services.register.rows import CustomerRow, Row
from huifang.app.services.register.take import take
from huifang.domain.errors import Conflict, ImportRefused
from tests.app.imports.import_files import csv
from tests.app.imports.test_import_run import NOW, bring, counts

pytestmark = pytest.mark.django_db
HEADER = ["工单号", "结算日期", "客户姓名", "手机", "车型", "金额"]


def test_a_file_that_turns_out_unreadable_ends_with_its_reason() -> None:
    wide = [[f"J{number}", "2025-07-01", f"客户{number}", f"1380000{number:04}", "x", "1"] for number in range(60)]
    wide.append(["x"] * (limits.COLUMNS + 1))
    batch = bring(csv([HEADER, *wide]), "a.csv")
    assert (batch.state, batch.error["code"], Event.objects.count()) == (ImportBatch.State.FAILED, "import.too-wide", 0)


@pytest.mark.parametrize("kind", ["text", "xlsx"])
def test_a_kept_file_that_has_gone_is_not_read_as_an_empty_one(tmp_path: Path, kind: reading.FileKind) -> None:
    with pytest.raises(ImportRefused, match="gone"):
        list(reading.rows(files.pieces(tmp_path / "gone"), kind))


def test_what_was_read_of_half_a_file_is_no_answer() -> None:
    def half() -> Iterator[bytes]:
        yield b"a,b\n1,2\n"
        yield from files.pieces(Path("gone"))

    with pytest.raises(ImportRefused, match="gone"):
        list(reading.rows(half(), "text"))


def test_an_import_that_is_not_confirmed_does_not_run() -> None:
    batch = ImportBatch.objects.create(file_name="a.csv", stored_as="x", sha256="x")
    with pytest.raises(Conflict):
        run(batch.pk, NOW)


def test_two_runs_of_one_import_do_not_both_write() -> None:
    batch = bring(csv([HEADER, ["J1", "2025-07-01", "王芳", "13800002046", "x", "1"]]), "a.csv")
    ImportBatch.objects.filter(pk=batch.pk).update(state=ImportBatch.State.RUNNING, done_rows=7)
    with pytest.raises(Conflict):
        apply._hold(batch)


@pytest.mark.parametrize(("seconds", "program", "code"), [(0, sys.executable, "import.too-slow"), (60, "/bin/false", "import.damaged")])
def test_a_reader_that_says_nothing_is_told(seconds: int, program: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SECONDS", seconds)
    monkeypatch.setattr(sys, "executable", program)
    with pytest.raises(ImportRefused) as told:
        list(reading.rows([b"a,b\n"], "text"))
    assert told.value.problems[0].code == code


def test_long_cells_and_times_come_through() -> None:
    assert [len(line.cells[0]) for line in reading.rows([f"{'x' * 30_000}\n".encode() * 9], "text") if isinstance(line, reading.Line)] == [
        30_000
    ] * 9
    assert (reading.moment("09:30:00"), reading.moment(str(timedelta(days=1, hours=2)))) == (time(9, 30), "1 day, 2:00:00")
    assert reading.moment_told({"a": 1}) == {"a": 1}


def test_the_row_of_the_latest_event_speaks_for_the_customer() -> None:
    rows = [["J1", "2025-07-09", "王芳", "13800002046", "新车", "1"], ["J2", "2025-07-01", "王芳", "13800002046", "旧车", "2"]]
    assert counts(bring(csv([HEADER, *rows]), "a.csv")) == (2, 0, 0, 0)
    assert Customer.objects.get().attributes == {"vehicle": "新车"}


def test_lines_of_an_order_without_amounts_are_taken_back() -> None:
    rows = [["J1", "2025-07-09", "王芳", "13800002046", "新车", ""], ["J1", "2025-07-09", "王芳", "13800002046", "新车", ""]]
    batch = bring(csv([HEADER, *rows]), "a.csv", options={"lines": "sum"})
    assert Event.objects.count() == 1
    undo.undo(None, batch, datetime(2025, 7, 22, tzinfo=UTC))
    assert (Event.objects.count(), Customer.objects.count()) == (0, 0)


def test_rows_without_a_file_are_taken_and_nothing_is_kept_to_undo() -> None:
    Branch.objects.create(code="east", name="东店")
    everywhere = scope.of(None, None)
    assert take([Row(1, CustomerRow("A", "王芳", branch="东店"))], everywhere, NOW) == ["created"]
    assert take([], everywhere, NOW) == []
    assert take([Row(1, CustomerRow("A", "王芳"))], everywhere, NOW) == ["unchanged"]
