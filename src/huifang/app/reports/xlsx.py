"""A register as XLSX: title, period, typed cells, widths, a header that stays, printing on one page's width.

Text is always written as text: a cell that begins with ``=``, ``+``, ``-`` or ``@`` is never a formula. Rows are read as they are written;
the workbook itself is put together in memory, some 2.5 kB a row, for the library would put names on the disk in plain letters otherwise.
"""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from io import BytesIO
from typing import Any

import xlsxwriter

from huifang.app.queries.register_cells import Cell
from huifang.app.queries.registers import Sheet
from huifang.app.reports.writing import period_text

_FONT = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "vcenter"}
_HEAD = 4  # rows above the first line of data


def register_xlsx(sheet: Sheet, zone: tzinfo) -> bytes:
    """The workbook's bytes; moments are in `zone`."""
    buffer = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        page = book.add_worksheet(_tab(sheet.title))
        formats = _formats(book)
        _head(page, sheet, formats)
        below = _HEAD
        for below, row in enumerate(sheet.rows, _HEAD + 1):
            for column, cell in enumerate((*row.cells, *(row.unsigned or None for _who in sheet.visit_signatures))):
                _write(page, below - 1, column, cell, formats, zone)
        _foot(page, sheet, formats, below)
        _print_settings(page, sheet, below)
    return buffer.getvalue()


def _tab(title: str) -> str:
    return "".join("" if letter in "[]:*?/\\《》'" else letter for letter in title)[:31] or "1"


def _formats(book: Any) -> dict[str, Any]:
    cell = {**_FONT, "border": 1, "border_color": "#C9CED6", "text_wrap": True}
    return {
        "title": book.add_format({**_FONT, "font_size": 16, "bold": True, "align": "center"}),
        "plain": book.add_format(_FONT),
        "head": book.add_format({**cell, "bold": True, "bg_color": "#EEF2F8", "align": "center"}),
        "text": book.add_format(cell),
        "number": book.add_format({**cell, "num_format": "General", "align": "right"}),
        "money": book.add_format({**cell, "num_format": "#,##0.00", "align": "right"}),
        "day": book.add_format({**cell, "num_format": "yyyy-mm-dd", "align": "center"}),
        "moment": book.add_format({**cell, "num_format": "mm-dd hh:mm", "align": "center"}),
    }


def _head(page: Any, sheet: Sheet, formats: dict[str, Any]) -> None:
    last = max(len(sheet.columns) - 1, 1)
    page.merge_range(0, 0, 0, last, sheet.title, formats["title"])
    page.set_row(0, 30)
    about = "    ".join(part for part in (sheet.branch, period_text(sheet)) if part)
    page.write_string(1, 0, about, formats["plain"])
    page.write_string(2, 0, "    ".join(f"{count.title} {count.value}" for count in sheet.summary), formats["plain"])
    for column, spec in enumerate(sheet.columns):
        page.write_string(_HEAD - 1, column, spec.title, formats["head"])
        page.set_column(column, column, max(6, 11 * spec.width))
    for column, who in enumerate(sheet.visit_signatures, len(sheet.columns)):
        page.write_string(_HEAD - 1, column, who, formats["head"])
        page.set_column(column, column, 22)


def _write(page: Any, row: int, column: int, cell: Cell, formats: dict[str, Any], zone: tzinfo) -> None:
    match cell:
        case None:
            page.write_blank(row, column, None, formats["text"])
        case datetime():
            page.write_datetime(row, column, cell.astimezone(zone), formats["moment"])
        case date():
            page.write_datetime(row, column, datetime(cell.year, cell.month, cell.day), formats["day"])  # noqa: DTZ001  (a day has no zone)
        case int():
            page.write_number(row, column, cell, formats["number"])
        case float():
            page.write_number(row, column, cell, formats["money"])
        case _:
            page.write_string(row, column, cell[:32_767], formats["text"])


def _foot(page: Any, sheet: Sheet, formats: dict[str, Any], below: int) -> None:
    row = below + 1
    if sheet.note:
        page.write_string(row, 0, sheet.note, formats["plain"])
        row += 1
    for number, signature in enumerate(sheet.signatures):
        page.write_string(row + 1, number * 3, f"{signature}：____________", formats["plain"])


def _print_settings(page: Any, sheet: Sheet, below: int) -> None:
    page.freeze_panes(_HEAD, 0)
    if below > _HEAD:
        page.autofilter(_HEAD - 1, 0, below - 1, len(sheet.columns) + len(sheet.visit_signatures) - 1)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(_HEAD - 1)
    page.set_footer("&C&P / &N")
