"""Each limit of an import, at both doors: the form in the browser and the command. What is refused is told, and leaves nothing behind.

The corpus of `test_import_broken_files` shows that nothing hangs; here stands what the reader is told, and on which side of a limit.
"""

from __future__ import annotations

import io
import os
import stat
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from huifang.app.records.models import Customer, ImportBatch, Role, Staff
from huifang.app.services.imports import files, limits, prepare, preview, reader_process
from huifang.app.services.imports.run import run
from huifang.cli import main
from tests.app.imports.import_files import csv, with_part, xlsx, zipped
from tests.app.imports.test_import_broken_files import SHEET, WORKSHEET, XML

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 7, 21, 1, tzinfo=UTC)
HEAD = ["姓名", "手机", "备注"]
GOOD = [HEAD, ["张三", "13800000001", "约明天下午"], ["李四", "13800000002", "好"], ["王五", "13800000003", ""]]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "kept"
    return tmp_path / "kept"


@pytest.fixture
def browser() -> Client:
    """Signed in as an administrator who reads English."""
    person = Staff.objects.create(code="an", name="安", role=Role.ADMINISTRATOR, all_branches=True, language="en")
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def left_behind(store: Path) -> tuple[int, list[str], int]:
    """Imports, kept files and customers."""
    return ImportBatch.objects.count(), [one.name for one in store.rglob("*") if one.is_file()], Customer.objects.count()


def wide(columns: int) -> list[list[str]]:
    return [["姓名", "手机", *(f"列{n}" for n in range(columns - 2))], ["张三", "13800000001", *["1"] * (columns - 2)]]


def sheet_of(inside: bytes) -> bytes:
    return with_part(xlsx(GOOD), SHEET, WORKSHEET % inside)


