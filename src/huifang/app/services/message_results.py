"""What becomes of a follow-up when its message was sent, failed, was blocked, or nobody knows. The caller holds the customer's row."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import BigAutoField, F, QuerySet

from huifang.app.access import SEE_OUTBOX, messages_for, require
from huifang.app.business_time import business_day
from huifang.app.calendars import working_calendar
from huifang.app.queries.contact_facts import calendar_name, clock_of
from huifang.app.queries.customer_rows import Asked, CustomerRows
from huifang.app.queries.playbooks import playbook_of
from huifang.app.reach import best_point
from huifang.app.records.models import Attempt, Customer, FollowUp, Message, Occurrence, Promise, Staff
from huifang.app.records.prepared import PreparedUpdate
from huifang.app.services import audit, customers
from huifang.app.services.falling_back import onward
from huifang.app.services.followups import lock_customer
from huifang.app.services.notices import SUPERVISORS, people_of, tell
from huifang.channels.driver import Receipt, ReceiptState
from huifang.domain.calendars import later
from huifang.domain.contact import Channel
from huifang.domain.errors import Conflict, Problem
from huifang.domain.outcomes import OUTCOMES
from huifang.domain.words import Words

_CLOSED_UNKNOWN = "unknown"
_END_ATTEMPT = PreparedUpdate(
    lambda attempt: Attempt.objects.filter(id=attempt), ("state", "ended_at", "outcome", "reached", "counted"), attempt=BigAutoField()
)
_SAY = PreparedUpdate(lambda message: Message.objects.filter(id=message), ("words", "reference"), message=BigAutoField())


@dataclass(frozen=True, slots=True)
class Ended:
    """An attempt that is over, with the rows around it."""

    followup: FollowUp
    customer: Customer
    attempt: Attempt
    message: Message


def sent(what: Ended, receipt: Receipt, now: datetime) -> None:
    """Write down in the ledger that it was sent; what follows from it is `finish_sent`'s."""
    _close(what, "sent", receipt.words, now, receipt.reference)


def finish_sent(followup_ids: Collection[int], now: datetime) -> None:
    """What follows for follow-ups in a channel's hand whose messages were sent: they are done, and so is what is behind them."""
    behind = Occurrence.objects.filter(followup__in=followup_ids, open=True)
    Promise.objects.filter(occurrence__followup__in=followup_ids, open=True).update(open=False)
    behind.update(open=False, closed_as="done", next_on=None, attempts=F("attempts") + 1)
    FollowUp.objects.filter(pk__in=followup_ids).update(
        state=FollowUp.State.DONE, outcome="sent", done_at=now, next_at=None, lease_until=None, attempts_made=F("attempts_made") + 1
    )


def not_sent(what: Ended, receipt: Receipt, now: datetime) -> str:
    """Write down a receipt that does not say ``sent``: ``failed``, ``unknown`` or ``waiting`` (to be tried again today)."""
    if receipt.state is ReceiptState.UNKNOWN:
        return unknown(what, receipt.words, now)
    return _failed(what, receipt, now)


def unknown(what: Ended, words: Words, now: datetime) -> str:
    """Nobody knows whether it arrived: it is not sent again, its occurrences leave the plan, and a person is told to look."""
    _close(what, "unknown", words, now)
    _occurrences(what.followup).update(open=False, closed_as=_CLOSED_UNKNOWN, next_on=None, attempts=F("attempts") + 1)
    note = Words("有一条消息不知是否送达，请在“发件箱”核实。", "Nobody knows whether a message arrived: please look in the outbox.")
    tell(people_of(what.followup.branch, SUPERVISORS), note, f"message:{what.message.pk}", now)
    return _finish(what.followup, FollowUp.State.DONE, "unknown", now, made=1)


def blocked(asked: Asked, rule: str, words: Words, next_allowed: datetime | None, now: datetime) -> str:
    """A rule forbids it: later today where the rule says so, else at once over the fallback's next channel, else the plan of a later day
    decides. The rule is kept.
    """
    followup = asked.followup
    if next_allowed is not None and now < next_allowed < followup.closes_at:
        return _wait(followup, next_allowed)
    Message.objects.create(followup=followup, channel=followup.channel, rule=rule, words={"zh": words.zh, "en": words.en}, at=now)
    onwards = _onward(followup, asked.rows, now)
    if onwards is not None:
        return _wait(followup, onwards)
    _put_off(followup, next_allowed, now)
    return _finish(followup, FollowUp.State.WITHDRAWN, followup.outcome, now, state="blocked")


def stopped(followup: FollowUp, rule: str, words: Words, now: datetime) -> str:
    """A person has stopped it for good: it is not sent, and its occurrences leave the plan. The rule is kept."""
    Message.objects.create(followup=followup, channel=followup.channel, rule=rule, words={"zh": words.zh, "en": words.en}, at=now)
    Promise.objects.filter(occurrence__followup=followup, open=True).update(open=False)
    _occurrences(followup).update(open=False, closed_as="stopped", next_on=None)
    return _finish(followup, FollowUp.State.WITHDRAWN, followup.outcome, now, state="blocked")


