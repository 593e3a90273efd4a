"""A report as PDF, set by typst; its charts as a picture for other files. Data reaches the page as JSON values, never as markup."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import pylopdf_fonts_zh_cn
import typst

from huifang.app.queries.indicator_words import percent
from huifang.app.queries.reports import FilledReport, Trend
from huifang.app.reports.report_words import HEADS, about, head, met

_PAGES = Path(__file__).parent / "typst"


def report_pdf(filled: FilledReport, language: str) -> bytes:
    """The document's bytes."""
    return _set("report.typ", document(filled, language), "pdf")


def trend_png(trend: Trend, language: str) -> bytes:
    """One trend as a picture, 200 dots an inch."""
    return _set("trend.typ", {"trend": _trend(trend), "lang": "zh" if language.startswith("zh") else "en"}, "png", ppi=200.0)


def _set(page: str, data: dict[str, Any], form: Literal["pdf", "png"], ppi: float | None = None) -> bytes:
    made = typst.compile(
        _PAGES / page,
        root=_PAGES,
        format=form,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        font_paths=[pylopdf_fonts_zh_cn.sans_path().parent],
        ignore_system_fonts=True,
        ppi=ppi,
    )
    return bytes(made)


def document(filled: FilledReport, language: str) -> dict[str, Any]:
    """Everything the page needs, as plain values."""
    heard = filled.findings
    return {
        "title": filled.title,
        "about": [about(filled, language)],
        "words": list(filled.words),
        "lines": [[one.title, one.value, one.goal, met(one.standing, language), one.before, one.change] for one in filled.lines],
        "missed": [number for number, one in enumerate(filled.lines) if one.standing.value == "missed"],
        "tables": [{"title": one.title, "heads": list(one.heads), "rows": [list(row) for row in one.rows]} for one in filled.tables],
        "trends": [_trend(one) for one in filled.trends],
        "kinds": [[head(kind, language), heard.kinds.get(kind, 0)] for kind in ("praise", "suggestion", "complaint")],
        "problems": [list(one) for one in heard.problems],
        "low": [[one.question, f"{one.mean:.2f}", one.answers] for one in heard.low],
        "voices": [[one.topic, one.words] for one in heard.voices],
        "effect": [list(one) for one in filled.effect],
        "heads": {key: words.say(language) for key, words in HEADS.items()},
        "lang": "zh" if language.startswith("zh") else "en",
        "signatures": list(filled.signatures),
        "note": "",
        "summary": [],
    }


def _trend(trend: Trend) -> dict[str, Any]:
    """Values on a scale from 0 to 1 of the chart's height, with the words beside its lowest and highest line."""
    known = [value for value in (*trend.values, trend.goal) if value is not None]
    low, high = min(known), max(known)
    room = (high - low) * 0.2 or abs(high) * 0.1 or 1.0
    low, high = low - room, high + room
    if trend.share:
        low, high = max(0.0, low), min(1.0, high)
    scale = (high - low) or 1.0

    def place(value: float | None) -> float | None:
        return None if value is None else (value - low) / scale

    def said(value: float) -> str:
        return percent(round(value, 3)) if trend.share else f"{value:.1f}"

    return {
        "title": trend.title, "labels": list(trend.labels), "values": [place(one) for one in trend.values], "goal": place(trend.goal),
        "low": said(low), "high": said(high), "said": [said(one) if one is not None else "–" for one in trend.values],
    }  # fmt: skip
