"""A dialling list as CSV or XLSX in the columns that the dialler reads. Text is text: nothing in it is ever a formula."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import BytesIO, StringIO

import xlsxwriter

from huifang.app.queries.dialling import beside, script_of
from huifang.app.records.models import DiallingRow
from huifang.channels.dialler import Setup

TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
_RISKY = ("=", "@", "-", "\t", "\r")


def dialling_file(rows: Sequence[DiallingRow], setup: Setup, language: str, ending: str) -> bytes:
    """The file's bytes, the headings first; numbers in full."""
    lines = [list(setup.columns.values()), *([_cells(row, setup, language)[name] for name in setup.columns] for row in rows)]
    return _xlsx(lines) if ending == "xlsx" else _csv(lines)


def _cells(row: DiallingRow, setup: Setup, language: str) -> dict[str, str]:
    assert row.attempt is not None  # noqa: S101 - a row that may be called has one
    assert row.attempt.contact_point is not None  # noqa: S101 - the gate lets nobody be called without a number
    said = beside(row)
    moments = {name: said[name][:16].replace("T", " ") for name in ("call_from", "call_until")}
    number = setup.number(row.attempt.contact_point.value)
    return said | moments | {"key": str(row.key), "number": number, "script": script_of(row, language)}


def _csv(lines: Sequence[Sequence[str]]) -> bytes:
    out = StringIO()
    csv.writer(out).writerows([_guarded(cell) for cell in line] for line in lines)
    return ("\ufeff" + out.getvalue()).encode()


def _guarded(text: str) -> str:
    """A quote before what a spreadsheet would compute; a number's ``+`` before digits alone is none of it."""
    formula = text.startswith(_RISKY) or (text.startswith("+") and not text[1:].isdecimal())
    return f"'{text}" if formula else text


def _xlsx(lines: Sequence[Sequence[str]]) -> bytes:
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        page = book.add_worksheet()
        for place, line in enumerate(lines):
            for column, cell in enumerate(line):
                page.write_string(place, column, cell)
    return buffer.getvalue()
