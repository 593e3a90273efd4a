"""Load against capacity as plain SVG: a bar for each day or week, what nobody has room for on top, the places as a line. Bars are links."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_WIDTH, _HEIGHT, _LEFT, _FOOT, _TOP = 720, 220, 44, 24, 10
_NAMES = 8


@dataclass(frozen=True, slots=True)
class Bar:
    """One day or week: its name, what is said of it, contacts by people, those nobody has room for, places, where it leads."""

    name: str
    words: str
    work: int
    waiting: int
    capacity: int
    url: str


def chart(title: str, bars: Sequence[Bar]) -> SafeString:
    """The chart of days in order; the table stands beside it."""
    if not bars:
        return SafeString("")
    top = max(1, *(max(bar.work + bar.waiting, bar.capacity) for bar in bars))
    step, room = (_WIDTH - _LEFT) / len(bars), _HEIGHT - _TOP - _FOOT

    def y(value: float) -> float:
        return _TOP + room * (1 - value / top)

    return format_html(
        '<figure class="chart chart-course load"><svg viewBox="0 0 {} {}" role="group" aria-label="{}">{}{}{}'
        '<g aria-hidden="true"><polyline class="stroke capacity" stroke-width="1.5" points="{}"/></g></svg></figure>',
        _WIDTH, _HEIGHT, title, _guides(top, y(0), room), _drawn(bars, step, y), _names(bars, step),
        " ".join(f"{_LEFT + step * (i + half):.1f},{y(bar.capacity):.1f}" for i, bar in enumerate(bars) for half in (0, 1)),
    )  # fmt: skip


def _drawn(bars: Sequence[Bar], step: float, y: Callable[[float], float]) -> SafeString:
    wide = max(1.0, step - min(4.0, step / 4))
    return format_html_join(
        "",
        '<a href="{}" aria-label="{}"><title>{}</title><rect class="room" x="{}" y="{}" width="{}" height="{}"/>'
        '<rect class="mark" x="{}" y="{}" width="{}" height="{}"/><rect class="waiting" x="{}" y="{}" width="{}" height="{}"/></a>',
        (
            (
                bar.url, bar.words, bar.words, *_box(i, step, step, _TOP, y(0)), *_box(i, step, wide, y(bar.work), y(0)),
                *_box(i, step, wide, y(bar.work + bar.waiting), y(bar.work)),
            )
            for i, bar in enumerate(bars)
        ),
    )  # fmt: skip


def _box(place: int, step: float, wide: float, upper: float, lower: float) -> tuple[str, str, str, str]:
    return f"{_LEFT + step * place + (step - wide) / 2:.1f}", f"{upper:.1f}", f"{wide:.1f}", f"{lower - upper:.1f}"


def _guides(top: int, bottom: float, room: float) -> SafeString:
    lines = ((f"{bottom - room * part / 2:.1f}", f"{bottom - room * part / 2 + 4:.1f}", f"{top * part / 2:,.0f}") for part in range(3))
    return format_html_join(
        "",
        '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/><text x="{}" y="{}" text-anchor="end">{}</text>',
        ((_LEFT, _WIDTH, y, y, _LEFT - 8, text, value) for y, text, value in lines),
    )


def _names(bars: Sequence[Bar], step: float) -> SafeString:
    every = -(-len(bars) // _NAMES)
    names = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="start">{}</text>',
        ((f"{_LEFT + step * i:.1f}", _HEIGHT - 6, bars[i].name) for i in range(0, len(bars), every)),
    )
    return format_html('<g class="names">{}</g>', names)