def with_parts(count: int) -> bytes:
    """A good workbook of this many parts."""
    with zipfile.ZipFile(io.BytesIO(xlsx(GOOD))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return zipped({**parts, **{f"xl/media/{n}": b"" for n in range(count - len(parts))}})


def unpacking_to(times: int) -> bytes:
    """A good workbook that unpacks to just under so many times its size."""
    size = 0
    while True:
        book = with_part(xlsx(GOOD), "xl/media/0", b" " * size)
        with zipfile.ZipFile(io.BytesIO(book)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
        if len(book) * times - unpacked < len(book):
            assert (times - 1) * len(book) < unpacked < times * len(book)
            return book
        size += len(book) * times - unpacked - len(book) // 2


@dataclass(frozen=True)
class Refused:
    """A file that cannot be taken: its name, how it is made, what the form says (English) and the command (Chinese)."""

    name: str
    data: Callable[[], bytes]
    english: str
    chinese: str


REFUSED = {
    "501 columns of text": Refused("宽.csv", lambda: csv(wide(501)), "More than 500 columns.", "超过 500 列"),
    "501 columns of a workbook": Refused("宽.xlsx", lambda: xlsx(wide(501)), "More than 500 columns.", "超过 500 列"),
    "a million columns": Refused("宽.csv", lambda: b"a," * 1_000_000 + b"\n", "More than 500 columns.", "超过 500 列"),
    "unpacks to 101 times its size": Refused("大.xlsx", lambda: unpacking_to(101), "The file unpacks to too much.", "文件解压后过大"),
    "1,001 parts": Refused("多.xlsx", lambda: with_parts(1_001), "1001 parts inside", "1001 个部分"),
    "two far corners": Refused(
        "角.xlsx",
        lambda: sheet_of(b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        "too much memory", "需要的内存太多",
    ),
    "an encrypted workbook": Refused(
        "密.xlsx", lambda: OLE + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le"), "protected with a password", "有打开密码"
    ),
    "rows within rows": Refused("深.xlsx", lambda: sheet_of(rows_within_rows(20_000)), "damaged", "已损坏"),
    "a picture named .xlsx": Refused("图.xlsx", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "not a table", "不是表格文件"),
    "a web page named .xls": Refused("页.xls", lambda: b"<html><table><tr><td>1</td></tr></table></html>", "web page", "网页"),
    "a letter named .xlsx": Refused("信.xlsx", lambda: zipped({"word/document.xml": XML}), "not a table", "不是表格文件"),
    "an archive within an archive": Refused("包.zip", lambda: zipped({"a.xlsx": xlsx(GOOD)}), "not a table", "不是表格文件"),
    "a file of NULs": Refused("零.csv", lambda: b"\0" * 100_000, "The file is empty.", "文件是空的"),
    "nothing": Refused("空.csv", lambda: b"", "The file is empty.", "文件是空的"),
    "one endless line": Refused("长.csv", lambda: b"a" * 5_000_000, "more than 32,000 characters", "超过 32,000 字"),
    "one endless quoted line": Refused("引号.csv", lambda: b'"' + b"a" * 5_000_000, "not closed", "引号没有配对"),
    "a sheet with an endless name": Refused("名.xlsx", lambda: xlsx_named("名" * 130), "has 130 characters", "名称有 130 个字"),
}  # fmt: skip


def rows_within_rows(depth: int) -> bytes:
    """Numbered so that they do not unpack to too much."""
    return b"".join(b'<row r="%d">' % (n * n * 7919) for n in range(depth))


def xlsx_named(name: str) -> bytes:
    book = xlsx(GOOD)
    return with_part(book, "xl/workbook.xml", _part(book, "xl/workbook.xml").replace(b'name="Sheet1"', f'name="{name}"'.encode()))


def _part(book: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return archive.read(name)


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_beyond_a_limit_is_refused_in_words_at_both_doors_and_nothing_of_it_stays(
    case: str, browser: Client, store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = REFUSED[case]
    data = refused.data()
    answer = browser.post("/imports/", {"file": SimpleUploadedFile(refused.name, data), "kind": "customers"})
    assert answer.status_code == 422
    assert refused.english in answer.content.decode()
    (tmp_path / refused.name).write_bytes(data)
    assert main(["import", str(tmp_path / refused.name), "--kind", "customers", "--language", "zh"]) == 2
    assert refused.chinese in capsys.readouterr().err
    assert left_behind(store) == (0, [], 0)


def formula(depth: int) -> bytes:
    """A workbook in which a name is a formula of so many brackets within each other."""
    cell = b'<c r="A2" t="str"><f>%s1%s</f><v>\xe5\xbc\xa0\xe4\xb8\x89</v></c>' % (b"(" * depth, b")" * depth)
    text = b'<c r="%s" t="inlineStr"><is><t>%s</t></is></c>'
    head = text % (b"A1", "姓名".encode()) + text % (b"B1", "手机".encode())
    return sheet_of(b'<row r="1">%s</row><row r="2">%s%s</row>' % (head, cell, text % (b"B2", b"13800000001")))


def quoted(text: str) -> bytes:
    """A quote that is never closed."""
    return f'姓名,手机,备注\n张三,13800000001,"{text}李四,13800000002,好\n'.encode()


def with_note(length: int, make: Callable[[Any], bytes] = csv) -> bytes:
    return make([HEAD, ["张三", "13800000001", "字" * length], ["李四", "13800000002", "好"]])


@dataclass(frozen=True)
class Taken:
    """A file that is odd and taken: its name, how it is made, who is in the register afterwards, and what is said of the other rows."""

    name: str
    data: Callable[[], bytes]
    customers: set[str]
    said: tuple[str, ...] = ()


TAKEN = {
    "500 columns": Taken("宽.csv", lambda: csv(wide(500)), {"张三"}),
    "500 columns of a workbook": Taken("宽.xlsx", lambda: xlsx(wide(500)), {"张三"}),
    "1,000 parts": Taken("多.xlsx", lambda: with_parts(1_000), {"张三", "李四", "王五"}),
    "unpacks to 100 times its size": Taken("大.xlsx", lambda: unpacking_to(100), {"张三", "李四", "王五"}),
    "a cell of 32,000 characters": Taken("长.csv", lambda: with_note(32_000), {"张三", "李四"}),
    "a workbook's cell of 32,000": Taken("长.xlsx", lambda: with_note(32_000, xlsx), {"张三", "李四"}),
    "a cell of 32,001 characters": Taken("长.csv", lambda: with_note(32_001), {"李四"}, ("2 : 有单元格超过 32,000 字",)),
    "a workbook's cell of 32,001": Taken("长.xlsx", lambda: with_note(32_001, xlsx), {"李四"}, ("2 : 有单元格超过 32,000 字",)),
    "an unclosed quote": Taken(
        "引号.csv", lambda: quoted("没有\n"), {"李四"}, ("2 : 这一行的引号没有配对",)
    ),
    "a quoted cell without end": Taken(
        "引号.csv", lambda: quoted("a\n" * 200), {"李四", "a"}, ("2 : 这一行的引号没有配对",),
    ),
    "mixed encodings": Taken(
        "混.csv", lambda: csv([*GOOD, *GOOD[1:] * 6]) + "赵六,13800000004,好\r\n".encode("gbk"), {"张三", "李四", "王五"},
        ("23 : 这一行的文字编码与文件其他部分不同",),
    ),
    "NULs in cells": Taken("零.csv", lambda: csv([HEAD, ["张\0三", "13800000001", "\0好\0"], *GOOD[2:] * 9]), {"张三", "李四", "王五"}),
    "NULs in a header": Taken("零.csv", lambda: csv([["姓名", "手机", "备\0注"], *GOOD[1:] * 9]), {"张三", "李四", "王五"}),
    "macros": Taken("宏.xlsm", lambda: with_part(xlsx(GOOD), "xl/vbaProject.bin", OLE * 99), {"张三", "李四", "王五"}),
    "a deep formula": Taken("式.xlsx", lambda: formula(8_000), {"张三"}),
    "a text that looks like a formula": Taken(
        "式.csv", lambda: csv([HEAD, ["=HYPERLINK(A1)", "13800000001", "=1+1"]]), {"=HYPERLINK(A1)"}
    ),
    "a workbook named .csv": Taken("表.csv", lambda: xlsx(GOOD), {"张三", "李四", "王五"}),
    "text named .xlsx": Taken("表.xlsx", lambda: csv(GOOD), {"张三", "李四", "王五"}),
    "UTF-8 that GB 18030 decodes too": Taken("码.csv", lambda: csv(GOOD, "utf-8"), {"张三", "李四", "王五"}),
    "GB 18030": Taken("码.csv", lambda: csv(GOOD, "gb18030"), {"张三", "李四", "王五"}),
    "no rows": Taken("头.csv", lambda: csv([HEAD]), set()),
}  # fmt: skip


@pytest.mark.parametrize("case", TAKEN)
def test_what_is_odd_within_the_limits_is_taken_at_both_doors_and_each_row_that_is_not_is_told(
    case: str, browser: Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    taken = TAKEN[case]
    data = taken.data()
    answer = browser.post("/imports/", {"file": SimpleUploadedFile(taken.name, data), "kind": "customers"})
    batch = ImportBatch.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/imports/{batch.pk}/")
    assert browser.get(f"/imports/{batch.pk}/").status_code == 200
    seen = preview.preview(batch)
    assert not Customer.objects.exists()
    (tmp_path / taken.name).write_bytes(data)
    code = main(["import", str(tmp_path / taken.name), "--kind", "customers", "--language", "zh"])
    out = capsys.readouterr().out
    assert f"rejected {len(taken.said)}\n" in out
    assert f"rows {seen.looked_at} =" in out
    assert sum(seen.problems.values()) == len(taken.said)
    assert all(words in out for words in taken.said)
    assert code == (1 if taken.said else 0)
    assert {one.name for one in Customer.objects.all()} == taken.customers


def test_more_than_100_mb_is_refused_at_both_doors(
    browser: Client, store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "大.csv").open("wb") as file:
        file.truncate(100 * 2**20 + 1)
    assert main(["import", str(tmp_path / "大.csv"), "--language", "zh"]) == 2
    assert "超过 100 MB" in capsys.readouterr().err
    data = csv(GOOD)
    monkeypatch.setattr(limits, "BYTES", len(data) - 1)
    answer = browser.post("/imports/", {"file": SimpleUploadedFile("大.csv", data)})
    assert (answer.status_code, left_behind(store)) == (422, (0, [], 0))
    assert "the most is 100 MB" in answer.content.decode()
    monkeypatch.setattr(limits, "BYTES", len(data))
    assert browser.post("/imports/", {"file": SimpleUploadedFile("大.csv", data)}).status_code == 302


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Starts the process that reads files with these lines of Python first."""

    def begins_with(lines: str) -> None:
        program = f"from huifang.app.services.imports import limits, reader_process\n{lines}\nreader_process.main()\n"
        (tmp_path / "reader.py").write_text(program)
        (tmp_path / "python").write_text(f"#!/bin/sh\nexec {sys.executable} {tmp_path / 'reader.py'}\n")
        (tmp_path / "python").chmod(stat.S_IRWXU)
        monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))

    return begins_with


@pytest.mark.parametrize("most", [2_000, pytest.param(limits.ROWS, marks=pytest.mark.full)])
def test_more_than_a_million_rows_are_told_before_the_first_is_written(
    most: int, reader: Callable[[str], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reader(f"limits.ROWS = {most}")
    (tmp_path / "多.csv").write_bytes("姓名\n".encode() + b"a\n" * (most + 100))
    assert main(["import", str(tmp_path / "多.csv"), "--kind", "customers", "--language", "zh"]) == 2
    assert "超过 1,000,000 行" in capsys.readouterr().out
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.done_rows, Customer.objects.count()) == ("failed", 0, 0)


@pytest.mark.parametrize("rows", [1_000, 1_099, 1_100])
def test_a_million_rows_below_some_titles_are_within_the_limit(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROWS", 1_000)
    said: list[str] = []
    reader_process.answer({"kind": "text", "first": 5_000}, io.BytesIO(b"a\n" * rows), said.append)
    assert said[-1] == '{"end": true}\n'
    with pytest.raises(reader_process._Refused, match="too-long"):
        reader_process.answer({"kind": "text", "first": 5_000}, io.BytesIO(b"a\n" * 1_101), said.append)


@pytest.mark.parametrize(
    ("greedy", "words"),
    [("[0 for _ in iter(int, 1) if _]", "could not be read in 60 seconds"), ("bytes(600 * 2**20)", "takes too much memory")],
)
def test_a_file_that_takes_too_long_or_too_much_memory_costs_its_own_process_alone(
    greedy: str, words: str, reader: Callable[[str], None], browser: Client, store: Path
) -> None:
    """The real process under its real limits, but for one second instead of sixty; a greedy parser stands in for a hostile file."""
    reader(f"limits.SECONDS = 1\nreader_process.answer = lambda *_: {greedy}")
    answer = browser.post("/imports/", {"file": SimpleUploadedFile("客户.csv", csv(GOOD)), "kind": "customers"})
    assert (answer.status_code, left_behind(store)) == (422, (0, [], 0))
    assert words in answer.content.decode()


def test_a_full_disk_is_told_and_leaves_no_half_file(browser: Client, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_data: bytes, _purpose: str) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "seal_bytes", full)
    answer = browser.post("/imports/", {"file": SimpleUploadedFile("客户.csv", csv(GOOD)), "kind": "customers"})
    assert (answer.status_code, left_behind(store)) == (422, (0, [], 0))
    assert "disk may be full" in answer.content.decode()


def test_what_the_command_could_not_use_or_only_looked_at_leaves_nothing_but_another_upload_of_it_stays(
    store: Path, tmp_path: Path
) -> None:
    path = tmp_path / "客户.csv"
    path.write_bytes(csv(GOOD))
    for wrong in (["--map", "没有=phone"], ["--encoding", "no-such"], ["--kind", "agreements"], ["--dry-run"]):
        main(["import", str(path), "--kind", "customers", *wrong])
        assert left_behind(store) == (0, [], 0), wrong
    kept = prepare.upload(None, io.BytesIO(csv(GOOD)), "客户.csv", NOW, kind="customers")
    main(["import", str(path), "--kind", "customers", "--dry-run"])
    assert ImportBatch.objects.get() == kept
    assert run(prepare.confirm(None, kept, NOW).pk, NOW).created == 3


def test_the_half_of_an_upload_that_was_cut_off_is_taken_away_a_day_later(store: Path) -> None:
    (store / "ab").mkdir(parents=True)
    for name, age in (("abcd.1f2e3d4c", 90_000), ("abce.1f2e3d4c", 60), ("abcf", 90_000)):
        (store / "ab" / name).write_bytes(b"")
        os.utime(store / "ab" / name, (time.time() - age,) * 2)
    kept = prepare.upload(None, io.BytesIO(csv(GOOD)), "客户.csv", NOW, kind="customers")
    assert {one.name for one in store.rglob("*") if one.is_file()} == {"abce.1f2e3d4c", "abcf", kept.sha256}
