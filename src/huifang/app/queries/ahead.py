"""What each outcome would lead to if it were saved now, in a few words beside its key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from huifang.app.business_time import business_day
from huifang.app.calendars import working_calendar
from huifang.app.formats import clock, near_day
from huifang.app.queries.contact_facts import calendar_name
from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.queries.next_try import Chances, another_way, chances, landing, message_way
from huifang.app.reach import best_point
from huifang.app.records.models import FollowUp
from huifang.app.records.prepared import Row
from huifang.domain.contact import CHANNEL_WORDS, Channel
from huifang.domain.next_steps import NextKind
from huifang.domain.outcomes import Effect, Outcome
from huifang.domain.spans import Unit
from huifang.playbooks.schema import Playbook


@dataclass(frozen=True, slots=True)
class _Seen:
    """A follow-up in somebody's hand, as the words are made from it."""

    followup: FollowUp
    rows: CustomerRows
    playbook: Playbook
    point: int
    now: datetime
    language: str


def ahead(
    outcomes: Iterable[Outcome],
    followup: FollowUp,
    rows: CustomerRows,
    behind: list[Row],
    playbook: Playbook,
    now: datetime,
    language: str,
    point: int = 0,
) -> dict[str, str]:
    """Outcome code → what follows from it; `point` is the contact point that was used; 0: the one that would be tried first.

    No query, but one where the playbook waits for working days.
    """
    waits = playbook.programmes[followup.programme].attempts.retry.values()
    counting = any(wait.unit is Unit.WORKING_DAY for wait in waits)
    calendar = working_calendar(calendar_name(rows.customer, playbook), business_day(now)) if counting else None
    found = chances(followup, rows, behind, playbook, now, calendar)
    first = best_point(rows.points, Channel(followup.channel))
    seen = _Seen(followup, rows, playbook, point or (first["id"] if first else 0), now, language)
    return {outcome.code: _words(outcome, found, seen) for outcome in outcomes}


def _words(outcome: Outcome, found: Chances, seen: _Seen) -> str:
    said = _at_once(outcome)
    if said:
        return said
    step = found.after(outcome.code, seen.now)
    if step.kind is NextKind.DONE:
        return _("this ends the follow-up")
    if step.kind is NextKind.CHECK:
        return _("somebody has to look")
    wrong = _("number marked as wrong; ") if outcome.effect is Effect.WRONG_POINT and seen.point else ""
    if step.kind is NextKind.GIVEN_UP:
        return wrong + _("no more attempts")
    if step.message is not None:
        return _("then a message by %(channel)s") % {"channel": CHANNEL_WORDS[step.message].say(seen.language)}
    if step.another_channel:
        return wrong + _another(seen)
    return _("to a colleague; the supervisor is told") if outcome.effect is Effect.LANGUAGE else _again(step.not_before or seen.now, seen)


def _at_once(outcome: Outcome) -> str:
    match outcome.effect:
        case Effect.CALLBACK:
            return _("at the agreed time, before all else")
        case Effect.OPT_OUT:
            return _("refused on every channel, at once")
        case Effect.DECEASED:
            return _("nobody contacts them again")
    return ""


def _another(seen: _Seen) -> str:
    programme = seen.playbook.programmes[seen.followup.programme]
    way = another_way(seen.followup, seen.rows, programme, seen.point or None)
    message = None if way else message_way(seen.followup, seen.rows, programme, seen.point or None)
    if message is not None:
        return _("then a message by %(channel)s") % {"channel": CHANNEL_WORDS[message].say(seen.language)}
    if not way:
        return _("again tomorrow")
    if way == seen.followup.channel:
        return _("then another number")
    return _("then by %(channel)s") % {"channel": CHANNEL_WORDS[Channel(way)].say(seen.language)}


def _again(begins: datetime, seen: _Seen) -> str:
    lands = landing(seen.followup, begins, seen.now)
    if lands.next_at is not None:
        return _("again at %(time)s") % {"time": clock(lands.next_at)}
    assert lands.next_on is not None  # noqa: S101 - it lands on this day or on a later one
    return _("again %(day)s") % {"day": near_day(lands.next_on, business_day(seen.now), seen.language)}
