"""What stands in the sidebar: one line for each area, by groups, shown to those whose role has its action."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huifang.app import access
from huifang.app.records.models import ChannelSetting, Role, Staff
from huifang.domain.contact import Channel


@dataclass(frozen=True, slots=True)
class Area:
    """One area of the product: the name of its first route, its words, its icon, the action that opens it."""

    route: str
    title: str | Promise
    icon: str
    action: str
    managing: bool = False
    """Where no group names it, it stands in the last group, not in the first."""
    there: Callable[[], bool] | None = None
    """Whether there is anything to open, asked of those who may open it; None: always."""


@dataclass(frozen=True, slots=True)
class Group:
    """Areas that stand together under a heading; the first group stands without one."""

    title: str | Promise
    icon: str
    routes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """An area as one person sees it on one page; `group` and `group_icon` are those of its group."""

    title: str
    icon: str
    url: str
    here: bool
    group: str
    group_icon: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """A group as one person sees it on one page: folded where there are too many areas and the page is in another one."""

    title: str
    icon: str
    links: tuple[Link, ...]
    open: bool


def _dialler_is_set_up() -> bool:
    """One query."""
    return ChannelSetting.objects.filter(channel=Channel.PHONE.value).exclude(driver="").exists()


AREAS: tuple[Area, ...] = (
    Area("today", _("Today"), "phone-call", access.WORK),
    Area("day", _("The day"), "gauge", access.SEE_DAY),
    Area("closing", _("Day closing"), "clipboard-check", access.SEE_DAY),
    Area("schedule", _("Schedule"), "calendar-range", access.PLAN_WEEK),
    Area("absences", _("Absences"), "arrow-right-left", access.HAND_OVER),
    Area("reviews", _("Reviews"), "search-check", access.REVIEW),
    Area("customers", _("Customers"), "users", access.SEE_CUSTOMERS),
    Area("replies", _("Replies"), "message-circle-reply", access.WORK),
    Area("cases", _("Cases"), "message-square-warning", access.SEE_CUSTOMERS),
    Area("knowledge", _("Knowledge"), "library-big", access.SEE_KNOWLEDGE),
    Area("training", _("Training"), "graduation-cap", access.SEE_KNOWLEDGE),
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
    Area("dialling", _("Dialler"), "phone-forwarded", access.DIAL, managing=True, there=_dialler_is_set_up),
    Area("outbox", _("Outbox"), "send", access.SEE_OUTBOX, managing=True),
    Area("imports", _("Imports"), "file-up", access.IMPORT, managing=True),
    Area("playbooks", _("Playbooks"), "book-open", access.SEE_PLAYBOOKS, managing=True),
    Area("settings", _("Settings"), "settings", access.MANAGE_STAFF, managing=True),
    Area("audit", _("Audit trail"), "scroll-text", access.SEE_AUDIT, managing=True),
)


GROUPS: tuple[Group, ...] = (
    Group("", "", ("today", "day", "customers", "cases", "replies", "knowledge", "notices")),
    Group(_("Voice of the customer"), "message-square-quote", ("feedback", "surveys", "causes", "measures")),
    Group(_("Shifts and training"), "calendar-range", ("schedule", "absences", "training")),
    Group(_("Checks and scores"), "search-check", ("closing", "reviews", "scores")),
    Group(_("Numbers"), "chart-line", ("overview", "registers", "reports")),
    Group(_("Planning and sending"), "calendar-cog", ("plan", "playbooks", "dialling", "outbox", "coupons", "imports")),
    Group(_("Management"), "settings", ("settings", "audit")),
)
"""An area that no group names stands in the last group where it is for managing, else in the first."""
UNFOLDED = 14
"""With so many areas or fewer, every group is open."""


def links_for(staff: Staff, path: str) -> list[Link]:
    """The areas a person may open and that are there, in the order of the groups; `here` where the page at `path` belongs to it."""
    named = {route: (number, place) for number, group in enumerate(GROUPS) for place, route in enumerate(group.routes)}
    found: list[tuple[tuple[int, int], Link]] = []
    for area in AREAS:
        if not access.may(staff, area.action):
            continue
        url = _address(area.route)
        if area.there is None or path.startswith(url) or area.there():
            where = named.get(area.route, (len(GROUPS) - 1 if area.managing else 0, len(AREAS)))
            group = GROUPS[where[0]]
            found.append((where, Link(str(area.title), area.icon, url, path.startswith(url), str(group.title), group.icon)))
    return [link for _where, link in sorted(found, key=lambda each: each[0])]


@cache
def _address(route: str) -> str:
    return reverse(route)


def shelves(links: Sequence[Link]) -> list[Shelf]:
    """The links by their groups, in their order. A group of one link stands without its heading, beside others of its kind."""
    open_all = len(links) <= UNFOLDED
    size = Counter(link.group for link in links)

    def heading(link: Link) -> tuple[str, str]:
        return (link.group, link.group_icon) if size[link.group] > 1 else ("", "")

    return [
        Shelf(title, icon, found, open_all or any(link.here for link in found))
        for (title, icon), each in groupby(links, key=heading)
        for found in (tuple(each),)
    ]


_FIRST_PAGES = {
    Role.SUPERVISOR: "day", Role.MANAGER: "overview", Role.REVIEWER: "reviews", Role.ADMINISTRATOR: "settings",
}  # fmt: skip
"""Where a role's own work begins, for those who have no follow-ups of their own to do."""


def home_of(staff: Staff, *, busy: bool = False) -> str:
    """Where a person lands after signing in: with follow-ups of their own to do (`busy`) on their list, else on their role's first page,
    else on the first area that they may open.
    """
    first = () if busy else (area for area in AREAS if area.route == _FIRST_PAGES.get(Role(staff.role)))
    for area in (*first, *AREAS):
        if access.may(staff, area.action):
            return reverse(area.route)
    return reverse("password")
