"""The Pareto chart as plain SVG: bars from the most frequent cause down, and the share of all so far. Every bar is a link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from huifang.app.web.svg import reach, shortened

_LINE = 34
_LEFT, _BARS, _WIDTH = 180, 170, 560
_LINE_FROM, _LINE_ROOM = 385, 120
_LONGEST = 24


@dataclass(frozen=True, slots=True)
class Bar:
    """One cause: its name, how many, the share of all up to it (0 to 1), and where it leads."""

    title: str
    number: int
    so_far: float
    url: str


def chart(title: str, bars: Sequence[Bar]) -> SafeString:
    """The chart of causes in order; the line runs from bar to bar by the share so far, with a mark at 80 %. The table stands beside it."""
    if not bars:
        return SafeString("")
    top = bars[0].number
    height = _LINE * len(bars) + 34
    points = [(_LINE_FROM + _LINE_ROOM * bar.so_far, 16 + _LINE * place + 11) for place, bar in enumerate(bars)]
    drawn = format_html_join(
        "",
        '<a href="{}" aria-label="{}: {}, {} %"><title>{}: {}</title><text x="{}" y="{}" text-anchor="end">{}</text>'
        '<rect class="mark" x="{}" y="{}" width="{}" height="22" rx="3"/><text class="inside" x="{}" y="{}">{}</text></a>',
        (
            (
                bar.url, bar.title, bar.number, f"{100 * bar.so_far:.0f}", bar.title, bar.number, _LEFT - 10, 31 + _LINE * i,
                shortened(bar.title.rpartition(" › ")[2], _LONGEST), _LEFT, 16 + _LINE * i, f"{max(3, _BARS * bar.number / top):.1f}",
                f"{_LEFT + 6 + max(3, _BARS * bar.number / top):.1f}", 31 + _LINE * i, bar.number,
            )
            for i, bar in enumerate(bars)
        ),
    )  # fmt: skip
    dots = format_html_join(
        "",
        '<circle class="dot" cx="{}" cy="{}" r="3.5"/><text x="{}" y="{}" text-anchor="end">{} %</text>',
        ((f"{x:.1f}", y, _WIDTH, y + 4, f"{100 * bar.so_far:.0f}") for (x, y), bar in zip(points, bars, strict=True)),
    )
    eighty = _LINE_FROM + 0.8 * _LINE_ROOM
    return format_html(
        '<figure class="chart chart-rows pareto"{}><svg viewBox="0 0 {} {}" role="group" aria-label="{}">'
        '<line class="grid" x1="{}" x2="{}" y1="8" y2="{}"/><text x="{}" y="{}" text-anchor="middle">80 %</text>'
        '{}<g aria-hidden="true"><polyline class="stroke" stroke-width="2" points="{}"/>{}</g></svg></figure>',
        reach("chart-rows", title), _WIDTH, height, title, eighty, eighty, height - 18, eighty, height - 4, drawn,
        " ".join(f"{x:.1f},{y}" for x, y in points), dots,
    )  # fmt: skip
