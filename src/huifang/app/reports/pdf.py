"""A register as PDF, set by typst. Data reaches the page as JSON values, never as markup."""

from __future__ import annotations

import json
from datetime import tzinfo
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst

from huifang.app.queries.registers import Sheet
from huifang.app.reports.writing import cell_text, period_text
from huifang.domain.errors import Invalid, Problem
from huifang.domain.words import Words

_NARROWEST = {"customer.phone": 1.2, "attempted_at": 1.2, "event.day": 1.1}
"""Columns whose text does not break, with the share of the width that they need."""
_PAGES = Path(__file__).parent / "typst"


MOST = 2_000
"""Rows of one document; setting that many cards takes some 5 s and 600 MB."""


def check_length(rows: int) -> None:
    """Raises `Invalid` for more rows than one document holds."""
    if rows > MOST:
        raise Invalid(
            Problem(
                "register.paper",
                Words(f"PDF 一份最多 {MOST} 行，这里有 {rows} 行。", f"A PDF holds {MOST} rows at most; these are {rows}."),
                Words("请用 Excel，或选择单个门店、更短的期间。", "Take Excel, or choose one branch or a shorter period."),
            )
        )


def register_pdf(sheet: Sheet, zone: tzinfo, language: str) -> bytes:
    """The document's bytes: a table, or one card for each row. Raises `Invalid` for a sheet that is too long."""
    check_length(len(sheet.rows))
    rows = list(sheet.rows)
    data = {
        "title": sheet.title,
        "about": [
            part for part in (sheet.branch or ("全部门店" if language.startswith("zh") else "All branches"), period_text(sheet)) if part
        ],
        "summary": [f"{count.title} {count.value}" for count in sheet.summary],
        "heads": [column.title for column in sheet.columns],
        "widths": [max(column.width, _NARROWEST.get(column.value, 0)) for column in sheet.columns],
        "rows": [[cell_text(cell, zone) for cell in row.cells] for row in rows],
        "signatures": list(sheet.signatures),
        "signs": [[[one.who, one.instead] for one in sheet.signs(row)] for row in rows],
        "note": sheet.note,
        "empty": "本期没有记录。" if language.startswith("zh") else "Nothing in this period.",
        "lang": "zh" if language.startswith("zh") else "en",
    }
    page = _PAGES / ("card.typ" if sheet.layout == "card" else "table.typ")
    pdf = typst.compile(
        page,
        root=_PAGES,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        font_paths=[pylopdf_fonts_zh_cn.sans_path().parent],
        ignore_system_fonts=True,
    )
    return bytes(pdf)
