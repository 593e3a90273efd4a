"""Sending what no person is to do: each message is claimed, allowed by the gate, written down and committed, and only then handed over.

What became of it is written in a second transaction under the same fencing number. A crash between the two leaves the attempt under way:
when its lease has run out a driver that dedupes sends it again with the same key, one that can be asked is asked, and for a blind one the
attempt is `unknown` and goes to a person. One message that cannot be sent stops no other.
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from huifang.app.business_time import business_day
from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.reach import BY_ITSELF
from huifang.app.records.models import Attempt, ChannelSetting, Customer, FollowUp, Message
from huifang.app.senders import Senders, closed, senders
from huifang.app.services import gate, handed_over, mass_sending, reconciling, rendering, unsubscribing, value_reports
from huifang.app.services.followups import in_hand, lock_customer, lock_free_customer, take_for_channel
from huifang.app.services.message_results import Ended, blocked, ended, stopped, unknown
from huifang.app.services.playbooks import playbook_of
from huifang.channels import driver as port
from huifang.channels.driver import Delivery, Driver, Forgetful, Queryable, Receipt, ReceiptState, delivery_to
from huifang.domain.contact import Channel
from huifang.domain.errors import Conflict
from huifang.domain.words import Words

log = logging.getLogger("huifang.delivery")
PUT_OFF = timedelta(hours=1)
"""How long a follow-up is left alone after an error nobody foresaw."""
GIVEN_UP = timedelta(hours=24)
"""How long what a crash left is tried or asked about; then a person looks."""
_AT_A_TIME = 200
_PAUSED = ChannelSetting.State.PAUSED
_NO_ROOM = Words("无法写入发送清单，没有发送。", "The list of what is sent could not be written; nothing was sent.")
_STOPPED = Words("该渠道已停止发送。", "Sending on this channel has been stopped.")


@dataclass(frozen=True, slots=True)
class _Sending:
    """A message that is committed as being sent: the follow-up in hand under `fence`, and what its driver needs."""

    followup_id: int
    fence: int
    attempt: Attempt
    row: Message
    ticket: port.Ticket
    message: port.Message
    driver: Driver
    again: bool
    meaning: str


def deliver_due(now: datetime, limit: int = _AT_A_TIME, drivers: Senders | None = None) -> Counter[str]:
    """Send at most `limit` messages that are due at `now`; how many ended as sent, failed, unknown, blocked, waiting or in trouble.

    Any number of processes may do so side by side. What an earlier one left under way comes first.
    """
    drivers = senders() if drivers is None else drivers
    counts: Counter[str] = Counter()
    if reconciling.needed(now):
        return counts
    mass_sending.ask(now)
    for followup_id in _due(now, limit, drivers):
        try:
            state = deliver(followup_id, now, drivers)
        except Exception:
            log.exception("message of follow-up %s", followup_id)
            FollowUp.objects.filter(pk=followup_id, state=FollowUp.State.OPEN).update(next_at=now + PUT_OFF)
            state = "trouble"
        if state is not None:
            counts[state] += 1
    return counts


def anything_due(now: datetime) -> bool:
    """Whether a message is due at `now` or was left under way, or many wait for a second person's word."""
    return bool(_due(now, 1, senders())) or mass_sending.anything_to_ask(now)


def deliver(followup_id: int, now: datetime, drivers: Senders) -> str | None:
    """Send the message of one follow-up; the state it ended in, None where another process has it or its customer at this moment."""
    prepared = _prepare(followup_id, now, drivers)
    if not isinstance(prepared, _Sending):
        return prepared
    receipt = _hand_over(prepared)
    if receipt.state is ReceiptState.UNKNOWN and delivery_to(prepared.driver, prepared.message.to) is not Delivery.BLIND:
        return "waiting"  # stays in hand; asked or sent again with the same key when the lease has run out
    try:
        with transaction.atomic(durable=True):
            return ended(_locked(prepared), receipt, now)
    except Conflict:
        log.warning("follow-up %s: the answer came after the lease", followup_id)
        return "late"


def _due(now: datetime, limit: int, drivers: Senders) -> list[int]:
    """Left under way, then due: promises first, in the plan's order. What is paused waits; what is stopped is due to be blocked."""
    shut = closed()
    free = FollowUp.objects.filter(BY_ITSELF, claimed_by=None)
    left = free.filter(
        channel__in=[each.value for each in drivers if each not in shut], state=FollowUp.State.CLAIMED, lease_until__lte=Now()
    )
    found = list(left.order_by("lease_until").values_list("pk", flat=True)[:limit])
    waiting = free.filter(channel__in=[each.value for each in drivers if shut.get(each) != _PAUSED]).filter(
        Q(next_at=None) | Q(next_at__lte=now), state=FollowUp.State.OPEN, day=business_day(now), opens_at__lte=now, closes_at__gt=now
    )
    waiting = waiting.exclude(mass_sending.held(now))
    return found + list(waiting.order_by("-promised", "position", "pk").values_list("pk", flat=True)[: limit - len(found)])


