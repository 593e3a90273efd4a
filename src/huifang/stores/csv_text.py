"""Text of CSV files as people save them: UTF-8 with or without a mark, UTF-16, or the GB encodings of Chinese Windows."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from huifang.domain.errors import ImportRefused, Place, Problem
from huifang.domain.words import Words

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_WITHOUT_MARK = ("utf-8", "gb18030")


@dataclass(frozen=True, slots=True)
class Line:
    """One record of a CSV file: the number of its last line, and its cells by header (stripped; an empty cell is None)."""

    number: int
    cells: dict[str, str | None]


def decode(data: bytes, name: str) -> str:
    """The text of a file; strict UTF-8 is tried before GB 18030, which would take it without an error.

    Raises `ImportRefused` where neither fits.
    """
    encodings = [encoding for mark, encoding in _MARKS if data.startswith(mark)] or list(_WITHOUT_MARK)
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ImportRefused(
        Problem(
            "file.encoding",
            Words("无法识别文件的文字编码。", "The file's text encoding is not known."),
            Words("请另存为 UTF-8 格式的 CSV。", "Save it as CSV in UTF-8."),
            Place(name),
        )
    )


def lines(path: Path) -> Iterator[Line]:
    """The records of a CSV file, by its header; raises `ImportRefused` naming the line that does not fit the header."""
    text = decode(path.read_bytes(), path.name)
    delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = [cell.strip().lower() for cell in next(rows, [])]
    for cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(header):
            raise ImportRefused(
                Problem(
                    "file.cells",
                    Words(
                        f"这一行有 {len(cells)} 格，表头只有 {len(header)} 列。",
                        f"This line has {len(cells)} cells, the header {len(header)}.",
                    ),
                    Words("请检查多余的逗号或引号。", "Look for a comma or quote too many."),
                    Place(path.name, rows.line_num),
                )
            )
        filled = [*cells, *[""] * (len(header) - len(cells))]
        yield Line(rows.line_num, {name: cell.strip() or None for name, cell in zip(header, filled, strict=True)})
