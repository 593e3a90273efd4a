"""Charts as plain SVG, each with a title, a label and the table behind it. Pure text; colours come from the style sheet.

Values must be finite and not negative; an empty series gives an empty text.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

Series = Sequence[tuple[str, float]]


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def breadth(name: str) -> int:
    """In letters: a Chinese sign is about twice as wide as a letter."""
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in name)


def short(name: str) -> str:
    """What fits beside a bar."""
    return shortened(name, 20)


def shortened(name: str, letters: int) -> str:
    """A name that is no broader than so many letters, with an ellipsis where something is left out."""
    kept = ""
    for letter in name:
        if breadth(kept + letter) > letters:
            return kept + "…"
        kept += letter
    return kept


def reach(kind: str, title: str) -> SafeString:
    """What lets a keyboard and ears reach a chart of rows, which moves sideways on a phone; nothing for others."""
    return format_html(' tabindex="0" aria-label="{}"', title) if kind.startswith("chart-rows") else SafeString("")


def _figure(kind: str, title: str, width: int, height: int, marks: SafeString, series: Series) -> SafeString:
    rows = format_html_join(
        "", '<tr><th scope="row">{}</th><td class="end">{}</td></tr>', ((name, _number(value)) for name, value in series)
    )
    return format_html(
        '<figure class="chart {}"{}><svg viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>{}</svg>'
        '<details><summary>{}</summary><table class="table"><caption class="for-ears">{}</caption><tbody>{}</tbody></table>'
        "</details></figure>",
        kind, reach(kind, title), width, height, title, title, marks, _("Show the figures"), title, rows,
    )  # fmt: skip


def bars(title: str, series: Series, width: int = 560) -> SafeString:
    """Horizontal bars, one a line, in the order given."""
    if not series:
        return SafeString("")
    top = max(value for _name, value in series) or 1
    room = width - 216
    marks = format_html_join(
        "",
        '<text x="140" y="{}" text-anchor="end">{}</text><rect class="mark" x="148" y="{}" width="{}" height="18" rx="3"/>'
        '<text x="{}" y="{}">{}</text>',
        (
            (
                22 + 30 * i,
                short(name),
                8 + 30 * i,
                f"{room * value / top:.1f}",
                f"{156 + room * value / top:.1f}",
                22 + 30 * i,
                _number(value),
            )
            for i, (name, value) in enumerate(series)
        ),
    )
    return _figure("chart-rows", title, width, 30 * len(series) + 8, marks, series)


def line(title: str, series: Series, width: int = 720, height: int = 220) -> SafeString:
    """A line over equal steps, with four guide lines from zero."""
    if not series:
        return SafeString("")
    top = (max(value for _name, value in series) or 1) * 1.1
    left, bottom = 56, height - 28
    step = (width - left - 12) / max(1, len(series) - 1)
    points = [(left + step * i, bottom - (bottom - 8) * value / top) for i, (_name, value) in enumerate(series)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    guides = format_html_join(
        "",
        '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/><text x="{}" y="{}" text-anchor="end">{}</text>',
        (
            (left, width - 12, f"{y:.1f}", f"{y:.1f}", left - 8, f"{y + 4:.1f}", _number(round(top * part / 3)))
            for part in range(4)
            for y in (bottom - (bottom - 8) * part / 3,)
        ),
    )
    names = format_html(
        '<g class="names">{}</g>',
        format_html_join(
            "",
            '<text x="{}" y="{}" text-anchor="middle">{}</text>',
            ((f"{points[i][0]:.1f}", height - 4, series[i][0]) for i in range(0, len(series), max(1, len(series) // 6))),
        ),
    )
    area = f"{left},{bottom} {path} {points[-1][0]:.1f},{bottom}"
    marks = format_html(
        '<polygon class="area" points="{}"/>{}<polyline class="stroke" stroke-width="2" points="{}"/>{}', area, guides, path, names
    )
    return _figure("chart-course", title, width, height, marks, series)


def sparkline(title: str, values: Sequence[float], width: int = 96, height: int = 28) -> SafeString:
    """A small line without axes; its title says what it shows and its last value."""
    if not values:
        return SafeString("")
    low, high = min(values), max(values)
    room = (high - low) or 1
    step = (width - 4) / max(1, len(values) - 1)
    path = " ".join(f"{2 + step * i:.1f},{height - 3 - (height - 6) * (value - low) / room:.1f}" for i, value in enumerate(values))
    said = f"{title}: {_number(values[-1])}"
    return format_html(
        '<span class="chart"><svg width="{}" height="{}" viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>'
        '<polyline class="stroke" stroke-width="1.75" points="{}"/></svg></span>',
        width, height, width, height, said, said, path,
    )  # fmt: skip
