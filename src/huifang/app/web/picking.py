"""Which day, branch and page a request asks for. What cannot be read is as if it were not there."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest

from huifang.app import business_clock
from huifang.app.access import branches_for
from huifang.app.business_time import business_day
from huifang.app.records.models import Branch, Staff

_FIRST, _LAST = date(1900, 1, 1), date(2199, 12, 31)
"""The days a page can be asked for: from each of them one can count years back and on."""


def read_day(text: str) -> date | None:
    """``2026-11-20``; nothing where it is no day, or none of these centuries."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _FIRST <= day <= _LAST else None


def day_of(request: HttpRequest) -> date:
    """``?day=2026-11-20``, else today in the business's time."""
    return read_day(request.GET.get("day", "")) or business_day(business_clock.now())


def number_of(request: HttpRequest, name: str) -> int | None:
    """A whole number from the query."""
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 12 else None


def after_of(request: HttpRequest) -> str:
    """``?after=…``, the place behind which a page begins."""
    return request.GET.get("after", "")[:400]


def branches(staff: Staff) -> list[Branch]:
    """The branches a person may choose from, by code."""
    return list(branches_for(staff).filter(active=True).order_by("code"))


def branch_of(request: HttpRequest, choice: list[Branch]) -> Branch | None:
    """The chosen one of them; nothing for all."""
    wanted = number_of(request, "branch")
    return next((branch for branch in choice if branch.pk == wanted), None)
