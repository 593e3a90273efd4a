"""The charts of the results page: SVG with a title, and the table behind."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from huifang.app.web.svg import breadth, reach, short
from huifang.domain.servqual import Gap

_SLIM = 4
"""Names of at most so many letters, as the points of a scale, leave the room to the bars."""


def shares(title: str, series: Sequence[tuple[str, int]], answered: int) -> SafeString:
    """How often each answer was given: bars with count and percent, one a line; the table says the same in words."""
    if not series or not answered:
        return SafeString("")
    top = max(count for _name, count in series) or 1
    slim = max(map(breadth, (name for name, _count in series))) <= _SLIM
    left = 32 if slim else 144
    marks = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="end">{}</text><rect class="mark" x="{}" y="{}" width="{}" height="16" rx="3"/>'
        '<text x="{}" y="{}">{}</text>',
        (
            (
                left, 19 + 26 * i, short(name), left + 8, 6 + 26 * i, f"{280 * count / top:.1f}", f"{left + 16 + 280 * count / top:.1f}",
                19 + 26 * i, _share(count, answered),
            )
            for i, (name, count) in enumerate(series)
        ),
    )  # fmt: skip
    rows = format_html_join(
        "",
        '<tr><th scope="row">{}</th><td class="end">{}</td><td class="end">{}</td></tr>',
        ((name, count, _percent(count, answered)) for name, count in series),
    )
    size = (left + 416, 26 * len(series) + 6)
    return _figure("chart-rows chart-slim" if slim else "chart-rows", title, size, marks, (_("Answer"), _("Number"), _("Share")), rows)


def gap_chart(title: str, rows: Sequence[tuple[str, Gap]], low: float, high: float) -> SafeString:
    """SERVQUAL: for each dimension what was expected (ring) and found (dot), joined by the gap."""
    if not rows:
        return SafeString("")

    def x(value: float) -> float:
        return 160 + 360 * (value - low) / (high - low)

    marks = format_html_join(
        "",
        '<text x="144" y="{y4}" text-anchor="end">{name}</text><line class="{tone}" x1="{a}" x2="{b}" y1="{y}" y2="{y}" stroke-width="4"/>'
        '<circle class="ring" cx="{a}" cy="{y}" r="6"/><circle class="mark" cx="{b}" cy="{y}" r="6"/>',
        (
            {
                "y": 18 + 32 * i, "y4": 22 + 32 * i, "name": short(name), "a": f"{x(gap.expectation):.1f}",
                "b": f"{x(gap.perception):.1f}",
                "tone": "short" if gap.gap.value < 0 else "over",
            }
            for i, (name, gap) in enumerate(rows)
        ),
    )  # fmt: skip
    lines = format_html_join(
        "",
        '<tr><th scope="row">{}</th><td class="end">{}</td><td class="end">{}</td><td class="end">{}</td><td class="end">{}</td></tr>',
        (
            (name, f"{gap.expectation:.2f}", f"{gap.perception:.2f}", f"{gap.gap.value:+.2f}", _between(gap.gap.low, gap.gap.high))
            for name, gap in rows
        ),
    )
    head = (_("Dimension"), _("Expected"), _("Found"), _("Gap"), _("95 % interval"))
    return _figure("chart-rows", title, (560, 32 * len(rows) + 10), marks, head, lines)


def _figure(kind: str, title: str, size: tuple[int, int], marks: SafeString, head: Sequence[str], rows: SafeString) -> SafeString:
    names = format_html_join("", '<th scope="col" class="{}">{}</th>', (("end" if i else "start", name) for i, name in enumerate(head)))
    return format_html(
        '<figure class="chart {}"{}><svg viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>{}</svg>'
        "<details><summary>{}</summary>"
        '<div class="table-box" tabindex="0" role="region" aria-label="{}"><table class="table">'
        '<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>'
        "</details></figure>",
        kind, reach(kind, title), *size, title, title, marks, _("Show the figures"), title, names, rows,
    )  # fmt: skip


def _percent(count: int, answered: int) -> str:
    return f"{100 * count / answered:.0f} %"


def _share(count: int, answered: int) -> str:
    return f"{count:,} · {_percent(count, answered)}"


def _between(low: float | None, high: float | None) -> str:
    return "—" if low is None or high is None else f"{low:+.2f} … {high:+.2f}"
