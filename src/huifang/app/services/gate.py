"""The gate: the one place that allows a contact.

It locks the customer, gathers what is known, asks the rules and, where they allow it, writes the attempt before the contact begins. No
ticket, no contact; every refusal names its rule and the next allowed time, and stands in the audit trail.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from huifang.app.access import WORK, require
from huifang.app.business_time import business_day, business_zone
from huifang.app.queries.behind import behind
from huifang.app.queries.customer_facts import condition_holds
from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.reach import best_point, carries
from huifang.app.records.models import Attempt, ContactPoint, FollowUp, Staff
from huifang.app.records.prepared import Row, instance
from huifang.app.services import audit
from huifang.app.services.contact_facts import gather, local_day
from huifang.app.services.followups import in_hand, lock_customer
from huifang.app.services.playbooks import in_force, playbook_of
from huifang.domain.contact import CHANNEL_WORDS, Channel
from huifang.domain.contact_rules import Refused, decide
from huifang.domain.errors import Invalid, NotAllowed, Problem
from huifang.domain.words import Words
from huifang.playbooks.schema import Playbook

_RELEVANCE = Words("客户情况已变化，不再需要这次回访。", "The customer's situation has changed; this follow-up is no longer needed.")


@dataclass(frozen=True, slots=True)
class Ticket:
    """Leave for one contact: the attempt that has been written for it."""

    attempt_id: int
    uuid: uuid.UUID
    repeated: bool = False
    """The same step was allowed before and is still under way: the same attempt again."""


class ContactRefused(NotAllowed):
    """The gate's no: the rule and the first moment (UTC) at which it would be yes, None where waiting does not help."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(Problem(f"gate.{refused.rule}", refused.words, _when(refused.next_allowed)))
        self.rule = refused.rule
        self.words = refused.words
        self.next_allowed = refused.next_allowed


def allow(by: Staff | None, followup_id: int, fence: int, channel: str, contact_point_id: int | None, now: datetime) -> Ticket:
    """Leave to contact the customer of a follow-up in hand, now, on `channel`.

    Raises Conflict where the follow-up is no longer in one's hand, `ContactRefused` where a rule forbids it. Asked again for the same step
    it answers with the same ticket. `by` is None where a channel sends by itself.
    """
    if by is not None:
        require(by, WORK)
    wanted = _channel(channel)
    with transaction.atomic():
        customer = lock_customer(followup_id)
        answer = _asked(by, in_hand(by, followup_id, fence), CustomerRows(customer), wanted, contact_point_id, now)
    if isinstance(answer, Refused):
        raise ContactRefused(answer)
    attempt, begun = answer
    return Ticket(attempt.pk, attempt.ticket, repeated=not begun)


def allow_in_hand(followup: FollowUp, rows: CustomerRows, now: datetime) -> Attempt:
    """The same for a channel that sends by itself, within the transaction in which it has just taken the follow-up and locked the customer.

    Raises `ContactRefused`; the refusal is then in the caller's transaction, which goes on.
    """
    answer = _asked(None, followup, rows, _channel(followup.channel), None, now)
    if isinstance(answer, Refused):
        raise ContactRefused(answer)
    return answer[0]


def _asked(
    by: Staff | None, followup: FollowUp, rows: CustomerRows, wanted: Channel, contact_point_id: int | None, now: datetime
) -> tuple[Attempt, bool] | Refused:
    """The rules' answer, written down: the attempt and whether it begins now, or the refusal. The caller holds both rows."""
    point = _point(rows, wanted, contact_point_id)
    verdict = verdict_on(followup, rows, behind(followup.pk), wanted, point, now)
    if verdict is not None:
        audit.write(by, "contact.refused", f"followup:{followup.pk}", channel=wanted.value, rule=verdict.rule)
        return verdict
    attempt, begun = open_attempt(by, followup, rows, wanted, point, now)
    if begun:
        audit.write(by, "contact.allowed", f"followup:{followup.pk}", channel=wanted.value, attempt=attempt.pk)
    return attempt, begun


def attempt_for_record(
    by: Staff, followup: FollowUp, rows: CustomerRows, occurrences: list[Row], channel: str, contact_point_id: int | None, now: datetime
) -> tuple[Attempt, Refused | None]:
    """The attempt that a record belongs to: the one under way, else a new one for a contact that was made without asking.

    What has happened is never lost: where the gate would have refused it, the refusal comes along.
    """
    begun = rows.under_way(followup.pk, by.pk)
    if begun is not None:
        return Attempt.objects.get(pk=begun["id"]), None
    wanted = _channel(channel)
    point = _point(rows, wanted, contact_point_id)
    refused = verdict_on(followup, rows, occurrences, wanted, point, now)
    return open_attempt(by, followup, rows, wanted, point, now)[0], refused


