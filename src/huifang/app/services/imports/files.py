"""Uploaded files: judged by their content, kept sealed under their content's hash, opened again in pieces."""

from __future__ import annotations

import hashlib
import os
import secrets
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from huifang.app.crypto import seal_bytes, unseal_bytes
from huifang.app.services.imports import limits
from huifang.app.services.imports.limits import refused
from huifang.domain.words import Words

FileKind = Literal["xlsx", "xls", "ods", "text"]
_PIECE = 1024 * 1024
_CUT_OFF = 24 * 3600
"""Seconds after which nobody writes a half file any more."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_TEXT_CONTROL = frozenset(range(32)) - {9, 10, 12, 13, 26, 27}
_WEB_PAGE = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<head", b"<meta")


@dataclass(frozen=True, slots=True)
class Kept:
    """A file in the store: content hash, size in bytes, what it is, name in the store."""

    sha256: str
    size: int
    kind: FileKind
    stored_as: str


def keep(source: BinaryIO, folder: Path) -> Kept:
    """Judge an uploaded file and keep it sealed under `folder`. Raises `ImportRefused` where it cannot be taken."""
    size = source.seek(0, os.SEEK_END)
    if size > limits.BYTES:
        raise refused(
            "too-large",
            Words(f"文件有 {size / 2**20:.0f} MB，超过 100 MB。", f"The file has {size / 2**20:.0f} MB; the most is 100 MB."),
            limits.SPLIT,
        )
    kind = kind_of(source, size)
    _sweep(folder)
    digest = _hash(source)
    stored_as = f"{digest[:2]}/{digest}"
    _write(source, folder / stored_as)
    return Kept(digest, size, kind, stored_as)


def kind_of(source: BinaryIO, size: int) -> FileKind:
    """What a file really is, whatever its name says. Raises `ImportRefused` for what is no table."""
    source.seek(0)
    head = source.read(65536)
    if not head.strip(b"\0\r\n\t ,;\xef\xbb\xbf\xff\xfe"):
        raise refused(
            "empty", Words("文件是空的。", "The file is empty."), Words("请检查导出是否成功。", "Check whether the export worked.")
        )
    if head.startswith(b"PK"):
        return _zip_kind(source, size)
    if head.startswith(_OLE):
        source.seek(0)
        if _ENCRYPTED in source.read():
            raise refused(
                "password",
                Words("文件有打开密码。", "The file is protected with a password."),
                Words("请先去掉密码再导入。", "Remove the password first."),
            )
        return "xls"
    start = head.lstrip(b"\xef\xbb\xbf\r\n\t ").lower()
    if start.startswith(_WEB_PAGE):
        raise refused("web-page", Words("这是网页或 XML，不是表格文件。", "This is a web page or XML, not a table."), limits.SAVE_AGAIN)
    if not _is_text(head):
        raise refused("no-table", Words("这不是表格文件。", "This is not a table."), limits.SAVE_AGAIN)
    return "text"


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or looks_utf16(head):
        return True
    strange = sum(byte in _TEXT_CONTROL for byte in head)
    return strange * 50 <= len(head) and not head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8", b"GIF8", b"Rar!", b"7z\xbc", b"\x1f\x8b"))


def looks_utf16(head: bytes) -> bool:
    """Whether bytes without a mark look like UTF-16: zeros on one side of the pairs only, line ends in place."""
    even, odd = head[0:4096:2].count(0), head[1:4096:2].count(0)
    ends = b"\n\0" in head or b"\0\n" in head
    return ends and (even == 0 or odd == 0) and max(even, odd) * 10 > len(head[:4096]) // 2


def _zip_kind(source: BinaryIO, size: int) -> FileKind:
    _check_directory(source, size)
    try:
        with zipfile.ZipFile(source) as archive:
            parts = archive.infolist()
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        ValueError,
        OSError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        OverflowError,
    ) as error:
        raise refused("damaged", Words("文件已损坏或不完整。", "The file is damaged or incomplete."), limits.SAVE_AGAIN) from error
    if len(parts) > limits.PARTS or sum(part.file_size for part in parts) > max(size, 1) * limits.INFLATE:
        raise refused("bomb", Words("文件解压后过大。", "The file unpacks to too much."), limits.SPLIT)
    if any(part.flag_bits & 1 for part in parts):
        raise refused(
            "password", Words("文件有打开密码。", "The file is protected with a password."), Words("请先去掉密码。", "Remove the password.")
        )
    names = {part.filename for part in parts}
    if any(name.startswith("xl/workbook.") for name in names):
        return "xlsx"
    if "content.xml" in names:
        return "ods"
    raise refused(
        "no-table", Words("这是压缩包或其他文档，不是表格文件。", "This is an archive or another document, not a table."), limits.SAVE_AGAIN
    )


def _check_directory(source: BinaryIO, size: int) -> None:
    """Refuse a zip whose directory is huge before anything reads it."""
    source.seek(max(0, size - 65557))
    tail = source.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        raise refused("damaged", Words("文件已损坏或不完整。", "The file is damaged or incomplete."), limits.SAVE_AGAIN)
    count, length = int.from_bytes(tail[at + 10 : at + 12], "little"), int.from_bytes(tail[at + 12 : at + 16], "little")
    if count > limits.PARTS or length > limits.PARTS * 1024:
        raise refused("bomb", Words(f"文件内部有 {count} 个部分，太多了。", f"The file has {count} parts inside, too many."), limits.SPLIT)


def _hash(source: BinaryIO) -> str:
    source.seek(0)
    digest = hashlib.sha256()
    while piece := source.read(_PIECE):
        digest.update(piece)
    return digest.hexdigest()


def _write(source: BinaryIO, path: Path) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    source.seek(0)
    number = 0
    try:
        with new.open("xb") as file:
            while piece := source.read(_PIECE):
                sealed = seal_bytes(piece, f"import.file:{number}")
                file.write(len(sealed).to_bytes(4, "big") + sealed)
                number += 1
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise refused(
            "not-kept",
            Words("服务器没能保存这个文件，磁盘可能已满。", "The server could not keep the file; its disk may be full."),
            Words("请联系管理员检查磁盘空间后再上传。", "Ask the administrator to look at the disk, then upload again."),
        ) from error


def _sweep(folder: Path) -> None:
    """Take away the halves that uploads left when the server was stopped under them."""
    for half in folder.glob("*/*.*"):
        if time.time() - half.stat().st_mtime > _CUT_OFF:
            half.unlink(missing_ok=True)


def forget(folder: Path, stored_as: str) -> None:
    """Take a kept file away; nothing where it is gone already."""
    (folder / stored_as).unlink(missing_ok=True)


def pieces(path: Path) -> Iterator[bytes]:
    """The plain content of a kept file, a piece at a time. Raises `ImportRefused` where the file is gone."""
    try:
        with path.open("rb") as file:
            number = 0
            while length := file.read(4):
                yield unseal_bytes(file.read(int.from_bytes(length, "big")), f"import.file:{number}")
                number += 1
    except FileNotFoundError as error:
        raise refused(
            "gone", Words("上传的文件已不在。", "The uploaded file is gone."), Words("请重新上传。", "Upload it again.")
        ) from error
