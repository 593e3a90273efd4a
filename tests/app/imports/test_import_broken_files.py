"""More than 200 broken files: each is refused in words or read, quickly, and none takes anything else down."""

from __future__ import annotations

import io
import random
import struct
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from huifang.app.records.models import AuditEntry, Customer, ImportBatch
from huifang.app.services.imports import headers, prepare, preview
from huifang.domain.errors import ImportRefused
from tests.app.imports.import_files import csv, with_part, xlsx, zipped

GOOD = [["姓名", "手机", "备注"], *([f"客户{number}", f"1380000{number:04}", "约明天下午"] for number in range(40))]
BOOK = xlsx(GOOD)
TEXT = csv(GOOD)
SHEET = "xl/worksheets/sheet1.xml"
XML = b'<?xml version="1.0"?>'
WORKSHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'


TEXTS = {
    "only header": "",
    "open quote": '张三,13800000001,"没有\r\n李四,13800000002,好\r\n',
    "huge cell": f"张三,1,{'字' * 40_000}\r\n",
    "cut in a quote": '张三,1,"',
    "nothing but commas": ",,\r\n" * 9,
    "too wide": "张三,1,2,3,4,5\r\n",
    "blank lines": "\r\n\r\n张三,1,2\r\n\r\n",
}


def corpus() -> Iterator[tuple[str, bytes]]:
    yield from _cut()
    yield from _flipped()
    yield from _wrong_kind()
    yield from _bombs()
    yield from _texts()
    yield from _books()


def _cut() -> Iterator[tuple[str, bytes]]:
    for part in range(1, 40):
        yield f"book cut at {part}/40", BOOK[: len(BOOK) * part // 40]
        if part % 3 == 0:
            yield f"text cut at {part}/40", TEXT[: len(TEXT) * part // 40]


def _flipped() -> Iterator[tuple[str, bytes]]:
    chance = random.Random(7)
    for number in range(50):
        data = bytearray(BOOK if number % 3 else TEXT)
        for _ in range(1 + number):
            data[chance.randrange(len(data))] = chance.randrange(256)
        yield f"damaged {number}", bytes(data)
    for number in range(20):
        yield f"noise {number}", chance.randbytes(100 * number + 1)


def _wrong_kind() -> Iterator[tuple[str, bytes]]:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    yield from {
        "pdf": b"%PDF-1.7\n" + b"x" * 999,
        "png": b"\x89PNG\r\n\x1a\n" + b"\0" * 99,
        "jpeg": b"\xff\xd8\xff\xe0" + b"\1" * 99,
        "gif": b"GIF89a" + b"\1" * 9,
        "rar": b"Rar!\x1a\7\0" + b"\1" * 99,
        "gzip": b"\x1f\x8b\x08" + b"\1" * 99,
        "html as xls": b"<html><table><tr><td>1</td></tr></table></html>",
        "xml": XML + b"<Workbook/>",
        "zip": zipped({"a.txt": b"a"}),
        "docx": zipped({"word/document.xml": XML}),
        "empty zip": zipped({}),
        "elf": b"\x7fELF" + bytes(range(32)) * 9,
        "ole": ole + b"\0" * 512,
        "ole noise": ole + bytes(range(256)) * 20,
        "encrypted": ole + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le"),
        "zip head": b"PK\3\4",
        "end of zip": b"PK\5\6" + b"\0" * 18,
        "jar": zipped({"META-INF/MANIFEST.MF": b"x"}),
        "ods without content": zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}),
        "ods broken": zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<office"}),
    }.items()


def _bombs() -> Iterator[tuple[str, bytes]]:
    yield "zeros", zipped({"xl/workbook.xml": b"\0" * 40_000_000})
    yield "many parts", zipped({f"xl/{number}": b"" for number in range(1_500)})
    yield "spaces in the sheet", with_part(BOOK, SHEET, WORKSHEET % (b" " * 30_000_000))
    far = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    yield "two far corners", with_part(BOOK, SHEET, WORKSHEET % far)
    wide = "".join(f'<c r="{headers.letters(column)}1"><v>1</v></c>' for column in range(16_384)).encode()
    yield "16,384 columns", with_part(BOOK, SHEET, WORKSHEET % (b'<row r="1">%s</row>' % wide))
    laughs = (
        b'<!DOCTYPE x [<!ENTITY a "ha">'
        + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10 if n else b"&a;" * 10) for n in range(9))
        + b"]>"
    )
    yield (
        "billion laughs",
        with_part(BOOK, SHEET, XML + laughs + WORKSHEET % b'<row r="1"><c r="A1" t="inlineStr"><is><t>&a8;</t></is></c></row>'),
    )
    outside = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    yield "outside entity", with_part(BOOK, "xl/sharedStrings.xml", XML + outside + b"<sst><si><t>&e;</t></si></sst>")
    yield (
        "outside entity in ods",
        zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": XML + outside + b"<a>&e;</a>"}),
    )
    lying = bytearray(zipped({"xl/workbook.xml": b"\0" * 5_000_000}))
    for at in (lying.find(b"PK\x01\x02") + 24, 22):
        lying[at : at + 4] = struct.pack("<I", 10)
    yield "lies about its size", bytes(lying)
    yield "million columns", b"," * 1_000_000
    yield "million columns twice", (b"a," * 500_000 + b"\n") * 2
    yield "one endless line", b"a" * 5_000_000
    yield "one endless quoted cell", b'"' + b"a\n" * 500_000
    yield "only quotes", b'"' * 500_001
    yield "quotes and lines", b'"\n' * 100_000
    yield "only line ends", b"\n" * 1_000_000
    yield "only tabs", b"\t" * 100_000
    yield "deep repeat", with_part(BOOK, SHEET, WORKSHEET % (b"<row>" * 100_000))


