"""A report as a Word document, with a Chinese font for Chinese letters (`w:eastAsia`), so that it can be edited and signed."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from huifang.app.queries.reports import FilledReport
from huifang.app.reports.report_pdf import trend_png
from huifang.app.reports.report_words import about, head, met

_LATIN, _CHINESE = "Arial", "Microsoft YaHei"


def report_docx(filled: FilledReport, language: str) -> bytes:
    """The document's bytes."""
    document = Document()
    _fonts(document)
    document.core_properties.title, document.core_properties.author = filled.title, ""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    for text, style in ((filled.title, "Title"), (about(filled, language), "Normal")):
        document.add_paragraph(text, style).alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_heading(head("summary", language), 1)
    for line in filled.words:
        document.add_paragraph(line, "List Bullet")
    _figures(document, filled, language)
    _trends(document, filled, language)
    for each in filled.tables:
        document.add_heading(each.title, 2)
        _table(document, each.heads, each.rows)
    _said(document, filled, language)
    _signatures(document, filled)
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _fonts(document: Any) -> None:
    for name, size in (("Normal", 10.5), ("Title", 18), ("Heading 1", 14), ("Heading 2", 12), ("List Bullet", 10.5), ("Quote", 10.5)):
        style = document.styles[name]
        style.font.name, style.font.size = _LATIN, Pt(size)
        style.font.color.rgb = RGBColor(0x17, 0x1B, 0x22)
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _CHINESE)


def _figures(document: Any, filled: FilledReport, language: str) -> None:
    document.add_heading(head("figures", language), 1)
    heads = [head(key, language) for key in ("indicator", "value", "goal", "met", "before", "change")]
    rows = [(one.title, one.value, one.goal, met(one.standing, language), one.before, one.change) for one in filled.lines]
    _table(document, heads, rows)


def _trends(document: Any, filled: FilledReport, language: str) -> None:
    if not filled.trends:
        return
    document.add_heading(head("trend", language), 1)
    for trend in filled.trends:
        document.add_picture(BytesIO(trend_png(trend, language)), width=Mm(165))
        values = ", ".join(f"{name} {value:.3f}" for name, value in zip(trend.labels, trend.values, strict=True) if value is not None)
        document.inline_shapes[-1]._inline.docPr.set("descr", f"{trend.title}: {values}")


def _said(document: Any, filled: FilledReport, language: str) -> None:
    heard = filled.findings
    document.add_heading(head("opinions", language), 1)
    document.add_paragraph(
        "　".join(f"{head(kind, language)} {heard.kinds.get(kind, 0)}" for kind in ("praise", "suggestion", "complaint"))
    )
    if heard.problems:
        document.add_heading(head("problems", language), 1)
        _table(document, [head("problem", language), head("times", language)], [(name, str(number)) for name, number in heard.problems])
    if heard.low:
        document.add_heading(head("low", language), 1)
        heads = [head(key, language) for key in ("question", "mean", "answers")]
        _table(document, heads, [(one.question, f"{one.mean:.2f}", str(one.answers)) for one in heard.low])
    if heard.voices:
        document.add_heading(head("voices", language), 1)
        for voice in heard.voices:
            document.add_paragraph(f"{voice.words}  {voice.topic}", "Quote")
    if filled.effect:
        document.add_heading(head("effect", language), 1)
        for title, sentence in filled.effect:
            document.add_paragraph(f"{title}: {sentence}", "List Bullet")


def _signatures(document: Any, filled: FilledReport) -> None:
    """One line for each who signs, kept together on one page."""
    for who in filled.signatures:
        line = document.add_paragraph(f"{who}：{'_' * 24}")
        line.paragraph_format.space_before, line.paragraph_format.keep_with_next = Pt(18), who != filled.signatures[-1]


def _table(document: Any, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = document.add_table(rows=1, cols=len(heads), style="Light Grid Accent 1")
    for cell, text in zip(table.rows[0].cells, heads, strict=True):
        cell.text = text
    for row in rows:
        for place, (cell, text) in enumerate(zip(table.add_row().cells, row, strict=True)):
            cell.text = text
            if place:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
