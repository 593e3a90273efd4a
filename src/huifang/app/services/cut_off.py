"""What a crash left in a channel's hand.

What had not left is as if it had never been. What had is asked about or sent again where that is safe; otherwise nobody knows, and a person
looks. Where the answer stood in the ledger already, what follows from it is made good.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from huifang.app.queries.customer_rows import Asked
from huifang.app.queries.playbooks import playbook_of
from huifang.app.records.models import Attempt, Message
from huifang.app.services import audit, gate, rendering, value_reports
from huifang.app.services.message_ground import of_asked
from huifang.app.services.message_results import Ended, finish_sent, unknown
from huifang.channels.driver import Delivery, Driver, File, Forgetful, delivery_to
from huifang.domain.contact import Channel
from huifang.domain.words import Words

GIVEN_UP = timedelta(hours=24)
"""How long what a crash left is tried or asked about; then a person looks."""
TAKEN_BACK = "contact.taken-back"
Files = tuple[File, ...]


def begun(followup_ids: Sequence[int]) -> dict[int, Message]:
    """The message of each follow-up that was handed to its driver before a channel left it. What was not is forgotten."""
    if not followup_ids:
        return {}
    forget(Message.objects.filter(followup__in=followup_ids, attempt__state=Attempt.State.ATTEMPTING, left_at=None))
    live = Q(attempt__state=Attempt.State.ATTEMPTING) | Q(attempt__state=Attempt.State.ENDED, attempt__outcome="sent")
    rows = Message.objects.filter(live, followup__in=followup_ids).select_related("attempt__contact_point")
    return {row.followup_id: row for row in rows}


def forget(messages: QuerySet[Message]) -> None:
    """Take back messages that have not left, and their attempts; the audit trail, which has them as allowed, says so."""
    rows = list(messages.order_by("pk").values_list("attempt", "followup", "channel"))
    if rows:
        Attempt.objects.filter(pk__in=[attempt for attempt, _, _ in rows]).delete()
        audit.write_all(
            None, [(TAKEN_BACK, f"followup:{followup}", {"channel": how, "attempt": attempt}) for attempt, followup, how in rows]
        )


def settle(asked: Asked, message: Message, driver: Driver, now: datetime) -> Files | str:
    """What to attach where it is sent again or asked about, because that is safe and the gate still agrees; otherwise how it ended.

    Where the gate will agree later in the follow-up's window, and the driver still knows the key then, it waits.
    """
    followup, attempt = asked.followup, message.attempt
    assert attempt is not None  # noqa: S101 - it was found by its attempt
    if attempt.state == Attempt.State.ENDED:
        finish_sent([followup.pk], now)
        return "sent"
    what = Ended(followup, asked.rows.customer, attempt, message)
    kind = delivery_to(driver, attempt.contact_point.value if attempt.contact_point else "")
    remembered = min(GIVEN_UP, driver.remembers) if isinstance(driver, Forgetful) else GIVEN_UP
    if kind is Delivery.BLIND or driver.name != message.driver or now - attempt.at > remembered:
        return unknown(what, Words("发送中断，不知是否已送出。", "Sending was cut off; nobody knows whether it went out."), now)
    if kind is not Delivery.DEDUPES:
        return ()
    try:
        gate.allow(None, followup.pk, followup.fence, message.channel, attempt.contact_point_id, now)
        ground = of_asked(asked, Channel(message.channel), playbook_of(followup.playbook_version), now)
        return value_reports.files_of(ground, message.content)
    except gate.ContactRefused as refused:
        until = min(followup.closes_at, attempt.at + remembered)
        if refused.next_allowed is not None and refused.next_allowed < until:
            return "waiting"  # in hand; asked again whenever the lease has run out
        return unknown(what, refused.words, now)
    except rendering.Unwritable as error:
        return unknown(what, error.problems[0].what, now)
