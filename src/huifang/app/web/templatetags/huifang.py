"""Small parts and formats for templates."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import lucide
from django import template
from django.template.loader import get_template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from huifang.app import business_clock, formats, icon_sheet
from huifang.app.queries.followup import Choice
from huifang.app.queries.today import Line
from huifang.app.web import record_form
from huifang.app.web.asking import Asked
from huifang.app.web.navigation import Link, shelves
from huifang.app.web.page_keys import KEYS
from huifang.domain.errors import Problem
from huifang.domain.words import Words

register = template.Library()
_LONG_BADGE = 24
"""Letters from which a label may wrap: a class or programme can have a name as long as a sentence."""


def _language() -> str:
    return get_language() or "zh-hans"


@lru_cache(maxsize=256)
def _icon(name: str, size: int) -> SafeString:
    if name not in icon_sheet.NAMES:
        return mark_safe(lucide._render_icon(name, size, aria_hidden="true"))  # noqa: S308  # nosec B308 B703 # an icon of the set, named in code
    sheet = static(icon_sheet.NAME)
    return format_html('<svg width="{0}" height="{0}" aria-hidden="true"><use href="{1}#{2}"/></svg>', size, sheet, name)


@register.simple_tag
def icon(name: str, size: int = 18) -> SafeString:
    """A decorative icon by its lucide name, from the sheet of all; the words beside it carry the meaning."""
    return _icon(name + "", size)


@register.simple_tag
def badge(words: object, tone: str = "", icon_name: str = "") -> SafeString:
    """A small label; `tone`: good, warn, bad, accent, line, or none."""
    mark = _icon(icon_name + "", 12) if icon_name else ""
    words = many(words) if isinstance(words, int) else words
    long = " badge-long" if len(str(words)) > _LONG_BADGE else ""
    return format_html('<span class="badge{}{}">{}{}</span>', f" badge-{tone}" if tone else "", long, mark, words)


@register.inclusion_tag("web/parts/empty.html", takes_context=True)
def empty(
    context: template.Context, icon_name: str, title: str, words: str = "", small: bool = False, level: int = 2, to: str = ""
) -> dict[str, Any]:
    """What stands where there is nothing: an icon, what it means, what to do.

    `to` names the areas where that is done, parted by spaces; those the person may open are buttons.
    """
    urls = [reverse(route) for route in to.split()]
    ways = [link for url in urls for link in context.get("links") or () if link.url == url]
    return {"icon": icon_name, "title": title, "words": words, "small": small, "level": level, "ways": ways}


@register.inclusion_tag("web/parts/progress.html")
def progress(title: str, done: int, total: int, beside: str = "") -> dict[str, Any]:
    """How much of something is done; `beside`: words on what is neither done nor left."""
    return {"title": title, "done": done, "total": total, "beside": beside}


@register.inclusion_tag("web/parts/field.html")
def field(bound: Any, hint: str = "") -> dict[str, Any]:
    """A form field with label, hint and what is wrong with it."""
    return {"field": bound, "hint": hint}


def _drawn(template: str, values: dict[str, Any]) -> SafeString:
    return SafeString(get_template(template).render(values))  # nosec B703 # a template escapes what it is given


@register.simple_tag
def key_list(page: str) -> SafeString:
    """The list of a page's keys, which its script obeys; drawn once for each language."""
    return _key_list(page + "", _language())


@lru_cache(maxsize=64)
def _key_list(page: str, _spoken: str) -> SafeString:
    return _drawn("web/parts/key_list.html", {"keys": KEYS[page]})


@register.simple_tag
def nav(links: list[Link]) -> SafeString:
    """The sidebar's links; drawn once for each role, area and language."""
    return _nav(tuple(links), _language())


@lru_cache(maxsize=512)
def _nav(links: tuple[Link, ...], _spoken: str) -> SafeString:
    return _drawn("web/parts/nav.html", {"shelves": shelves(links)})


@register.simple_tag(takes_context=True)
def menu(context: template.Context, more: list[Link] | None = None) -> SafeString:
    """One's own settings, below the areas `more`; drawn once for each theme, role, area and language, but for what belongs to the page."""
    drawn = _menu(tuple(more or ()), context["theme"], _language())
    return format_html(drawn, token=context["csrf_token"], path=context["request"].get_full_path())


