"""Files that answer a question: which are taken, known by how they begin, and the names under which they are kept."""

from __future__ import annotations

import unicodedata

MOST_BYTES = 10 * 1024 * 1024
"""Of one file: a photograph of a telephone, or some thirty scanned pages."""
HEAD = 16
"""Bytes that are enough to tell."""
LONGEST_NAME = 80
ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/heic": "heic", "application/pdf": "pdf"}
"""The types that are taken, each with the ending its names get."""
_HEIC = frozenset({b"heic", b"heix", b"mif1", b"msf1"})
_FORBIDDEN = frozenset('<>:"|?*')
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{name}{number}" for name in ("com", "lpt") for number in range(10))})


def file_type(head: bytes) -> str:
    """The media type of a picture or PDF by its first bytes; empty where it is none that is taken.

    >>> file_type(b"%PDF-1.7 and so on"), file_type(b"<svg onload=alert(1)>")
    ('application/pdf', '')
    """
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC:
        return "image/heic"
    kinds = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"%PDF-": "application/pdf"}
    return next((found for begin, found in kinds.items() if head.startswith(begin)), "")


def file_name(said: str, media_type: str) -> str:
    """A name to show and to save under: no folder, no mark that is not seen or turns the reading direction, the ending of what it is.

    >>> file_name("../../etc/行驶证\u202egpj.exe", "image/jpeg")
    '行驶证gpj.jpg'
    """
    last = unicodedata.normalize("NFC", said).replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(" " if each.isspace() else each for each in last if each.isspace() or unicodedata.category(each)[0] != "C")
    stem = "".join("_" if each in _FORBIDDEN else each for each in seen)
    stem = stem.rsplit(".", 1)[0] if "." in stem else stem
    stem = " ".join(stem.split()).strip(". ")[:LONGEST_NAME].rstrip(". ")
    if not stem or stem.split(".")[0].lower() in _DEVICES:
        stem = f"file {stem}".rstrip()
    return f"{stem}.{ENDINGS[media_type]}"
