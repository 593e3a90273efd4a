"""Who followed the links in messages: counted over many messages, and as moments of one customer."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from huifang.app.queries.accounting import PARTS, with_standing
from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.queries.timeline import Moment, Names
from huifang.app.records.models import FollowUp, MessageLink


@dataclass(frozen=True, slots=True)
class LinkLine:
    """One link: in how many messages it went out, and how many of them were followed at least once."""

    title: str
    sent: int
    clicked: int


def link_lines(followups: QuerySet[FollowUp], names: Names) -> list[LinkLine]:
    """Each link in those messages of the follow-ups that were sent. One query."""
    sent = with_standing(followups).filter(PARTS["sent"]).order_by().values("pk")
    rows = MessageLink.objects.filter(followup__in=sent).values_list("followup__playbook_version__playbook", "link")
    counted = rows.annotate(sent=Count("pk"), clicked=Count("clicked_at")).order_by("followup__playbook_version__playbook", "link")
    return [LinkLine(names.link(key), sent, clicked) for _playbook, key, sent, clicked in counted]


def click_moments(rows: CustomerRows, names: Names, limit: int) -> list[Moment]:
    """The links that the customer followed. One query where anything has been sent."""
    if all(row["staff_id"] for row in rows.attempts):
        return []
    found = MessageLink.objects.filter(followup__customer=rows.customer, clicked_at__isnull=False).order_by("-clicked_at")
    clicked = found.values_list("clicked_at", "link", "followup__programme")[:limit]
    return [
        Moment(
            at, "mouse-pointer-click", _("Link followed: %(title)s") % {"title": names.link(key)}, "accent", lines=(names.programme(of),)
        )
        for at, key, of in clicked
        if at
    ]
