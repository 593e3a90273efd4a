"""What channels send by themselves: a day's messages with their state, and all those of which nobody knows whether they arrived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, CharField, Prefetch, QuerySet, Value, When

from huifang.app.access import followups_for, messages_for
from huifang.app.queries.accounting import PARTS, Account, account, planned_messages, with_standing
from huifang.app.queries.glance import masked
from huifang.app.queries.pages import COUNTED, counted, page_behind
from huifang.app.queries.timeline import Names
from huifang.app.records.models import Attempt, FollowUp, Message, Staff
from huifang.domain.contact import CHANNEL_WORDS, Channel
from huifang.domain.words import Words

PAGE = 50
STATE_WORDS = {
    "pending": Words("待发送", "Waiting"),
    "sent": Words("已发送", "Sent"),
    "failed": Words("发送失败", "Failed"),
    "unknown": Words("结果不明", "Not known"),
    "blocked": Words("已拦截", "Blocked"),
}
TONES = {"pending": "line", "sent": "good", "failed": "bad", "unknown": "warn", "blocked": ""}


@dataclass(frozen=True, slots=True)
class Line:
    """One message: `id` is 0 while none is written yet; `to` is masked; `why` says what a rule or the channel said."""

    id: int
    customer_id: int
    customer: str
    programme: str
    channel: str
    to: str
    state: str
    subject: str
    text: str
    why: str
    rule: str
    at: datetime | None

    @property
    def state_words(self) -> Words:
        """The state as it is shown."""
        return STATE_WORDS[self.state]

    @property
    def tone(self) -> str:
        """The colour of the state."""
        return TONES[self.state]


@dataclass(frozen=True, slots=True)
class OutboxPage:
    """A day's account (on the first page, and not of a day with more messages than were counted), lines of one state (or all), where the
    next page begins (empty on the last), how many are to be settled (`pages.counted`).
    """

    account: Account | None
    uncounted: bool
    lines: tuple[Line, ...]
    after: str
    unsettled: int | str


def outbox_page(
    staff: Staff, names: Names, day: date, language: str, show: str = "", after: str = "", *, whole: bool = False
) -> OutboxPage:
    """A page of `day` in the person's scope; `show` is a part of the account; ``unknown`` shows those of every day. More than `COUNTED`
    messages are only counted when the `whole` account is asked for. At most five queries.
    """
    mine = followups_for(staff)
    unsettled = messages_for(staff).filter(attempt__state=Attempt.State.UNKNOWN)
    number = counted(unsettled)
    if show == "unknown":
        page = page_behind(unsettled.select_related("followup__customer", "attempt__contact_point"), ("-at", "-pk"), after, PAGE)
        lines = [_line(message.followup, message, show, names, language) for message in page.rows]
        following = page.after
    else:
        lines, following = _of_day(mine, names, day, language, show, after)
    uncounted = not after and not whole and planned_messages(mine, day)[: COUNTED + 1].count() > COUNTED
    return OutboxPage(None if after or uncounted else account(mine, day), uncounted, tuple(lines), following, number)


def _of_day(mine: QuerySet[FollowUp], names: Names, day: date, language: str, show: str, after: str) -> tuple[list[Line], str]:
    """In the order of the plan, so that a message that leaves meanwhile keeps its place."""
    standing = Case(*(When(condition, then=Value(name)) for name, condition in PARTS.items()), output_field=CharField())
    rows = with_standing(planned_messages(mine, day)).annotate(standing=standing)
    rows = rows.filter(PARTS[show]) if show in PARTS else rows
    said = Prefetch("messages", Message.objects.select_related("attempt__contact_point").order_by("pk"))
    page = page_behind(rows.select_related("customer").prefetch_related(said), ("position", "pk"), after, PAGE)
    return [_line(row, next(reversed(row.messages.all()), None), row.standing, names, language) for row in page.rows], page.after


def _line(followup: FollowUp, message: Message | None, state: str, names: Names, language: str) -> Line:
    channel = CHANNEL_WORDS[Channel(followup.channel)].say(language)
    base = (followup.customer_id, followup.customer.name, names.programme(followup.programme), channel)
    if message is None:
        return Line(0, *base, "", state, "", "", "", "", followup.next_at or followup.opens_at)
    point = message.attempt.contact_point if message.attempt else None
    why = str(message.words.get("zh" if language.startswith("zh") else "en", ""))
    to = masked(point.value, point.kind) if point else ""
    return Line(message.pk, *base, to, state, message.subject, message.text, why, message.rule, message.at)