def answer_unknown(by: Staff, message_id: int, now: datetime, *, arrived: bool) -> None:
    """A person has found out what became of a message. One that did not arrive is planned again from tomorrow."""
    require(by, SEE_OUTBOX)
    with transaction.atomic():
        message = messages_for(by).select_related("attempt").filter(pk=message_id).first()
        if message is not None:
            lock_customer(message.followup_id)
        settled = Attempt.objects.filter(message__pk=message_id, state=Attempt.State.UNKNOWN)
        outcome = OUTCOMES["delivered" if arrived else "failed"]
        values = {"state": Attempt.State.ENDED, "outcome": outcome.code, "reached": outcome.reached, "counted": outcome.counted}
        if message is None or not settled.update(ended_at=now, **values):
            raise Conflict(
                Problem(
                    "message.settled",
                    Words("这条消息已经核实过，或不在您的范围内。", "This message has been settled already, or is not yours to see."),
                    Words("请刷新页面。", "Reload the page."),
                )
            )
        gone = Occurrence.objects.filter(followup=message.followup_id, closed_as=_CLOSED_UNKNOWN)
        if arrived:
            gone.update(closed_as="done")
        else:
            gone.update(open=True, closed_as="", next_on=business_day(now) + timedelta(days=1), attempts=F("attempts") - 1)
        FollowUp.objects.filter(pk=message.followup_id, outcome="unknown").update(outcome=outcome.code)
        audit.write(by, "message.settled", f"message:{message_id}", arrived=arrived)


def _failed(what: Ended, receipt: Receipt, now: datetime) -> str:
    followup, channel, point = what.followup, Channel(what.attempt.channel), what.attempt.contact_point
    code = "failed"
    if receipt.permanent:
        code = "bounced" if channel is Channel.EMAIL else "invalid_number"
    _close(what, code, receipt.words, now, receipt.reference)
    if receipt.permanent and point is not None:
        customers.mark_contact_point(None, point, False, now)
    again = _again_today(what, now, permanent=receipt.permanent) or _onward(followup, CustomerRows(what.customer), now)
    if again is not None:
        followup.outcome = code
        return _wait(followup, again)
    _put_off(followup, None, now)
    return _finish(followup, FollowUp.State.DONE, code, now, state="failed")


def _again_today(what: Ended, now: datetime, *, permanent: bool) -> datetime | None:
    """When it is tried again today: at once at another address, else after the programme's wait, as often as it says; None: not today."""
    followup = what.followup
    playbook = playbook_of(followup.playbook_version)
    rule = playbook.programmes[followup.programme].attempts
    if Attempt.objects.filter(followup=followup).count() >= rule.at_most:
        return None
    if permanent:
        points = [row for row in CustomerRows(what.customer).points if row["usable"]]
        return now if best_point(points, Channel(what.attempt.channel)) else None
    wait = rule.retry.get("failed") or OUTCOMES["failed"].retry
    assert wait is not None  # noqa: S101 - a failed message has a wait of its own
    calendar = working_calendar(calendar_name(what.customer, playbook), business_day(now))
    begins = later(now, wait, clock_of(what.customer, playbook), calendar)
    return begins if begins < followup.closes_at else None


def _onward(followup: FollowUp, rows: CustomerRows, now: datetime) -> datetime | None:
    """When the fallback's next channel takes over; None where there is none."""
    way = onward(followup, rows, playbook_of(followup.playbook_version))
    if way is None:
        return None
    followup.channel = way.value
    return now


def _close(what: Ended, code: str, words: Words, now: datetime, reference: str = "") -> None:
    attempt, outcome = what.attempt, OUTCOMES[code]
    attempt.state = Attempt.State.UNKNOWN if code == "unknown" else Attempt.State.ENDED
    _END_ATTEMPT(attempt=attempt.pk, state=attempt.state, ended_at=now, outcome=code, reached=outcome.reached, counted=outcome.counted)
    _SAY(message=what.message.pk, words={"zh": words.zh, "en": words.en}, reference=reference[:120])


def _occurrences(followup: FollowUp) -> QuerySet[Occurrence]:
    return Occurrence.objects.filter(followup=followup, open=True)


def _put_off(followup: FollowUp, until: datetime | None, now: datetime) -> None:
    """The plan of a later day decides again: over the programme's next channel where this one does not reach any more."""
    tomorrow = business_day(now) + timedelta(days=1)
    _occurrences(followup).update(next_on=max(tomorrow, business_day(until)) if until else tomorrow)


def _wait(followup: FollowUp, until: datetime) -> str:
    followup.state, followup.next_at, followup.lease_until = FollowUp.State.OPEN, until, None
    followup.save(update_fields=["state", "next_at", "lease_until", "outcome", "channel"])
    return "waiting"


def _finish(followup: FollowUp, closed: str, outcome: str, now: datetime, *, made: int = 0, state: str = "") -> str:
    followup.state, followup.outcome, followup.done_at = closed, outcome, now
    followup.next_at = followup.lease_until = None
    followup.attempts_made += made
    followup.save(update_fields=["state", "outcome", "done_at", "next_at", "lease_until", "attempts_made"])
    return state or outcome
