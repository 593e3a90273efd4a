"""A value report as PDF, set by typst. Words and figures reach the page as JSON values, never as markup."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst

_PAGES = Path(__file__).parent / "typst"


@dataclass(frozen=True, slots=True)
class Bars:
    """One chart: a month's label, value and the value as it is said, in order."""

    title: str
    labels: tuple[str, ...]
    values: tuple[float, ...]
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ValueDocument:
    """Everything the page says: `figures` are pairs of title and value, `language` is zh or en."""

    title: str
    business: str
    customer: str
    period: str
    opening: str
    figures: tuple[tuple[str, str], ...]
    charts: tuple[Bars, ...]
    closing: str
    language: str


def value_report_pdf(document: ValueDocument) -> bytes:
    """The document's bytes; the same document gives the same bytes."""
    pdf = typst.compile(
        _PAGES / "value.typ",
        root=_PAGES,
        sys_inputs={"data": json.dumps(asdict(document), ensure_ascii=False)},
        font_paths=[pylopdf_fonts_zh_cn.sans_path().parent],
        ignore_system_fonts=True,
    )
    return bytes(pdf)
