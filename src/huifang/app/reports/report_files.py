"""A report as a file of one of three forms."""

from __future__ import annotations

from collections.abc import Callable

from huifang.app.queries.reports import FilledReport
from huifang.app.reports.report_docx import report_docx
from huifang.app.reports.report_pdf import report_pdf
from huifang.app.reports.report_xlsx import report_xlsx

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_MAKERS: dict[str, Callable[[FilledReport, str], bytes]] = {"pdf": report_pdf, "docx": report_docx, "xlsx": report_xlsx}


def report_bytes(filled: FilledReport, form: str, language: str) -> bytes:
    """The file's bytes; KeyError for a form there is not."""
    return _MAKERS[form](filled, language)
