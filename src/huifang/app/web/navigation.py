"""What stands in the sidebar: one line for each area, shown to those whose role has its action."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huifang.app import access
from huifang.app.records.models import Staff


@dataclass(frozen=True, slots=True)
class Area:
    """One area of the product: the name of its first route, its words, its icon, the action that opens it."""

    route: str
    title: str | Promise
    icon: str
    action: str
    managing: bool = False
    """Stands in the second group."""


@dataclass(frozen=True, slots=True)
class Link:
    """An area as one person sees it on one page."""

    title: str
    icon: str
    url: str
    here: bool
    managing: bool


AREAS: tuple[Area, ...] = (
    Area("today", _("Today"), "phone-call", access.WORK),
    Area("day", _("The day"), "gauge", access.SEE_DAY),
    Area("closing", _("Day closing"), "clipboard-check", access.SEE_DAY),
    Area("reviews", _("Reviews"), "search-check", access.REVIEW),
    Area("customers", _("Customers"), "users", access.SEE_CUSTOMERS),
    Area("replies", _("Replies"), "message-circle-reply", access.WORK),
    Area("cases", _("Cases"), "message-square-warning", access.SEE_CUSTOMERS),
    Area("knowledge", _("Knowledge"), "library-big", access.SEE_KNOWLEDGE),
    Area("feedback", _("Feedback"), "message-square-quote", access.SEE_FEEDBACK),
    Area("notices", _("Notices"), "bell", access.SEE_CUSTOMERS),
    Area("registers", _("Registers"), "table-2", access.SEE_REGISTERS),
    Area("surveys", _("Surveys"), "clipboard-list", access.SEE_SURVEYS),
    Area("coupons", _("Coupons"), "ticket-percent", access.TAKE_COUPONS, managing=True),
    Area("causes", _("Causes"), "chart-bar-decreasing", access.SEE_CAUSES, managing=True),
    Area("measures", _("Measures"), "target", access.SEE_CUSTOMERS, managing=True),
    Area("overview", _("Figures"), "chart-line", access.SEE_INDICATORS, managing=True),
    Area("reports", _("Reports"), "file-chart-column", access.SEE_INDICATORS, managing=True),
    Area("scores", _("Score cards"), "clipboard-list", access.SEE_SCORES, managing=True),
    Area("plan", _("Plan"), "calendar-cog", access.PLAN, managing=True),
    Area("outbox", _("Outbox"), "send", access.SEE_OUTBOX, managing=True),
    Area("imports", _("Imports"), "file-up", access.IMPORT, managing=True),
    Area("playbooks", _("Playbooks"), "book-open", access.SEE_PLAYBOOKS, managing=True),
    Area("settings", _("Settings"), "settings", access.MANAGE_STAFF, managing=True),
    Area("audit", _("Audit trail"), "scroll-text", access.SEE_AUDIT, managing=True),
)


def links_for(staff: Staff, path: str) -> list[Link]:
    """The areas a person may open; `here` where the page at `path` belongs to the area."""
    rows = []
    for area in AREAS:
        if access.may(staff, area.action):
            url = reverse(area.route)
            rows.append(Link(str(area.title), area.icon, url, path.startswith(url), area.managing))
    return rows


def home_of(staff: Staff) -> str:
    """Where a person lands after signing in: the first area they may open."""
    for area in AREAS:
        if access.may(staff, area.action):
            return reverse(area.route)
    return reverse("password")
