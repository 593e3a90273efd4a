"""Charts of indicators as plain SVG with title, label and the table behind: a trend with its target, an interval on a line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, floor, log10

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

Point = tuple[str, float | None]
Say = Callable[[float], str]
_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP = 720, 220, 64, 44, 12
_BOTTOM = _HEIGHT - 26


def trend(title: str, points: Sequence[Point], goal: float | None, say: Say, *, share: bool) -> SafeString:
    """A line over periods, oldest first, broken where nothing was counted; the target as a dashed line. Nothing for no values."""
    known = [value for _name, value in points if value is not None]
    if not known:
        return SafeString("")
    levels = _levels(*_range([*known, *([goal] if goal is not None else [])], share=share))
    low, high = levels[0], levels[-1]

    def x(place: int) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * (place / max(1, len(points) - 1))

    def y(value: float) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * (value - low) / (high - low)

    marks = format_html("{}{}{}{}", _guides(levels, y, say), _goal(goal, y, say), _lines(points, x, y), _names(points, x))
    rows = ((name, say(value) if value is not None else "–") for name, value in points)
    return _figure("chart chart-course", title, _WIDTH, _HEIGHT, marks, (_("Period"), _("Value")), rows)


def interval(title: str, low: float, middle: float, high: float, say: Say) -> SafeString:
    """A difference with its interval on a line with zero in the middle; the label says the same in words."""
    reach = max(abs(low), abs(high), 1e-9) * 1.15

    def x(value: float) -> str:
        return f"{160 + 150 * value / reach:.1f}"

    marks = format_html(
        '<line class="grid" x1="10" x2="310" y1="20" y2="20"/><line class="zero" x1="160" x2="160" y1="6" y2="34"/>'
        '<line class="span" x1="{}" x2="{}" y1="20" y2="20"/><line class="span" x1="{}" x2="{}" y1="13" y2="27"/>'
        '<line class="span" x1="{}" x2="{}" y1="13" y2="27"/><circle class="mark" cx="{}" cy="20" r="5"/><text x="160" y="48" '
        'text-anchor="middle">0</text>',
        x(low), x(high), x(low), x(low), x(high), x(high), x(middle),
    )  # fmt: skip
    rows = ((_("Lowest"), say(low)), (_("Difference"), say(middle)), (_("Highest"), say(high)))
    return _figure("chart", title, 320, 52, marks, (_("Interval at 95 percent"), _("Value")), rows)


def _range(values: Sequence[float], *, share: bool) -> tuple[float, float]:
    low, high = min(values), max(values)
    room = (high - low) * 0.2 or abs(high) * 0.1 or 1.0
    if share:
        return max(0.0, low - room), min(1.0, high + room) if high + room > low else 1.0
    return (max(0.0, low - room) if low >= 0 else low - room), high + room


def _levels(low: float, high: float) -> list[float]:
    """Round values (1, 2, 2.5 or 5 times a power of ten apart) that hold the range between their first and last; three to six of them."""
    rough = (high - low) / 4
    power = 10.0 ** floor(log10(rough))
    step = next(power * part for part in (1, 2, 2.5, 5, 10) if power * part >= rough)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [round(step * number, 12) for number in range(first, last + 1)]


def _guides(levels: Sequence[float], y: Callable[[float], float], say: Say) -> SafeString:
    return format_html_join(
        "",
        '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/><text x="{}" y="{}" text-anchor="end">{}</text>',
        ((_LEFT, _WIDTH - _RIGHT, f"{y(v):.1f}", f"{y(v):.1f}", _LEFT - 8, f"{y(v) + 4:.1f}", say(v)) for v in levels),
    )


def _goal(goal: float | None, y: Callable[[float], float], say: Say) -> SafeString:
    if goal is None:
        return SafeString("")
    return format_html(
        '<line class="goal" x1="{}" x2="{}" y1="{}" y2="{}"/><text class="goal-name" x="{}" y="{}" text-anchor="end">{} {}</text>',
        _LEFT, _WIDTH - _RIGHT, f"{y(goal):.1f}", f"{y(goal):.1f}", _WIDTH - _RIGHT, f"{y(goal) - 5:.1f}", _("Target"), say(goal),
    )  # fmt: skip


def _lines(points: Sequence[Point], x: Callable[[int], float], y: Callable[[float], float]) -> SafeString:
    """Each unbroken stretch as a line, each value as a dot."""
    stretches: list[list[str]] = [[]]
    dots = []
    for place, (_name, value) in enumerate(points):
        if value is None:
            stretches.append([])
            continue
        stretches[-1].append(f"{x(place):.1f},{y(value):.1f}")
        dots.append((f"{x(place):.1f}", f"{y(value):.1f}"))
    lines = format_html_join(
        "", '<polyline class="stroke" stroke-width="2" points="{}"/>', ((" ".join(each),) for each in stretches if len(each) > 1)
    )
    return format_html("{}{}", lines, format_html_join("", '<circle class="mark" cx="{}" cy="{}" r="3"/>', dots))


def _names(points: Sequence[Point], x: Callable[[int], float]) -> SafeString:
    step = max(1, -(-len(points) // 7))
    shown = range((len(points) - 1) % step, len(points), step)
    names = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="middle">{}</text>',
        ((f"{x(i):.1f}", _HEIGHT - 6, points[i][0]) for i in shown),
    )
    return format_html('<g class="names">{}</g>', names)


def _figure(
    kind: str, title: str, width: int, height: int, marks: SafeString, head: tuple[str, str], rows: Sequence[tuple[str, str]] | object
) -> SafeString:
    lines = format_html_join("", '<tr><th scope="row">{}</th><td class="end">{}</td></tr>', rows)  # type: ignore[arg-type]  # pairs of texts
    return format_html(
        '<figure class="{}"><svg viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>{}</svg><details><summary>{}</summary>'
        '<div class="table-box" tabindex="0" role="region" aria-label="{}"><table class="table"><thead><tr><th scope="col">{}</th>'
        '<th scope="col" class="end">{}</th></tr></thead><tbody>{}</tbody></table></div></details></figure>',
        kind, width, height, title, title, marks, _("Show the figures"), title, *head, lines,
    )  # fmt: skip
