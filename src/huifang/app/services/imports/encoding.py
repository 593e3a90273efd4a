"""Which encoding a text file is in: strict UTF-8, then UTF-16 by its mark, then GB 18030, then Big5.

GB 18030 decodes almost anything without an error, so where both Chinese encodings fit, the one that gives more everyday characters is
taken, and people see a preview before anything is written.
"""

from __future__ import annotations

from collections.abc import Iterator

UTF8, GB18030, BIG5 = "utf-8-sig", "gb18030", "big5"
CHOICES = (UTF8, GB18030, BIG5, "utf-16", "utf-16-le", "utf-16-be")
"""What a person may choose."""
_SAMPLE = 262_144


def detect(data: bytes) -> str:
    """Name of the encoding of a whole file; never fails: lines that do not decode are told one by one when they are read."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if data[:4096].count(0) * 5 > len(data[:4096]):
        return "utf-16-le" if data[1:4096:2].count(0) >= data[0:4096:2].count(0) else "utf-16-be"
    lines = [line for line in data[:_SAMPLE].split(b"\n")[:5000] if not line.isascii()]
    if _decodes(data, "utf-8") or not lines:
        return UTF8
    whole = lines[:-1] or lines
    good = sum(_decodes(line, "utf-8") for line in whole)
    if good * 10 >= len(whole) * 9:
        return UTF8
    return max((GB18030, BIG5), key=lambda name: _everyday(whole, name))


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _everyday(lines: list[bytes], encoding: str) -> float:
    """Share of characters beyond ASCII that are among the everyday ones of the encoding's own first level."""
    everyday = total = 0
    for line in lines[:2000]:
        try:
            text = line.decode(encoding)
        except UnicodeDecodeError:
            total += len(line) // 2
            continue
        for character in text:
            if ord(character) > 127:
                total += 1
                everyday += _first_level(character)
    return everyday / total if total else 0.0


def _first_level(character: str) -> bool:
    if character in "，。、；：？！“”（）￥·／－":
        return True
    for encoding, low, high in (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6)):
        try:
            code = character.encode(encoding)
        except UnicodeEncodeError:
            continue
        if len(code) == 2 and low <= code[0] <= high:
            return True
    return False


def lines(data: bytes, encoding: str) -> Iterator[tuple[int, str, bool]]:
    """Each physical line without its end: number from 1, text, whether it decoded cleanly."""
    if encoding.startswith("utf-16"):
        yield from _wide_lines(data, encoding)
        return
    if encoding == UTF8 and data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    codec = "utf-8" if encoding == UTF8 else encoding
    separator = b"\n" if b"\n" in data[:_SAMPLE] or b"\r" not in data[:_SAMPLE] else b"\r"
    start, number, end = 0, 0, len(data)
    while start < end:
        stop = data.find(separator, start)
        stop = end if stop < 0 else stop
        raw = data[start:stop].rstrip(b"\r")
        start, number = stop + 1, number + 1
        try:
            yield number, raw.decode(codec), True
        except UnicodeDecodeError:
            yield number, raw.decode(codec, "replace"), False


def _wide_lines(data: bytes, encoding: str) -> Iterator[tuple[int, str, bool]]:
    text = data.decode(encoding, "replace").removeprefix("\ufeff")
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n"), 1):
        yield number, line, "\ufffd" not in line
