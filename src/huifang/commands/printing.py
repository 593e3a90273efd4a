"""Rows for people and for programs: an aligned table, CSV, or JSON."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime

FORMATS = ("table", "csv", "json")
Row = Mapping[str, object]


def written(rows: Sequence[Row], columns: Mapping[str, str], how: str) -> str:
    """`rows` as text. `columns`: the columns shown, with their headings (a table has headings, the others have names)."""
    if how == "json":
        return json.dumps([{name: _plain(row[name]) for name in columns} for row in rows], ensure_ascii=False, indent=2)
    if how == "csv":
        target = io.StringIO()
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_safe(_shown(row[name])) for name in columns] for row in rows)
        return target.getvalue().rstrip("\n")
    cells = [list(columns.values()), *([_shown(row[name]) for name in columns] for row in rows)]
    widths = [max(width(line[place]) for line in cells) for place in range(len(columns))]
    return "\n".join("  ".join(padded(cell, size) for cell, size in zip(line, widths, strict=True)).rstrip() for line in cells)


def width(text: str) -> int:
    """Columns a text takes on a screen: Chinese characters take two.

    >>> width("慧访 a")
    6
    """
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def padded(text: str, size: int) -> str:
    """`text` filled with spaces to `size` columns."""
    return text + " " * (size - width(text))


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return "" if value is None else str(value)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _safe(text: str) -> str:
    """A cell that a spreadsheet would take for a formula is made text."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) and not text.lstrip("-").replace(".", "", 1).isdigit() else text