def _prepare(followup_id: int, now: datetime, drivers: Senders) -> _Sending | str | None:
    """Claim, ask the gate, write the attempt and its words; all committed, or nothing."""
    with transaction.atomic(durable=True):
        customer = lock_free_customer(followup_id)
        taken = take_for_channel(followup_id) if customer is not None else None
        if customer is None or taken is None:
            return None
        followup, left = taken
        followup.customer = customer
        driver = drivers[Channel(followup.channel)]
        begun = _begun(followup) if left else None
        shut = closed().get(Channel(followup.channel))
        if shut is not None:
            return _held_back(followup, begun, shut, now)
        if begun is not None:
            return _left_under_way(followup, customer, begun, driver, now)
        if (word := mass_sending.state_of(followup)) in ("waiting", "stopped"):
            return _put_back(followup) if word == "waiting" else stopped(followup, "mass.stopped", mass_sending.STOPPED, now)
        lost = reconciling.lost_attempt(followup, customer, now)
        if lost is not None:
            message = Message.objects.create(followup=followup, attempt=lost, channel=followup.channel, driver=driver.name, at=now)
            return unknown(Ended(followup, customer, lost, message), reconciling.WORDS, now)
        try:
            book = playbook_of(followup.playbook_version)
            written = rendering.write(followup, customer, Channel(followup.channel), book, now)
            files = value_reports.files_of(followup, customer, book, written.content, now)
            allowed = gate.allow_in_hand(followup, CustomerRows(customer), now)
        except rendering.Unwritable as error:
            problem = error.problems[0]
            return blocked(followup, problem.code, problem.what, None, now)
        except gate.ContactRefused as refused:
            return blocked(followup, refused.rule, refused.words, refused.next_allowed, now)
        message = Message.objects.create(
            followup=followup, attempt=allowed, channel=followup.channel, driver=driver.name, content=written.content,
            language=written.language, subject=written.subject, text=written.text, at=now,
        )  # fmt: skip
        return _sending(followup, message, driver, again=False, values=written.values, files=files)


def _begun(followup: FollowUp) -> Message | None:
    """The message that was under way when a process left the follow-up."""
    under_way = Message.objects.filter(followup=followup, attempt__state=Attempt.State.ATTEMPTING)
    return under_way.select_related("attempt__contact_point").first()


def _held_back(followup: FollowUp, begun: Message | None, shut: str, now: datetime) -> str:
    """A channel is paused or stopped: what was left under way stays so, the rest waits or is blocked."""
    if begun is None and shut != _PAUSED:
        return blocked(followup, "channel.stopped", _STOPPED, None, now)
    return "held back" if begun is not None else _put_back(followup)


def _put_back(followup: FollowUp) -> str:
    FollowUp.objects.filter(pk=followup.pk).update(state=FollowUp.State.OPEN, lease_until=None)
    return "held back"


def _left_under_way(followup: FollowUp, customer: Customer, begun: Message, driver: Driver, now: datetime) -> _Sending | str:
    """What a crash left: sent again or asked about where that is safe and the gate still agrees, otherwise unknown."""
    assert begun.attempt is not None  # noqa: S101 - it was found by its attempt
    point = begun.attempt.contact_point
    kind = delivery_to(driver, point.value if point else "")
    remembered = min(GIVEN_UP, driver.remembers) if isinstance(driver, Forgetful) else GIVEN_UP
    if kind is Delivery.BLIND or driver.name != begun.driver or now - begun.attempt.at > remembered:
        words = Words("发送中断，不知是否已送出。", "Sending was cut off; nobody knows whether it went out.")
        return unknown(Ended(followup, customer, begun.attempt, begun), words, now)
    files: tuple[port.File, ...] = ()
    if kind is Delivery.DEDUPES:
        try:
            gate.allow(None, followup.pk, followup.fence, begun.channel, begun.attempt.contact_point_id, now)
            files = value_reports.files_of(followup, customer, playbook_of(followup.playbook_version), begun.content, now)
        except gate.ContactRefused as refused:
            return unknown(Ended(followup, customer, begun.attempt, begun), refused.words, now)
        except rendering.Unwritable as error:
            return unknown(Ended(followup, customer, begun.attempt, begun), error.problems[0].what, now)
    return _sending(followup, begun, driver, again=True, files=files)


def _sending(
    followup: FollowUp,
    message: Message,
    driver: Driver,
    *,
    again: bool,
    values: rendering.Places = (),
    files: tuple[port.File, ...] = (),
) -> _Sending:
    attempt = message.attempt
    assert attempt is not None  # noqa: S101 - it has just been written, or was found by its attempt
    ticket = port.Ticket(attempt.ticket, attempt.key, Channel(attempt.channel), attempt.at)
    to = attempt.contact_point.value if attempt.contact_point else followup.customer.code
    link = unsubscribing.link(attempt.ticket) if ticket.channel is Channel.EMAIL else ""
    words = port.Message(to, message.subject, message.text, message.language, link, message.content, values, files)
    meaning = handed_over.meaning(followup, followup.customer.code)
    return _Sending(followup.pk, followup.fence, attempt, message, ticket, words, driver, again, meaning)


def _hand_over(sending: _Sending) -> Receipt:
    """Outside any transaction. What a driver raises against its word is unknown."""
    driver, ticket = sending.driver, sending.ticket
    try:
        if sending.again and driver.delivery is Delivery.QUERYABLE and isinstance(driver, Queryable):
            known = driver.look(ticket)
            return known or Receipt(ReceiptState.FAILED, words=Words("服务商没有收到这条消息。", "The provider never got this message."))
        try:
            handed_over.note(ticket.key, sending.meaning, f"{ticket.issued_at:%Y-%m}")
        except OSError:
            return Receipt(ReceiptState.FAILED, words=_NO_ROOM)
        return driver.send(ticket, sending.message)
    except Exception:
        log.exception("driver %s", driver.name)
        return Receipt(
            ReceiptState.UNKNOWN, words=Words("发送程序出错，不知是否已送出。", "The driver broke; nobody knows whether it went out.")
        )


def _locked(sending: _Sending) -> Ended:
    """The rows that an end is written to, locked in the order everybody locks them; Conflict where somebody else has them by now.

    Attempt and message are as they were written: nobody else touches them while the follow-up is in hand under this number.
    """
    customer = lock_customer(sending.followup_id)
    return Ended(in_hand(None, sending.followup_id, sending.fence), customer, sending.attempt, sending.row)
