"""A report as XLSX: summary and figures, trends with their charts, comparisons, what was said. Text is always written as text."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import xlsxwriter

from huifang.app.queries.reports import FilledReport, Table, Trend
from huifang.app.reports.report_words import about, head, met

_FONT = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "vcenter"}
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_MOST = 32_767


def report_xlsx(filled: FilledReport, language: str) -> bytes:
    """The workbook's bytes."""
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        formats = _formats(book)
        _summary(book.add_worksheet(head("summary", language)), filled, formats, language)
        if filled.trends:
            _trends(book, book.add_worksheet(head("trend", language)), filled.trends, formats, language)
        if filled.tables:
            _compared(book.add_worksheet(head("compared", language)), filled.tables, formats)
        _said(book.add_worksheet(head("opinions", language)), filled, formats, language)
    return buffer.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    cell = {**_FONT, "border": 1, "border_color": "#C9CED6", "text_wrap": True}
    return {
        "title": book.add_format({**_FONT, "font_size": 16, "bold": True}),
        "part": book.add_format({**_FONT, "font_size": 12, "bold": True}),
        "plain": book.add_format({**_FONT, "text_wrap": True}),
        "head": book.add_format({**cell, "bold": True, "bg_color": "#EEF2F8"}),
        "text": book.add_format(cell),
        "bad": book.add_format({**cell, "bold": True, "font_color": "#B3202F"}),
        "share": book.add_format({**cell, "num_format": "0.0%"}),
        "number": book.add_format({**cell, "num_format": "0.0"}),
    }


def _summary(page: Any, filled: FilledReport, formats: dict[str, Any], language: str) -> None:
    page.set_column(0, 0, 42)
    page.set_column(1, 5, 15)
    page.write_string(0, 0, filled.title, formats["title"])
    page.write_string(1, 0, about(filled, language))
    row = 3
    for line in filled.words:
        page.merge_range(row, 0, row, 5, "", formats["plain"])
        page.write_string(row, 0, line, formats["plain"])
        row += 1
    row += 1
    for column, key in enumerate(("indicator", "value", "goal", "met", "before", "change")):
        page.write_string(row, column, head(key, language), formats["head"])
    for one in filled.lines:
        row += 1
        look = formats["bad"] if one.standing.value == "missed" else formats["text"]
        texts = (one.title, one.value, one.goal, met(one.standing, language), one.before, one.change)
        for column, text in enumerate(texts):
            page.write_string(row, column, text, look if column in (1, 3) else formats["text"])
    for number, who in enumerate(filled.signatures, 2):
        page.write_string(row + number, 0, f"{who}：____________", formats["plain"])
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)


def _trends(book: Any, page: Any, trends: Sequence[Trend], formats: dict[str, Any], language: str) -> None:
    """Periods down, indicators across, as numbers; a line chart for each beside them."""
    page.set_column(0, len(trends), 16)
    page.write_string(0, 0, head("period", language), formats["head"])
    last = len(trends[0].labels)
    for row, name in enumerate(trends[0].labels, 1):
        page.write_string(row, 0, name, formats["text"])
    for column, trend in enumerate(trends, 1):
        look = formats["share" if trend.share else "number"]
        page.write_string(0, column, trend.title, formats["head"])
        for row, value in enumerate(trend.values, 1):
            page.write_blank(row, column, None, look) if value is None else page.write_number(row, column, value, look)
        chart = book.add_chart({"type": "line"})
        chart.add_series(
            {
                "name": [page.name, 0, column],
                "categories": [page.name, 1, 0, last, 0],
                "values": [page.name, 1, column, last, column],
                "line": {"color": "#2D54CF", "width": 2},
                "marker": {"type": "circle", "size": 5},
            }
        )
        chart.set_title({"name": trend.title, "name_font": {"size": 11}})
        chart.set_legend({"none": True})
        page.insert_chart(last + 2 + 16 * (column - 1), 0, chart, {"x_scale": 1.4, "description": trend.title})


def _compared(page: Any, tables: Sequence[Table], formats: dict[str, Any]) -> None:
    page.set_column(0, 0, 28)
    page.set_column(1, 8, 14)
    row = 0
    for table in tables:
        page.write_string(row, 0, table.title, formats["part"])
        row = _rows(page, row + 1, table.heads, table.rows, formats) + 2


def _said(page: Any, filled: FilledReport, formats: dict[str, Any], language: str) -> None:
    page.set_column(0, 0, 60)
    page.set_column(1, 2, 14)
    heard = filled.findings
    kinds = [(head(kind, language), str(heard.kinds.get(kind, 0))) for kind in ("praise", "suggestion", "complaint")]
    row = _rows(page, 0, (head("opinions", language), head("times", language)), kinds, formats) + 2
    problems = [(name, str(number)) for name, number in heard.problems]
    row = _rows(page, row, (head("problems", language), head("times", language)), problems, formats) + 2
    low = [(one.question, f"{one.mean:.2f}", str(one.answers)) for one in heard.low]
    row = _rows(page, row, tuple(head(key, language) for key in ("low", "mean", "answers")), low, formats) + 2
    voices = [(voice.words, voice.topic) for voice in heard.voices]
    row = _rows(page, row, (head("voices", language), head("problem", language)), voices, formats) + 2
    _rows(page, row, (head("effect", language),), [(f"{title}: {sentence}",) for title, sentence in filled.effect], formats)


def _rows(page: Any, row: int, heads: Sequence[str], rows: Sequence[Sequence[str]], formats: dict[str, Any]) -> int:
    """Write a table from `row` on; the row after it. Nothing at all where it has no rows."""
    if not rows:
        return row
    for column, text in enumerate(heads):
        page.write_string(row, column, text, formats["head"])
    for cells in rows:
        row += 1
        for column, text in enumerate(cells):
            page.write_string(row, column, text[:_MOST], formats["text"])
    return row + 1
