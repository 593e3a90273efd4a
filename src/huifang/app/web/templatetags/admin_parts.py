"""Small parts and formats of the supervisor's and manager's pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huifang.app.formats import day_words
from huifang.app.queries import indicator_words
from huifang.app.queries.deed_words import deed_words
from huifang.app.queries.score_cards import Card
from huifang.app.records.models import Case
from huifang.channels.registry import KINDS
from huifang.domain.contact import CHANNEL_WORDS, Channel
from huifang.domain.words import Words

register = template.Library()
_CASE_TONES = {"open": "bad", "answered": "warn", "solved": "good", "closed": ""}


@register.filter
def share(part: int, whole: int) -> str:
    """``64 %`` of a whole; nothing of nothing."""
    return f"{100 * part / whole:.0f} %" if whole else ""


@register.filter
def channel_words(channel: str) -> str:
    """A channel's name."""
    return CHANNEL_WORDS[Channel(channel)].say(get_language() or "")


@register.filter
def dialler_words(driver: str) -> str:
    """What a driver is called."""
    return KINDS[driver].title.say(get_language() or "")


@register.filter
def deed(action: str) -> str:
    """What an entry of the audit trail tells, in words."""
    return deed_words(action).say(get_language() or "")


@register.filter
def told(value: object) -> str:
    """A value of an entry of the audit trail, as people write it.

    >>> told({"share": 0.99754, "names": ["a", "b"], "none": None, "count": 7})
    'share: 0.9975, names: a, b, none: –, count: 7'
    """
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {told(each)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(map(told, value))
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return f"{value:.4g}" if isinstance(value, float) else str(value)


@register.filter
def add_text(text: str, more: object) -> str:
    """One text after another."""
    return f"{text}{more}"


@register.simple_tag
def customer_url(customer_id: int) -> str:
    """A customer's page."""
    return reverse("customer", args=[customer_id])


@register.simple_tag
def case_url(number: str) -> str:
    """A case's page."""
    return reverse("case", args=[number])


@register.simple_tag
def day_count(what: str, query: str, number: int, bad: bool = False) -> SafeString:
    """A number of the day that opens its rows; nothing to open is no link. `bad`: any at all is bad news."""
    if not number:
        return format_html('<span class="quiet">{}</span>', 0)
    tone = " count-bad" if bad else ""
    return format_html('<a class="count{}" href="{}?{}">{}</a>', tone, reverse("day-rows", args=[what]), query, f"{number:,}")


@register.simple_tag
def score_count(card: Card, what: str, number: int, query: str, bad: int = 0) -> SafeString:
    """A number of a score card that opens its records; nothing to open is no link. `bad`: points it cost."""
    if not number:
        return format_html('<span class="quiet">{}</span>', 0)
    address = reverse("score-rows", args=[card.staff, what])
    return format_html('<a class="count{}" href="{}?{}">{}</a>', " count-bad" if bad else "", address, query, f"{number:,}")


@register.simple_tag
def part_shown(what: str, shown: int, total: int, query: str) -> SafeString | str:
    """Where a list of the day shows only its beginning: how much, and the way to all of it; else nothing."""
    if shown == total:
        return ""
    words = _("%(shown)s of %(all)s are shown; see all") % {"shown": f"{shown:,}", "all": f"{total:,}"}
    return format_html('<a class="line line-flat" href="{}?{}">{}</a>', reverse("day-rows", args=[what]), query, words)


@register.simple_tag
def case_badge(state: str) -> SafeString:
    """A case's state as a badge."""
    tone = _CASE_TONES.get(state, "")
    return format_html('<span class="badge{}">{}</span>', f" badge-{tone}" if tone else "", Case.State(state).label)


@register.filter
def at(row: Sequence[object], place: int) -> object:
    """What stands at a place, from 0."""
    return row[place]


@register.filter
def weekday(day: date) -> str:
    """``周五`` / ``Fri``."""
    words = day_words(day, get_language() or "zh-hans").split(" ")
    return words[1] if words[1].startswith("周") else words[0]


@register.filter
def percent(part: float) -> str:
    """``5 %`` for 0.05."""
    return f"{100 * part:g} %"


@register.filter
def percent_whole(part: float | None) -> str:
    """``43 %`` for 0.428; nothing for nothing."""
    return "" if part is None else f"{100 * part:.0f} %"


@register.filter
def points(part: float) -> str:
    """``+4.2`` for 0.042: a difference of shares in percentage points."""
    return f"{100 * part:+.1f}"


@register.filter
def precise(part: float | None) -> str:
    """``32.4 %`` for 0.324; a dash for nothing."""
    return "–" if part is None else indicator_words.percent(part)


@register.filter
def spoken(words: Mapping[str, str]) -> str:
    """Words that are kept as ``{zh, en}``, in the page's language."""
    return Words(words.get("zh", ""), words.get("en", "")).say(get_language() or "zh-hans")