@lru_cache(maxsize=512)
def _menu(more: tuple[Link, ...], theme: str, _spoken: str) -> SafeString:
    of_the_page = {"csrf_token": SafeString("{token}"), "path": SafeString("{path}")}
    return _drawn("web/parts/menu.html", {"more": more, "theme": theme, **of_the_page})


@register.simple_tag
def question(asked: Asked, mine: bool) -> SafeString:
    """One question as a part of the form; drawn once for each state it can be in, but for what is typed."""
    draw = _question.__wrapped__ if asked.holds_words else _question
    return draw(asked, mine, _language())


@lru_cache(maxsize=4096)
def _question(asked: Asked, mine: bool, _spoken: str) -> SafeString:
    return _drawn("web/today/question.html", {"question": asked, "mine": mine})


@register.simple_tag
def outcomes(choices: tuple[Choice, ...], chosen: str) -> SafeString:
    """Outcomes to choose from; drawn once for each way they can stand."""
    return _outcomes(choices, chosen if any(each.code == chosen for each in choices) else "", _language())


@lru_cache(maxsize=1024)
def _outcomes(choices: tuple[Choice, ...], chosen: str, _spoken: str) -> SafeString:
    return _drawn("web/today/outcomes.html", {"choices": choices, "chosen": chosen})


@register.simple_tag
def outcomes_at_hand(choices: tuple[Choice, ...]) -> SafeString:
    """The usual outcomes beside saving; drawn once."""
    return _outcomes_at_hand(choices, _language())


@lru_cache(maxsize=1024)
def _outcomes_at_hand(choices: tuple[Choice, ...], _spoken: str) -> SafeString:
    return _drawn("web/today/at_hand.html", {"choices": choices})


@register.simple_tag
def attitude_choices(attitudes: list[tuple[str, str]], chosen: str) -> SafeString:
    """The attitudes to choose from; drawn once for each that is chosen."""
    return _attitudes(tuple(attitudes), chosen if any(key == chosen for key, _title in attitudes) else "")


@lru_cache(maxsize=256)
def _attitudes(attitudes: tuple[tuple[str, str], ...], chosen: str) -> SafeString:
    return _drawn("web/today/attitudes.html", {"attitudes": attitudes, "chosen": chosen})


@register.simple_tag
def feedback_marks(marks: list[tuple[str, str, str, dict[str, str]]]) -> SafeString:
    """The kinds of feedback to mark in the words; drawn once where none is marked."""
    if any(said["kind"] for _kind, _title, _sign, said in marks):
        return _drawn("web/today/marks.html", {"marks": marks})
    return _unmarked(_language())


@lru_cache
def _unmarked(_spoken: str) -> SafeString:
    return _drawn("web/today/marks.html", {"marks": record_form.marks({})})


@register.simple_tag
def queue_line(line: Line, open_id: int) -> SafeString:
    """One line of the list. A list is drawn again and again all day: lines that have not changed are kept, in memory alone."""
    return _queue_line(line, line.id == open_id, _language())


@lru_cache(maxsize=8192)
def _queue_line(line: Line, here: bool, _spoken: str) -> SafeString:
    return _drawn("web/today/line.html", {"line": line, "here": here})


@register.filter
def say(words: Words | Problem | str | None) -> str:
    """Words (or a problem) in the page's language."""
    return words.say(_language()) if isinstance(words, Words | Problem) else (words or "")


@register.filter
def said_in(words: Words, language: str) -> str:
    """A business's words in a customer's language."""
    return words.say(language)


@register.filter
def day(value: date | None) -> str:
    """``11月22日 周日``."""
    return formats.day_words(value, _language()) if value else ""


@register.filter
def near(value: date | datetime | None) -> str:
    """Today, tomorrow, yesterday in words; the clock for moments."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return formats.near_moment(value, business_clock.now(), _language())
    return formats.near_day(value, business_clock.today(), _language())


@register.filter
def clock(value: datetime | None) -> str:
    """``09:30``."""
    return formats.clock(value) if value else ""


@register.filter
def many(value: int | None) -> str:
    """``22,620``; a dash where nobody knows."""
    return "–" if value is None else f"{value:,}"


@register.filter
def money(value: Decimal | float | None) -> str:
    """``¥1,280.00``."""
    return formats.money(value)


@register.filter
def get(mapping: dict[str, Any] | None, key: str) -> Any:
    """The value of a key in a mapping, or nothing."""
    return (mapping or {}).get(key)
