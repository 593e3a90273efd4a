"""Delivery reports: written down once, and settled with the message they speak of. They come late, twice, out of order, and contradict.

What has arrived has arrived: a failure reported after that changes nothing, and a delivery reported after a failure mends it. A report that
comes before the driver's own answer waits until the message stands in the ledger.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from huifang.app.business_time import business_day
from huifang.app.records.models import Attempt, DeliveryReport, FollowUp, Message, Occurrence
from huifang.app.services import audit, customers
from huifang.app.services.followups import lock_customer
from huifang.channels.inbound import Report
from huifang.domain.contact import Channel
from huifang.domain.outcomes import OUTCOMES

GIVEN_UP = timedelta(days=3)
"""How long a report that fits no message is kept waiting."""
SHORTEST_KEY = 40
"""Digits of a key that suffice to name a message: what a mail's Message-ID carries."""
_AT_A_TIME = 500


def take(driver: str, report: Report, now: datetime) -> str:
    """Write a report down and settle it where its message is known; what it was settled as, empty where it waits."""
    if not report.key and not report.reference:
        return "nobody"
    words = {"zh": report.words.zh, "en": report.words.en}
    with transaction.atomic():
        row, _ = DeliveryReport.objects.get_or_create(
            driver=driver, key=report.key[:64], reference=report.reference[:120], arrived=report.arrived,
            defaults={"permanent": report.permanent, "words": words, "at": now},
        )  # fmt: skip
        return row.settled_as or _settle(row, now)


def settle_waiting(now: datetime) -> int:
    """Try again what has waited for its message; how many were settled. One that nobody has asked for in three days is put away."""
    waiting = DeliveryReport.objects.filter(settled_as="")
    waiting.filter(at__lte=now - GIVEN_UP).update(settled_as="nobody")
    settled = 0
    for row in waiting.order_by("at")[:_AT_A_TIME]:
        with transaction.atomic():
            settled += bool(_settle(row, now))
    return settled


def anything_waiting() -> bool:
    """Whether a report waits for its message."""
    return DeliveryReport.objects.filter(settled_as="").exists()


def _settle(row: DeliveryReport, now: datetime) -> str:
    message = _message(row)
    if message is None:
        return ""
    lock_customer(message.followup_id)
    attempt = Attempt.objects.select_related("contact_point").get(message=message)
    followup = FollowUp.objects.get(pk=message.followup_id)
    in_hand = followup.state == FollowUp.State.CLAIMED and followup.claimed_by_id is None
    if attempt.state == Attempt.State.ATTEMPTING or in_hand:
        return ""  # the sender has not written down the answer yet, or not all that follows from it
    if attempt.outcome == "delivered" or (not row.arrived and attempt.state == Attempt.State.ENDED and attempt.outcome != "sent"):
        row.settled_as = "known"
    elif row.arrived:
        _arrived(attempt, followup, now)
        row.settled_as = "delivered"
    else:
        _failed(row, attempt, followup, now)
        row.settled_as = "failed"
    if row.settled_as != "known":
        Message.objects.filter(pk=message.pk).update(words=row.words)
        audit.write(None, "message.reported", f"message:{message.pk}", arrived=row.arrived)
    row.save(update_fields=["settled_as"])
    return row.settled_as


def _message(row: DeliveryReport) -> Message | None:
    mine = Message.objects.filter(driver=row.driver, attempt__isnull=False)
    found = mine.filter(attempt__key__startswith=row.key).first() if len(row.key) >= SHORTEST_KEY else None
    if found is None and row.reference:
        found = mine.filter(reference=row.reference).order_by("-pk").first()
    return found


def _arrived(attempt: Attempt, followup: FollowUp, now: datetime) -> None:
    """It did arrive: nothing more is tried for this follow-up."""
    _end(attempt, "delivered", now)
    Occurrence.objects.filter(followup=followup, open=True).update(open=False, closed_as="done", next_on=None, attempts=F("attempts") + 1)
    Occurrence.objects.filter(followup=followup, closed_as="unknown").update(closed_as="done")
    free = FollowUp.objects.filter(pk=followup.pk).exclude(state=FollowUp.State.CLAIMED)
    free.update(state=FollowUp.State.DONE, outcome="delivered", next_at=None, done_at=now)


def _failed(row: DeliveryReport, attempt: Attempt, followup: FollowUp, now: datetime) -> None:
    """It did not: the plan of the next day decides again, over another channel where the number or address is wrong."""
    code = "failed"
    if row.permanent:
        code = "bounced" if attempt.channel == Channel.EMAIL else "invalid_number"
    _end(attempt, code, now)
    tomorrow = business_day(now) + timedelta(days=1)
    closed = Occurrence.objects.filter(followup=followup, open=False, closed_as__in=("done", "unknown"))
    if followup.state == FollowUp.State.DONE:
        closed.update(open=True, closed_as="", next_on=tomorrow, attempts=F("attempts") - 1)
        FollowUp.objects.filter(pk=followup.pk).update(outcome=code)
    if row.permanent and attempt.contact_point is not None:
        customers.mark_contact_point(None, attempt.contact_point, False, now)


def _end(attempt: Attempt, code: str, now: datetime) -> None:
    outcome = OUTCOMES[code]
    attempt.state, attempt.outcome = Attempt.State.ENDED, code
    attempt.ended_at, attempt.reached, attempt.counted = attempt.ended_at or now, outcome.reached, outcome.counted
    attempt.save(update_fields=["state", "outcome", "ended_at", "reached", "counted"])
