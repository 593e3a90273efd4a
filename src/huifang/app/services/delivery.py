"""Sending what no person is to do: some messages at a time are claimed, allowed by the gate, written down and committed, and then handed
over one after the other.

Before a driver is called it is committed that this message leaves, in the transaction that writes down what became of the one before; in
the same breath it is looked at whether anything stands in the way that the gate has not seen. So a crash leaves at most one message of
which nobody knows: when its lease has run out a driver that dedupes sends it again with the same key, one that can be asked is asked, and
for a blind one the attempt is `unknown` and goes to a person. One message that cannot be sent stops no other. Where the database goes away
in the middle, the answer of the last one waits for it, and those that have not left are put back.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from time import monotonic

from django.db import transaction
from django.db.models import BigAutoField, Q
from django.db.models.functions import Now

from huifang.app import database_away
from huifang.app.business_time import business_day
from huifang.app.queries.obstacles import obstacles
from huifang.app.reach import BY_ITSELF
from huifang.app.records.models import ChannelSetting, FollowUp, Message
from huifang.app.records.prepared import TOGETHER, PreparedUpdate, Row
from huifang.app.senders import Senders, closed, senders
from huifang.app.services import cut_off, handed_over, mass_sending, message_results, reconciling
from huifang.app.services.followups import hold, let_lease_end, put_back
from huifang.app.services.message_batches import Sending, prepare
from huifang.channels.driver import Delivery, Queryable, Receipt, ReceiptState, delivery_to
from huifang.domain.words import Words

log = logging.getLogger("huifang.delivery")
PUT_OFF = timedelta(hours=1)
"""How long a follow-up is left alone after an error nobody foresaw."""
PUT_OFF_BRIEFLY = timedelta(minutes=1)
"""How long where it was the database that refused, or made it wait too long: that is no fault of the follow-up."""
HOLDS = 2.0
"""Seconds for which the gate's word on a message holds, whatever else is looked at again; then it is asked anew."""
_AT_A_TIME = 200
_LEAVES = PreparedUpdate(lambda message: Message.objects.filter(id=message), ("left_at",), message=BigAutoField())
_PAUSED = ChannelSetting.State.PAUSED
_NO_ROOM = Words("无法写入发送清单，没有发送。", "The list of what is sent could not be written; nothing was sent.")


def deliver_due(now: datetime, limit: int = _AT_A_TIME, drivers: Senders | None = None) -> Counter[str]:
    """Send at most `limit` messages that are due at `now`; how many ended as sent, failed, unknown, blocked, waiting or in trouble.

    Any number of processes may do so side by side. What an earlier one left under way comes first.
    """
    drivers = senders() if drivers is None else drivers
    counts: Counter[str] = Counter()
    if reconciling.needed(now):
        return counts
    mass_sending.ask(now)
    waiting = _due(now, limit, drivers)
    while waiting:
        firsts = _firsts(waiting)
        waiting = [each for each in waiting if each[0] not in firsts]
        counts += deliver(firsts, now, drivers)
    return counts


def anything_due(now: datetime) -> bool:
    """Whether a message is due at `now` or was left under way, or many wait for a second person's word."""
    return bool(_due(now, 1, senders())) or mass_sending.anything_to_ask(now)


def _due(now: datetime, limit: int, drivers: Senders) -> list[tuple[int, int]]:
    """Follow-up and customer: left under way, then due, promises first, in the plan's order.

    What is paused waits; what is stopped is due to be blocked.
    """
    shut = closed()
    free = FollowUp.objects.filter(BY_ITSELF, claimed_by=None)
    left = free.filter(
        channel__in=[each.value for each in drivers if each not in shut], state=FollowUp.State.CLAIMED, lease_until__lte=Now()
    )
    found = list(left.order_by("lease_until").values_list("pk", "customer")[:limit])
    waiting = free.filter(channel__in=[each.value for each in drivers if shut.get(each) != _PAUSED]).filter(
        Q(next_at=None) | Q(next_at__lte=now), state=FollowUp.State.OPEN, day=business_day(now), opens_at__lte=now, closes_at__gt=now
    )
    waiting = waiting.exclude(mass_sending.held(now))
    return found + list(waiting.order_by("-promised", "position", "pk").values_list("pk", "customer")[: limit - len(found)])


def _firsts(waiting: Sequence[tuple[int, int]]) -> list[int]:
    """The first follow-up of each customer: no two messages to one leave together."""
    found: dict[int, int] = {}
    for followup_id, customer_id in waiting:
        found.setdefault(customer_id, followup_id)
    return list(found.values())


