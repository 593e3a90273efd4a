"""Small parts and formats of the supervisor's and manager's pages."""

from __future__ import annotations

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from huifang.app.records.models import Case

register = template.Library()
_CASE_TONES = {"open": "bad", "answered": "warn", "solved": "good", "closed": ""}


@register.filter
def share(part: int, whole: int) -> str:
    """``64 %`` of a whole; nothing of nothing."""
    return f"{100 * part / whole:.0f} %" if whole else ""


@register.filter
def add_text(text: str, more: object) -> str:
    """One text after another."""
    return f"{text}{more}"


@register.simple_tag
def customer_url(customer_id: int) -> str:
    """A customer's page."""
    return _page("customer", customer_id)


@register.simple_tag
def case_url(case_id: int) -> str:
    """A case's page."""
    return _page("case", case_id)


def _page(route: str, number: int) -> str:
    try:
        return reverse(route, args=[number])
    except NoReverseMatch:
        return f"/{route}s/{number}/"


@register.simple_tag
def case_badge(state: str) -> SafeString:
    """A case's state as a badge."""
    tone = _CASE_TONES.get(state, "")
    return format_html('<span class="badge{}">{}</span>', f" badge-{tone}" if tone else "", Case.State(state).label)
