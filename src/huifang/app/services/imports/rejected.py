"""The rows that were not taken, as a file to correct and bring in again: the columns as they were, then line, column and reason.

Every cell is text, so a spreadsheet runs nothing; in CSV a cell that would be taken for a formula gets a quote before it, which is taken
off again when the file is brought back.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

import xlsxwriter

from huifang.app.records.models import ImportBatch
from huifang.app.services.imports.columns import REASONS, is_reason

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def rows(batch: ImportBatch, language: str) -> Iterator[list[str]]:
    """Header and rejected rows in the order of the file. A row with too many cells shows them all; its reasons follow."""
    own = [column for column, name in enumerate(batch.options["names"]) if not is_reason(name)]
    names = [batch.options["names"][column] for column in own]
    last = len(batch.options["names"])
    kept = []
    for one in batch.rejected_rows.order_by("line").iterator():
        cells = json.loads(one.cells)
        kept.append((one, [cells[column] for column in own if column < len(cells)] + cells[last:]))
    width = max([len(names), *(len(cells) for _, cells in kept)])
    yield [*names, *[""] * (width - len(names)), *(words.say(language) for words in REASONS)]
    for one, cells in kept:
        reason = one.reason["zh" if language.startswith("zh") else "en"]
        yield [*cells, *[""] * (width - len(cells)), str(one.line), one.column, reason]


def as_xlsx(batch: ImportBatch, language: str = "zh") -> bytes:
    """An XLSX workbook; every cell is a string."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(
        buffer, {"constant_memory": True, "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet = book.add_worksheet()
        text = book.add_format({"num_format": "@"})
        for number, cells in enumerate(rows(batch, language)):
            for column, cell in enumerate(cells):
                if cell:
                    sheet.write_string(number, column, cell, text)
        sheet.freeze_panes(1, 0)
    return buffer.getvalue()


def as_csv(batch: ImportBatch, language: str = "zh") -> bytes:
    """UTF-8 CSV with the mark that spreadsheets look for."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    for cells in rows(batch, language):
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return buffer.getvalue().encode("utf-8-sig")
