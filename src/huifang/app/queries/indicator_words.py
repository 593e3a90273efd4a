"""How an indicator's value is written."""

from __future__ import annotations

from huifang.app.formats import chinese
from huifang.domain.indicators import Indicator

NOTHING = "–"


def said(indicator: Indicator, value: float | None, language: str) -> str:
    """``98.2 %``, ``42``, ``1.5 h`` / ``1.5 小时``, ``1,204``; a dash for nothing."""
    if value is None:
        return NOTHING
    match indicator.unit:
        case "share":
            return percent(value)
        case "points":
            return f"{value:.1f}".replace("-", "−")
        case "hours":
            return f"{value:.1f} {'小时' if chinese(language) else 'h'}"
        case _:
            return f"{value:,.0f}"


def percent(value: float) -> str:
    """``98.2 %``, without a decimal where it is a whole one.

    >>> percent(0.982), percent(1.0), percent(-0.0312)
    ('98.2 %', '100 %', '−3.1 %')
    """
    text = f"{100 * value:.1f}".removesuffix(".0")
    return f"{text.replace('-', '−')} %"


def change(indicator: Indicator, value: float | None, before: float | None, language: str) -> str:
    """What changed since the period before: ``+1.2`` (percentage points of a share); nothing where it cannot be said."""
    if value is None or before is None or indicator.unit == "number":
        return ""
    moved = (value - before) * (100 if indicator.unit == "share" else 1)
    if round(moved, 1) == 0:
        return "±0"
    unit = (" 个百分点" if chinese(language) else " pp") if indicator.unit == "share" else ""
    return f"{moved:+.1f}{unit}".replace("-", "−")


def better(indicator: Indicator, value: float | None, before: float | None) -> bool | None:
    """Whether it moved the good way; None where it did not move or nothing can be said."""
    if value is None or before is None or value == before or indicator.unit == "number":
        return None
    return (value > before) is indicator.more_is_better