def _texts() -> Iterator[tuple[str, bytes]]:
    head = "姓名,手机,备注\r\n"
    for encoding in ("utf-8", "utf-8-sig", "gbk", "gb18030", "big5", "utf-16", "utf-16-le", "utf-16-be"):
        for name, body in TEXTS.items():
            yield f"{encoding} {name}", (head + body).encode(encoding, "replace")
    yield "mixed encodings", head.encode() + "张三,13800000001,好\r\n".encode() * 20 + "李四,13800000002,好\r\n".encode("gbk")
    yield "NULs", head.encode() + b"a\0b,13800000001,\0\0\r\n"
    yield "old line ends", TEXT.replace(b"\r\n", b"\r")
    yield "mixed line ends", TEXT.replace(b"\r\n", b"\n", 10).replace(b"\n", b"\r", 5)
    yield "half a character", TEXT + "张".encode()[:2]
    yield "utf-16 with an odd byte", "姓名\t手机\n张三\t1\n".encode("utf-16") + b"\0"
    yield "utf-16 half a pair", "姓名\n".encode("utf-16") + b"\x00\xd8"
    yield "nothing", b""
    yield "only a mark", b"\xef\xbb\xbf"
    yield "only spaces", b" \r\n \r\n"
    yield "backslashes", head.encode() + b'a,"\\",b\r\n'
    yield "only numbers", b"1,2,3\r\n4,5,6\r\n"


def _books() -> Iterator[tuple[str, bytes]]:
    yield "empty book", xlsx([])
    yield "only header", xlsx([["姓名", "手机"]])
    yield "only a title", xlsx([["客户名单"]])
    yield "double headers", xlsx([["姓名", "姓名", "手机", "手机"], ["a", "b", "13800000001", "13800000002"]])
    yield "blank headers", xlsx([["姓名", None, None], ["a", "b", "c"]])
    yield "merged title", xlsx([[None], ["姓名", "手机"], ["a", "13800000001"]], [(0, 0, 0, 3, "客户名单")])
    yield "huge cell", xlsx([["姓名"], ["字" * 32_767]])
    yield "errors", xlsx([["姓名", "手机"], ["#N/A", "#REF!"]])
    yield "macros", with_part(BOOK, "xl/vbaProject.bin", b"\xd0\xcf\x11\xe0" * 99)
    yield "links outside", with_part(BOOK, "xl/externalLinks/externalLink1.xml", XML + b"<externalLink/>")
    for part in ("xl/workbook.xml", SHEET, "xl/sharedStrings.xml", "xl/styles.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
        for name, data in {"empty": b"", "no XML": b"\xff\xfe\0\1", "cut": XML + b"<a><b", "other": XML + b"<a/>"}.items():
            yield f"{part} {name}", with_part(BOOK, part, data)
    yield "dates out of range", with_part(BOOK, SHEET, WORKSHEET % b'<row r="1"><c r="A1" s="1"><v>1e300</v></c></row>')
    yield "odd references", with_part(BOOK, SHEET, WORKSHEET % b'<row r="0"><c r="AAAAAAA99999999999"><v>1</v></c></row>')
    yield "string out of range", with_part(BOOK, SHEET, WORKSHEET % b'<row r="1"><c r="A1" t="s"><v>999999</v></c></row>')


FILES = dict(corpus())


def test_the_corpus_is_large() -> None:
    assert len(FILES) >= 200


@pytest.mark.django_db
@pytest.mark.parametrize("chunk", range(8))
def test_a_broken_file_is_refused_in_words_or_looked_at_and_never_hangs(chunk: int, settings: Any, tmp_path: Path) -> None:
    """Through the upload of the form and the preview: a refused file leaves neither an import nor a file nor a line in the trail."""
    settings.MEDIA_ROOT = tmp_path
    refusals: list[ImportRefused] = []
    for name, data in list(FILES.items())[chunk::8]:
        began, before = time.monotonic(), left_behind(tmp_path)
        try:
            batch = prepare.upload(None, io.BytesIO(data), f"{name}.xlsx", datetime(2025, 7, 21, tzinfo=UTC), kind="customers")
        except ImportRefused as refusal:
            refusals.append(refusal)
            assert left_behind(tmp_path) == before, name
            continue
        assert (batch.state, (tmp_path / batch.stored_as).exists()) == ("uploaded", True), name
        try:
            seen = preview.preview(batch, looked_at=50_000)
        except ImportRefused as refusal:
            refusals.append(refusal)
        else:
            assert seen.accepted + sum(seen.problems.values()) == seen.looked_at, name
        assert time.monotonic() - began < 60, name
    assert refusals
    assert all(refusal.say("zh").strip() and refusal.say("en").strip() for refusal in refusals)
    assert not Customer.objects.exists()


def left_behind(folder: Path) -> tuple[int, set[Path], int]:
    return ImportBatch.objects.count(), {one for one in folder.rglob("*") if one.is_file()}, AuditEntry.objects.count()
