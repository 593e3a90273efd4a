"""When, and through what, a follow-up is tried again after one more attempt: nothing is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from huifang.app.business_time import business_day
from huifang.app.queries.contact_facts import clock_of, hours_of
from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.reach import best_point
from huifang.app.records.models import FollowUp
from huifang.app.records.prepared import Row
from huifang.domain.calendars import WorkingCalendar
from huifang.domain.contact import Channel
from huifang.domain.fallback import FallbackRule
from huifang.domain.next_steps import NextKind, NextStep, TimeOfDay, after_attempt, instead
from huifang.domain.outcomes import outcome_of
from huifang.domain.windows import day_part
from huifang.playbooks.schema import Attempts, Playbook, Programme

BY_PERSON = (Channel.PHONE, Channel.VISIT, Channel.WECOM, Channel.LETTER)
"""Channels on which a person makes the contact."""


@dataclass(frozen=True, slots=True)
class Result:
    """The next step: `next_at` later the same day (UTC), or `next_on` a later day; neither where nothing more is tried."""

    kind: NextKind
    next_at: datetime | None = None
    next_on: date | None = None
    message: Channel | None = None
    """The channel that takes over from `next_at` on, and sends by itself."""
    agreed: datetime | None = None
    """The moment that was promised to the customer, today or later."""


@dataclass(frozen=True, slots=True)
class Chances:
    """What decides whether and when a follow-up is tried again: counted attempts so far, the moment after which nothing is tried, hours."""

    rule: Attempts
    made: int
    expires: datetime
    when: TimeOfDay
    fallback: FallbackRule | None = None
    vain: int = 0
    """Tries before this one that reached nobody, and in `parts` the parts of the day of all of them."""
    parts: int = 1
    ways: frozenset[Channel] = frozenset()
    """What a message could go out through."""

    def after(self, code: str, now: datetime, callback_at: datetime | None = None) -> NextStep:
        """The next step after an outcome at `now`."""
        rule, fallback = self.rule, self.fallback
        step = after_attempt(code, self.made, rule.at_most, now, rule.retry, self.when, callback_at=callback_at, expires=self.expires)
        if fallback is None or outcome_of(code).reached:
            return step
        return instead(step, fallback.way(self.ways), now, due=fallback.due(self.vain + 1, self.parts))


def chances(
    followup: FollowUp, rows: CustomerRows, behind: list[Row], playbook: Playbook, begun: datetime, calendar: WorkingCalendar | None
) -> Chances:
    """Of a follow-up whose present attempt began at `begun`; `calendar` may be left out where no wait counts in working days."""
    programme, zone = playbook.programmes[followup.programme], clock_of(rows.customer, playbook)
    earlier = [row["at"] for row in rows.attempts if row["followup_id"] == followup.pk]
    tried = frozenset(day_part(at, zone) for at in (*earlier, begun))
    open_ones = [row for row in behind if row["open"]]
    made = max((row["attempts"] for row in open_ones), default=followup.attempts_made)
    expires = max((row["expires"] for row in open_ones), default=followup.deadline)
    spread = max(programme.attempts.day_parts, programme.fallback.day_parts if programme.fallback else 1)
    when = TimeOfDay(zone, hours_of(programme, playbook), calendar, spread, tried)
    found = Chances(programme.attempts, made, datetime.combine(expires + timedelta(days=1), time.min, zone).astimezone(UTC), when)
    if programme.fallback is None:
        return found
    since = min((row["due"] for row in open_ones), default=followup.day)
    vain = [row["at"] for row in rows.attempts if _in_vain(row, followup.programme) and row["day"] >= since]
    parts = {day_part(at, zone) for at in (*vain, begun)}
    return replace(found, fallback=programme.fallback.rule, vain=len(vain), parts=len(parts), ways=ways(rows, followup.purpose))


def _in_vain(row: Row, programme: str) -> bool:
    """Whether an attempt of the programme reached nobody, and that is known."""
    return row["programme"] == programme and row["outcome"] not in ("", "unknown") and not row["reached"]


def landing(followup: FollowUp, begins: datetime, now: datetime, next_on: date | None = None, *, agreed: bool = False) -> Result:
    """Later today it stays on the list; on a later day this follow-up is done and its occurrences wait for that day's plan."""
    today = business_day(now)
    in_time = begins < followup.closes_at or agreed
    if in_time and business_day(begins) == today and next_on in (None, today):
        return Result(NextKind.RETRY, next_at=begins)
    return Result(NextKind.RETRY, next_on=max(next_on or business_day(begins), today + timedelta(days=1)))


def ways(rows: CustomerRows, purpose: str, but: int | None = None) -> frozenset[Channel]:
    """Channels with a usable number or address (`but` is one that is not) that the customer has not refused for this purpose."""
    points = [row for row in rows.points if row["usable"] and row["id"] != but]
    return frozenset(channel for channel in Channel if best_point(points, channel) and not _refused(rows, purpose, channel))


def _refused(rows: CustomerRows, purpose: str, channel: Channel) -> bool:
    return any(rows.said.get((why, how)) is False for why in (purpose, "any") for how in (channel.value, "any"))


def another_way(followup: FollowUp, rows: CustomerRows, programme: Programme, wrong: int | None) -> str:
    """The next way that reaches the customer where the contact point `wrong` does not; empty where there is none.

    Another point of the channel, else the programme's next channel that a person uses.
    """
    points = [row for row in rows.points if row["usable"] and row["id"] != wrong]
    wanted = (Channel(followup.channel), *programme.through)
    return next((channel.value for channel in wanted if channel in BY_PERSON and best_point(points, channel)), "")


def message_way(followup: FollowUp, rows: CustomerRows, programme: Programme, wrong: int | None) -> Channel | None:
    """The channel of the programme's fallback that reaches the customer where the contact point `wrong` does not."""
    rule = programme.fallback
    return rule.rule.way(ways(rows, followup.purpose, but=wrong)) if rule is not None else None
