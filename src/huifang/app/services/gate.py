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
from huifang.app.queries.customer_facts import condition_holds
from huifang.app.reach import best_point, serves
from huifang.app.records.models import Attempt, ContactPoint, Customer, FollowUp, Occurrence, Staff
from huifang.app.services import audit
from huifang.app.services.contact_facts import gather
from huifang.app.services.followups import in_hand, lock_customer
from huifang.app.services.playbooks import InForce, in_force, playbook_of
from huifang.domain.contact import CHANNEL_WORDS, Channel
from huifang.domain.contact_rules import Refused, decide
from huifang.domain.errors import Invalid, NotAllowed, Problem
from huifang.domain.words import Words

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
        followup = in_hand(by, followup_id, fence)
        point = _point(customer, wanted, contact_point_id)
        verdict = verdict_on(followup, customer, wanted, point, in_force(), now)
        if verdict is None:
            ticket = open_attempt(by, followup, customer, wanted, point, now)
            if not ticket.repeated:
                audit.write(by, "contact.allowed", f"followup:{followup_id}", channel=channel, attempt=ticket.attempt_id)
            return ticket
        audit.write(by, "contact.refused", f"followup:{followup_id}", channel=channel, rule=verdict.rule)
    raise ContactRefused(verdict)


def attempt_for_record(
    by: Staff, followup: FollowUp, customer: Customer, channel: str, contact_point_id: int | None, now: datetime
) -> tuple[Attempt, Refused | None]:
    """The attempt that a record belongs to: the one under way, else a new one for a contact that was made without asking.

    What has happened is never lost: where the gate would have refused it, the refusal comes along.
    """
    begun = Attempt.objects.filter(followup=followup, staff=by, state=Attempt.State.ATTEMPTING).order_by("-at").first()
    if begun is not None:
        return begun, None
    wanted = _channel(channel)
    point = _point(customer, wanted, contact_point_id)
    refused = verdict_on(followup, customer, wanted, point, in_force(), now)
    ticket = open_attempt(by, followup, customer, wanted, point, now)
    return Attempt.objects.get(pk=ticket.attempt_id), refused


def verdict_on(
    followup: FollowUp, customer: Customer, channel: Channel, point: ContactPoint | None, active: tuple[InForce, ...], now: datetime
) -> Refused | None:
    """The rule that forbids the contact at this moment; None: it may happen. An attempt of the same step is not held against it."""
    playbook = playbook_of(followup.playbook_version)
    facts = gather(followup, customer, channel, point, playbook, active, now, but=attempt_key(followup, channel))
    decision = decide(now, facts)
    if isinstance(decision, Refused):
        return decision
    if facts.promise is None and not _still(followup, customer, now):
        return Refused("no-longer-relevant", _RELEVANCE)
    return None


def open_attempt(
    by: Staff | None, followup: FollowUp, customer: Customer, channel: Channel, point: ContactPoint | None, now: datetime
) -> Ticket:
    """The attempt of this step of the follow-up, written once; the caller holds the customer's row."""
    attempt, created = Attempt.objects.get_or_create(
        key=attempt_key(followup, channel),
        defaults={
            "ticket": uuid.uuid4(), "followup": followup, "customer": customer, "contact_point": point, "channel": channel.value,
            "purpose": followup.purpose, "programme": followup.programme, "staff": by, "branch_id": followup.branch_id, "at": now,
            "day": business_day(now),
        },
    )  # fmt: skip
    return Ticket(attempt.pk, attempt.ticket, repeated=not created)


def attempt_key(followup: FollowUp, channel: Channel) -> str:
    """Names the step: customer, follow-up, number of the step, channel."""
    step = Attempt.objects.filter(followup=followup).exclude(state=Attempt.State.ATTEMPTING).count() + 1
    return hashlib.sha256(f"{followup.customer_id}|{followup.pk}|{step}|{channel.value}".encode()).hexdigest()


def _still(followup: FollowUp, customer: Customer, now: datetime) -> bool:
    """Whether any occurrence behind the follow-up is still relevant."""
    playbooks = {each.version.playbook: each.playbook for each in in_force()}
    open_ones = Occurrence.objects.filter(followup=followup, open=True).values_list("playbook", "programme")
    for name, programme in open_ones:
        playbook = playbooks.get(name) or playbook_of(followup.playbook_version)
        rule = playbook.programmes[programme].still if programme in playbook.programmes else None
        if rule is None or condition_holds(rule, playbook, customer, business_day(now)):
            return True
    return not open_ones


def usual_point(customer: Customer, channel: Channel) -> ContactPoint | None:
    """The number or address that is tried where none is named."""
    return best_point(ContactPoint.objects.filter(customer=customer), channel)


def _point(customer: Customer, channel: Channel, contact_point_id: int | None) -> ContactPoint | None:
    if contact_point_id is None:
        return usual_point(customer, channel)
    points = ContactPoint.objects.filter(customer=customer)
    return next((point for point in points if point.pk == contact_point_id and serves(point, channel)), None)


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
