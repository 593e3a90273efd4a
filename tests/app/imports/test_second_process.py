"""Rows prepared beside the process that writes them: the same rows, nothing lost whoever dies, and nobody left behind."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from huifang.app.crypto import keyring, unseal
from huifang.app.records.models import Agreement, ContactPoint, Customer, Event, ImportBatch, ImportChange, RejectedRow
from huifang.app.services.imports import apply, limits, messages, preparing_process, second_process, undo
from huifang.app.services.imports.messages import End, Order
from huifang.app.services.imports.prepare import confirm, upload
from huifang.app.services.imports.preparing import Ready, Seen, Task, prepared
from huifang.app.services.imports.rows import RowReader
from huifang.app.services.imports.run import run, task_of
from huifang.app.services.imports.second_process import beside, ready
from huifang.app.services.register import scope as scopes
from huifang.app.services.register.content import WRITTEN
from huifang.app.services.register.draft import Draft
from huifang.domain.errors import ImportRefused
from tests.app.cast import enter, planned
from tests.app.imports.import_files import csv, xlsx
from tests.app.imports.test_import_run import MORNING, NOW, counts

pytestmark = pytest.mark.django_db
HEADER = ["工单号", "结算日期", "客户姓名", "手机", "车牌号", "金额", "保险到期"]


def jobs(count: int) -> list[list[str]]:
    """Jobs of half as many customers, with everything that goes wrong in between."""
    rows = [
        [f"J{n}", f"2025-07-{n % 28 + 1:02}", f"客户{n % (count // 2)}", f"13{n % (count // 2):09}", f"粤A{n:05}", f"{n}.5", "2026-01-31"]
        for n in range(count)
    ]
    rows[7][1], rows[11][3], rows[12] = "约明天", "123", ["合计", "", "", "", "", "9,860.00", ""]
    return [*rows, ["J1", "2025-07-02", "另一位", "13900001111", "", "1", ""], [*rows[3], "", "多出的"]]


def made(data: bytes, name: str = "a.csv") -> ImportBatch:
    return confirm(None, upload(None, io.BytesIO(data), name, NOW), NOW)


def without_seals(items: Iterator[Seen | Ready], task: Task) -> list[Any]:
    """What was prepared, its rows read and what was sealed opened again, since no two seals are alike."""
    found: list[Any] = []
    for one in items:
        if isinstance(one, Seen):
            found.append(one)
            continue
        opened = one.opened(RowReader(task.reading))
        found.append((opened.rows, opened.known, one.lines(), one.draft and unsealed(one.draft)))
    return found


def unsealed(draft: Draft) -> Draft:
    """A draft with its sealed columns opened, and without the numbers that agreements are given at random."""
    written = {
        table: [
            [one and unseal(one, f"{table}.{name}") for one in column] if name in ("name", "notes", "value") else column
            for name, column in zip(WRITTEN[table], columns, strict=True)
            if (table, name) != ("agreement", "code")
        ]
        for table, columns in draft.written.items()
    }
    return replace(draft, written=written, hashes=draft.hashes | {"agreement": []})


def register() -> list[Any]:
    """All that an import writes, without the numbers of rows."""
    return [
        list(Customer.objects.order_by("code").values_list("code", "name", "name_index", "notes", "attributes", "kind")),
        list(
            ContactPoint.objects.order_by("customer__code", "value_index").values_list("customer__code", "value", "tail_index", "primary")
        ),
        list(Event.objects.order_by("code").values_list("code", "customer__code", "at", "day", "amount", "attributes")),
        list(Agreement.objects.order_by("customer__code").values_list("customer__code", "kind", "ends")),
        list(RejectedRow.objects.order_by("line").values_list("line", "column", "code", "reason", "cells")),
        list(ImportChange.objects.order_by("id").values_list("model", "count")),
    ]


@pytest.mark.parametrize(("data", "name"), [(csv([HEADER, *jobs(60)]), "a.csv"), (xlsx(MORNING), "a.xlsx")])
def test_a_second_process_prepares_exactly_the_same_rows(data: bytes, name: str) -> None:
    task = replace(task_of(made(data, name)), size=25, scope=scopes.of(None, None))
    assert without_seals(beside(task), task) == without_seals(prepared(task), task)
    rest = replace(task, done=30)
    assert without_seals(beside(rest), rest) == without_seals(prepared(rest), rest)


def test_staff_are_prepared_there_too() -> None:
    task = task_of(confirm(None, upload(None, io.BytesIO(csv([["工号", "姓名"], ["L1", "李师傅"]])), "a.csv", NOW, kind="staff"), NOW))
    assert without_seals(beside(task), task) == without_seals(prepared(task), task)


def test_an_import_is_the_same_with_and_without_a_second_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply, "ROWS", 200)
    data, found = csv([HEADER, *jobs(600)]), []
    for least in (0, 10**9):
        monkeypatch.setattr(second_process, "WORTH_IT", least)
        batch = run(made(data).pk, NOW)
        assert (batch.state, batch.rejected, batch.options["left_out"]) == ("done", 4, {"count": 1, "lines": [14]})
        assert counts(run(made(data).pk, NOW))[:2] == (0, 0)
        found.append(register())
        assert undo.undo(None, batch, NOW).kept == ()
        assert not Customer.objects.exists()
        ImportBatch.objects.all().delete()
    assert found[0] == found[1]


@pytest.fixture
def long_import(monkeypatch: pytest.MonkeyPatch) -> ImportBatch:
    monkeypatch.setattr(apply, "ROWS", 400)
    monkeypatch.setattr(second_process, "WORTH_IT", 0)
    monkeypatch.setattr(second_process, "_PIPE", 4_096)
    return made(csv([HEADER, *[row for row in jobs(4_000) if row[0].startswith("J")]]))


def preparing() -> list[psutil.Process]:
    """The processes beside this one that prepare rows."""
    return [one for one in psutil.Process().children() if any("preparing_process" in word for word in one.cmdline())]


def at(call: int, deed: Callable[[], bool]) -> Callable[[], bool]:
    """A `stop` that does something when it is asked for the `call`-th time."""
    asked = iter(range(10**6))
    return lambda: next(asked) == call and deed()


def test_a_second_process_that_is_killed_costs_no_row(long_import: ImportBatch) -> None:
    def kill() -> bool:
        (one,) = preparing()
        one.kill()
        one.wait(30)
        return False

    failed = run(long_import.pk, NOW, at(2, kill))
    assert (failed.state, failed.error["code"], failed.done_rows) == (ImportBatch.State.FAILED, "import.second-process", 1_200)
    assert "继续处理" in failed.error["zh"]
    assert "Go on" in failed.error["en"]
    done = run(long_import.pk, NOW)
    assert (done.state, done.done_rows, Event.objects.count()) == ("done", done.rows, done.created)
    assert sum(counts(done)) == done.rows


def test_a_stop_leaves_nobody_behind(long_import: ImportBatch) -> None:
    seen: list[int] = []

    def stop() -> bool:
        seen.append(len(preparing()))
        return True

    stopped = run(long_import.pk, NOW, at(1, stop))
    assert (stopped.state, stopped.done_rows, seen, preparing()) == (ImportBatch.State.STOPPED, 400, [1], [])
    assert run(long_import.pk, NOW).state == "done"


def test_a_stroke_of_control_c_leaves_nobody_behind(long_import: ImportBatch) -> None:
    def interrupt() -> bool:
        preparing()[0].send_signal(signal.SIGINT)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(long_import.pk, NOW, at(1, interrupt))
    assert preparing() == []
    done = run(long_import.pk, NOW)
    assert (done.state, Event.objects.count()) == ("done", done.created)


def test_what_a_file_is_refused_for_is_told_as_ever(long_import: ImportBatch) -> None:
    wide = made(csv([HEADER, *jobs(60)[:10], *[["x"] * 7] * 40, ["x"] * (limits.COLUMNS + 1)]))
    failed = run(wide.pk, NOW)
    assert (failed.state, failed.error["code"], preparing()) == (ImportBatch.State.FAILED, "import.too-wide", [])


def test_a_process_that_does_not_start_is_told(long_import: ImportBatch) -> None:
    with subprocess.Popen([sys.executable, "-c", ""], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as ended:
        ended.wait()
        with pytest.raises(ImportRefused) as told:
            list(second_process._told(ended, Order(task_of(long_import), keyring())))
    assert told.value.problems[0].code == "import.second-process"


def test_a_process_that_nobody_listens_to_any_more_ends(long_import: ImportBatch) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", second_process._PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        messages.write(process.stdin, Order(task_of(long_import), keyring()))
        assert isinstance(messages.read(process.stdout), Seen)
        process.stdin.close()
        assert process.wait(60) == 1


@pytest.mark.parametrize(("rows", "processors", "two"), [(4_999, 8, False), (5_000, 1, False), (5_000, None, False), (5_000, 2, True)])
def test_a_second_process_is_started_where_it_is_worth_it(
    rows: int, processors: int | None, two: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("beside", "prepared"):
        monkeypatch.setattr(second_process, name, lambda _task, name=name: iter([name]))
    monkeypatch.setattr(os, "cpu_count", lambda: processors)
    assert list(ready(SimpleNamespace(), rows)) == ["beside" if two else "prepared"]  # type: ignore[arg-type,comparison-overlap]


def said(order: Order | None, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], list[int]]:
    """What the second process answers, run in this one; and with which codes it would have ended itself."""
    source, sink, left, codes = folder / "in", folder / "out", threading.Event(), []
    with source.open("wb") as written:
        if order is not None:
            messages.write(written, order)

    def leave(code: int) -> None:
        codes.append(code)
        left.set()

    before = signal.getsignal(signal.SIGINT)
    with monkeypatch.context() as patched, source.open("rb") as given, sink.open("wb") as answer:
        patched.setattr(os, "_exit", leave)
        patched.setattr(sys, "stdin", SimpleNamespace(buffer=given))
        patched.setattr(sys, "stdout", SimpleNamespace(buffer=answer))
        try:
            preparing_process.main()
            assert left.wait(30)
        finally:
            signal.signal(signal.SIGINT, before)
    with sink.open("rb") as answer:
        return list(iter(lambda: messages.read(answer), None)), codes


def test_the_second_process_answers_one_order(long_import: ImportBatch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    task = task_of(long_import)
    found, codes = said(Order(task, keyring()), tmp_path, monkeypatch)
    assert (without_seals(iter(found[:-1]), task), found[-1], codes) == (without_seals(prepared(task), task), End(), [1])
    refused, _ = said(Order(replace(task, file_kind="xlsx"), keyring()), tmp_path, monkeypatch)
    assert [problem.code for problem in refused[-1].problems] == ["import.damaged"]
    assert said(None, tmp_path, monkeypatch)[0] == []


def test_the_second_process_takes_its_keys_from_the_order_and_leaves_when_nobody_listens(
    long_import: ImportBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Gone(io.BytesIO):
        def write(self, _data: Any) -> int:
            raise BrokenPipeError

    given: dict[str, Any] = {}
    codes: list[int] = []
    monkeypatch.setattr(preparing_process, "settings", SimpleNamespace(configured=False, configure=lambda **keys: given.update(keys)))
    monkeypatch.setattr(os, "_exit", codes.append)
    preparing_process.answer(Order(replace(task_of(long_import), size=10_000), keyring()), Gone())
    assert (given, codes) == ({"HUIFANG_KEYS": keyring()}, [1])


def test_half_a_message_is_none() -> None:
    whole = io.BytesIO()
    messages.write(whole, End())
    for length in (0, 5, len(whole.getvalue()) - 1):
        assert messages.read(io.BytesIO(whole.getvalue()[:length])) is None
    assert messages.read(io.BytesIO(whole.getvalue())) == End()


def test_a_task_says_where_the_rows_are_that_are_not_in_yet(long_import: ImportBatch) -> None:
    long_import.done_rows = 30
    task = task_of(long_import)
    assert isinstance(task, Task)
    assert (task.done, task.size, task.file.exists(), task.reading.kind) == (30, 400, True, "events")


@pytest.mark.parametrize(("planned_for", "kept"), [(False, 800), (True, 1_200)])
def test_before_the_first_plan_more_rows_are_kept_at_once(
    long_import: ImportBatch, planned_for: bool, kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apply, "FIRST_ROWS", 800)
    if planned_for:
        cast = enter()
        planned(cast, cast.customers[0])

    def fail() -> bool:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        run(long_import.pk, NOW, at(3, fail))
    assert ImportBatch.objects.get(pk=long_import.pk).done_rows == kept
    done = run(long_import.pk, NOW)
    assert (done.state, sum(counts(done)), Event.objects.filter(code__startswith="J").count()) == ("done", done.rows, done.created)