def verdict_on(
    followup: FollowUp, rows: CustomerRows, occurrences: list[Row], channel: Channel, point: Row | None, now: datetime
) -> Refused | None:
    """The rule that forbids the contact at this moment; None: it may happen. An attempt of the same step is not held against it."""
    playbook, active = playbook_of(followup.playbook_version), in_force()
    facts = gather(followup, rows, channel, point, playbook, active, now, but=attempt_key(followup, rows, channel))
    decision = decide(now, facts)
    if isinstance(decision, Refused):
        return decision
    playbooks = {each.version.playbook: each.playbook for each in active}
    still = (_still(row["programme"], playbooks.get(row["playbook"], playbook), rows, now) for row in occurrences if row["open"])
    if facts.promise is None and any(row["open"] for row in occurrences) and not any(still):
        return Refused("no-longer-relevant", _RELEVANCE)
    return None


def refusal_of_call(followup: FollowUp, attempt: Attempt | None, at: datetime) -> Refused | None:
    """The rule that forbids, at the moment `at`, the call of an attempt that was allowed before; None: it may be made. Writes nothing."""
    rows = CustomerRows(followup.customer)
    point = _point(rows, Channel.PHONE, attempt.contact_point_id if attempt else None)
    return verdict_on(followup, rows, behind(followup.pk), Channel.PHONE, point, at)


def open_attempt(
    by: Staff | None, followup: FollowUp, rows: CustomerRows, channel: Channel, point: Row | None, now: datetime
) -> tuple[Attempt, bool]:
    """The attempt of this step of the follow-up, written once, and whether it begins now.

    The caller has read `rows` while holding the customer's row: nobody else can have begun the step meanwhile.
    """
    key = attempt_key(followup, rows, channel)
    known = next((row["id"] for row in rows.attempts if row["key"] == key), None)
    if known is not None:
        return Attempt.objects.get(pk=known), False
    attempt = Attempt.objects.create(
        key=key, ticket=uuid.uuid4(), followup=followup, customer_id=followup.customer_id,
        contact_point=instance(ContactPoint, point) if point else None,
        channel=channel.value, purpose=followup.purpose, programme=followup.programme, staff=by, branch_id=followup.branch_id, at=now,
        day=business_day(now), local_day=local_day(rows.customer, playbook_of(followup.playbook_version), now),
    )  # fmt: skip
    return attempt, True


def attempt_key(followup: FollowUp, rows: CustomerRows, channel: Channel) -> str:
    """Names the step: customer, follow-up, number of the step, channel."""
    ended = [row for row in rows.attempts if row["followup_id"] == followup.pk and row["state"] != Attempt.State.ATTEMPTING]
    return hashlib.sha256(f"{followup.customer_id}|{followup.pk}|{len(ended) + 1}|{channel.value}".encode()).hexdigest()


def _still(programme: str, playbook: Playbook, rows: CustomerRows, now: datetime) -> bool:
    """Whether an occurrence of the programme is still relevant."""
    rule = playbook.programmes[programme].still if programme in playbook.programmes else None
    return rule is None or condition_holds(rule, playbook, rows, business_day(now))


def _point(rows: CustomerRows, channel: Channel, contact_point_id: int | None) -> Row | None:
    if contact_point_id is None:
        return best_point(rows.points, channel)
    fitting = (row for row in rows.points if carries(row["kind"], row["mobile"], channel))
    return next((row for row in fitting if row["id"] == contact_point_id), None)


def _channel(channel: str) -> Channel:
    try:
        return Channel(channel)
    except ValueError:
        known = list(CHANNEL_WORDS.values())
        raise Invalid(
            Problem(
                "channel.unknown",
                Words(f"没有“{channel}”这种渠道。", f"There is no channel “{channel}”."),
                Words(f"可用：{'、'.join(w.zh for w in known)}。", f"There are {', '.join(w.en for w in known)}."),
            )
        ) from None


def _when(moment: datetime | None) -> Words:
    if moment is None:
        return Words("不能联络这位客户，请选择下一位。", "Do not contact this customer; go on to the next.")
    at = moment.astimezone(business_zone())
    return Words(f"最早可在 {at:%Y-%m-%d %H:%M} 联络。", f"Contact is allowed from {at:%Y-%m-%d %H:%M}.")
