"""What customers have written back and nobody has read yet, and all of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from huifang.app.access import incoming_for
from huifang.app.queries.glance import masked
from huifang.app.queries.pages import counted, page_behind
from huifang.app.reach import POINT_KINDS
from huifang.app.records.models import Incoming, Staff
from huifang.domain.contact import CHANNEL_WORDS, Channel

PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One reply; `customer_id` is 0 where nobody knows who wrote, then `name` is the masked number or address."""

    id: int
    customer_id: int
    name: str
    channel: str
    kind: str
    tone: str
    text: str
    answered: str
    owner: str
    at: datetime
    read_by: str
    read: bool


@dataclass(frozen=True, slots=True)
class RepliesPage:
    """A page of lines, where the next one begins (empty on the last), and how many are unread in all (`pages.counted`)."""

    lines: tuple[Line, ...]
    after: str
    unread: int | str


def replies_page(staff: Staff, language: str, show: str = "", after: str = "") -> RepliesPage:
    """Unread replies in the person's scope, newest first; every one with `show` ``all``. Two queries."""
    mine = incoming_for(staff)
    unread = mine.filter(read_at=None)
    rows = (mine if show == "all" else unread).select_related("customer__owner", "message", "read_by")
    page = page_behind(rows, ("-at", "-pk"), after, PAGE)
    return RepliesPage(tuple(_line(row, language) for row in page.rows), page.after, counted(unread))


def _line(row: Incoming, language: str) -> Line:
    customer, channel = row.customer, Channel(row.channel)
    kind = (POINT_KINDS[channel] or ("phone",))[0]
    name = customer.name if customer else masked(row.sender, kind)
    owner = customer.owner.name if customer and customer.owner else ""
    return Line(
        row.pk, customer.pk if customer else 0, name, CHANNEL_WORDS[channel].say(language), str(Incoming.Kind(row.kind).label),
        "accent" if row.kind == Incoming.Kind.REPLY else "bad", row.text, row.message.text if row.message else "", owner, row.at,
        row.read_by.name if row.read_by else "", row.read_at is not None,
    )  # fmt: skip