def deliver(followup_ids: Sequence[int], now: datetime, drivers: Senders) -> Counter[str]:
    """Send the messages of some follow-ups, the first of each customer, and none that another process has at this moment; how each ended.

    Where something came up after the gate was asked, or it was too long ago, it is asked anew, and for fewer at a time.
    """
    counts: Counter[str] = Counter()
    waiting, size = list(followup_ids), TOGETHER
    while waiting:
        found, back = _together(waiting[:size], now, drivers)
        counts += found
        waiting = [*back, *waiting[size:]]
        size = max(1, size // 2) if back else size
    return counts


def _together(followup_ids: Sequence[int], now: datetime, drivers: Senders) -> tuple[Counter[str], list[int]]:
    """How each ended, and those for which the gate is to be asked anew.

    They are made ready together; where that fails each alone, so that only the one which is at fault is put off. Where the database went
    away nobody is at fault: that is raised.
    """
    since = monotonic()
    try:
        sendings, counts = prepare(followup_ids, now, drivers)
    except Exception as error:
        if isinstance(error, database_away.ERRORS) and database_away.away():
            raise  # each alone would fail as well, and none of them is at fault
        if len(followup_ids) > 1:
            alone = [_together([each], now, drivers) for each in followup_ids]
            return sum((counts for counts, _ in alone), Counter()), [each for _, back in alone for each in back]
        log.exception("message of follow-up %s", followup_ids[0])
        put_off = PUT_OFF_BRIEFLY if isinstance(error, database_away.ERRORS) else PUT_OFF
        FollowUp.objects.filter(pk=followup_ids[0], state=FollowUp.State.OPEN).update(next_at=now + put_off)
        return Counter(trouble=1), []
    leaving = _Leaving(now, since)
    return counts + leaving.leave(sendings), leaving.back


class _Leaving:
    """Messages on their way out, one after the other; `since` is when the gate was asked, by the monotonic clock."""

    def __init__(self, now: datetime, since: float) -> None:
        self._now, self._since = now, since
        self._counts: Counter[str] = Counter()
        self._told: tuple[Sending, Receipt] | None = None
        """The last one that was sent; not yet written down."""
        self._sent: list[Sending] = []
        self._aside: dict[int, Sending] = {}
        self.back: list[int] = []
        """Follow-ups whose messages did not leave: taken back, or free to be asked about again."""

    def leave(self, sendings: Sequence[Sending]) -> Counter[str]:
        """Hand them over; how each ended."""
        for number, sending in enumerate(sendings):
            try:
                self._one(sending, fresh=not number or monotonic() - self._since < HOLDS)
            except Exception:
                log.exception("message of follow-up %s", sending.followup.pk)
                self._counts["trouble"] += 1
        try:
            database_away.lasting(self._finish)
        except Exception:
            log.exception("the end of %s messages", len(sendings))
            self._counts["trouble"] += 1
        return self._counts

    def _one(self, sending: Sending, *, fresh: bool) -> None:
        if not fresh or not self._begun(sending):
            self._aside[sending.followup.pk] = sending
            return
        receipt = _hand_over(sending)
        if receipt.state is ReceiptState.SENT:
            self._told = sending, receipt
        elif receipt.state is ReceiptState.UNKNOWN and delivery_to(sending.driver, sending.message.to) is not Delivery.BLIND:
            self._counts["waiting"] += 1  # stays in hand; asked or sent again with the same key when the lease has run out
        else:
            self._counts[database_away.lasting(lambda: self._not_sent(sending, receipt))] += 1

    def _begun(self, sending: Sending) -> bool:
        """Whether it is written down that this one leaves; where the database goes away nobody knows that, and it does not leave."""
        try:
            return self._begin(sending)
        except database_away.ERRORS:
            if not database_away.away():
                raise
            log.exception("message of follow-up %s does not leave", sending.followup.pk)
            database_away.back_within(database_away.PATIENCE)
            return False

    def _begin(self, sending: Sending) -> bool:
        """Write down what became of the one before, and that this one leaves; False where something stands in its way by now."""
        told = [self._told[0]] if self._told else []
        with transaction.atomic(durable=True):
            stands = _hold([*told, sending])
            noted = self._note(stands)
            leaves = stands.get(sending.followup.pk) == sending.stood
            if leaves:
                _LEAVES(message=sending.row.pk, left_at=self._now)
        self._noted(noted)
        return leaves

    def _note(self, stands: dict[int, Row]) -> bool:
        """Write down that the last one was sent; False where there is none, or its answer came after the lease."""
        if self._told is None or not self._told[0].in_hand(stands.get(self._told[0].followup.pk)):
            return False
        message_results.sent(self._told[0].ended, self._told[1], self._now)
        return True

    def _noted(self, noted: bool) -> None:
        """That is committed."""
        if self._told is not None:
            self._counts["sent" if noted else "late"] += 1
            if noted:
                self._sent.append(self._told[0])
            else:
                log.warning("follow-up %s: the answer came after the lease", self._told[0].followup.pk)
        self._told = None

    def _not_sent(self, sending: Sending, receipt: Receipt) -> str:
        with transaction.atomic(durable=True):
            mine = sending.in_hand(_hold([sending]).get(sending.followup.pk))
            return message_results.not_sent(sending.ended, receipt, self._now) if mine else "late"

    def _finish(self) -> None:
        """What follows from those that were sent; those that did not leave are put back as they were."""
        every = [*([self._told[0]] if self._told else []), *self._sent, *self._aside.values()]
        if not every:
            return
        with transaction.atomic(durable=True):
            stands = _hold(every)
            noted = self._note(stands)
            mine = [each for each in every if each.in_hand(stands.get(each.followup.pk))]
            aside = [each for each in mine if each.followup.pk in self._aside]
            back = [each for each in aside if not each.again]
            cut_off.forget(Message.objects.filter(pk__in=[each.row.pk for each in back]))
            put_back([each.followup.pk for each in back])
            let_lease_end([each.followup.pk for each in aside if each.again])
            message_results.finish_sent([each.followup.pk for each in mine if each.followup.pk not in self._aside], self._now)
        self._noted(noted)
        self.back = [each.followup.pk for each in aside]


def _hold(sendings: Sequence[Sending]) -> dict[int, Row]:
    """Lock their customers; how things stand with their follow-ups."""
    hold({each.followup.customer_id for each in sendings})
    return obstacles([each.followup.pk for each in sendings])


def _hand_over(sending: Sending) -> Receipt:
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
