"""The gate: the one place that allows a contact.

It locks the customer, gathers what is known, asks the rules and, where they allow it, writes the attempt before the contact begins. No
ticket, no contact; every refusal names its rule and the next allowed time, and stands in the audit trail.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from huifang.app.access import WORK, require
from huifang.app.business_time import business_day, business_zone
from huifang.app.queries.behind import behind
from huifang.app.queries.contact_facts import gather, local_day
from huifang.app.queries.customer_facts import condition_holds
from huifang.app.queries.customer_rows import Asked, CustomerRows
from huifang.app.queries.moment import Moment
from huifang.app.queries.playbooks import playbook_of
from huifang.app.reach import best_point, carries
from huifang.app.records.models import Attempt, ContactPoint, FollowUp, Staff
from huifang.app.records.prepared import Row, instance
from huifang.app.services import audit
from huifang.app.services.followups import in_hand, lock_customer
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
        asked = Asked(in_hand(by, followup_id, fence), CustomerRows(customer), behind(followup_id))
        [answer] = _answers(by, [asked], Moment(now), wanted, contact_point_id)
    if isinstance(answer, Refused):
        raise ContactRefused(answer)
    attempt, begun = answer
    return Ticket(attempt.pk, attempt.ticket, repeated=not begun)


def allow_in_hand(asked: Sequence[Asked], moment: Moment) -> list[Attempt | Refused]:
    """The same for channels that send by themselves, within the transaction in which they have taken the follow-ups and locked the
    customers: each one's attempt, or the refusal. No two are of one customer. A constant number of queries.
    """
    return [answer if isinstance(answer, Refused) else answer[0] for answer in _answers(None, asked, moment)]


def _answers(
    by: Staff | None, asked: Sequence[Asked], moment: Moment, channel: Channel | None = None, contact_point_id: int | None = None
) -> list[tuple[Attempt, bool] | Refused]:
    """The rules' answers, written down: the attempt and whether it begins now, or the refusal. The caller holds all rows."""
    found = [_answer(by, each, channel or Channel(each.followup.channel), contact_point_id, moment) for each in asked]
    Attempt.objects.bulk_create([answer[0] for answer in found if isinstance(answer, tuple) and answer[1]])
    deeds = [_deed(each.followup, answer, channel) for each, answer in zip(asked, found, strict=True)]
    told = [deed for deed in deeds if deed is not None]
    if told:
        audit.write_all(by, told)
    return found


def _answer(
    by: Staff | None, asked: Asked, channel: Channel, contact_point_id: int | None, moment: Moment
) -> tuple[Attempt, bool] | Refused:
    """The attempt, not yet written where it begins now, or the refusal."""
    followup, rows = asked.followup, asked.rows
    point = _point(rows, channel, contact_point_id)
    verdict = verdict_on(asked, channel, point, moment)
    if verdict is not None:
        return verdict
    attempt, begun = attempt_of(by, followup, rows, channel, point, moment.now)
    if begun:
        moment.spend(playbook_of(followup.playbook_version), followup.programme, channel)
    return attempt, begun


def _deed(followup: FollowUp, answer: tuple[Attempt, bool] | Refused, channel: Channel | None) -> audit.Deed | None:
    """What the audit trail says of an answer; None where it was said before."""
    subject, how = f"followup:{followup.pk}", channel.value if channel else followup.channel
    if isinstance(answer, Refused):
        return "contact.refused", subject, {"channel": how, "rule": answer.rule}
    return ("contact.allowed", subject, {"channel": how, "attempt": answer[0].pk}) if answer[1] else None


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
    refused = verdict_on(Asked(followup, rows, occurrences), wanted, point, Moment(now))
    return open_attempt(by, followup, rows, wanted, point, now)[0], refused


def verdict_on(asked: Asked, channel: Channel, point: Row | None, moment: Moment) -> Refused | None:
    """The rule that forbids the contact at this moment; None: it may happen. An attempt of the same step is not held against it."""
    followup, rows = asked.followup, asked.rows
    playbook = playbook_of(followup.playbook_version)
    facts = gather(asked, channel, point, playbook, moment, but=attempt_key(followup, rows, channel))
    decision = decide(moment.now, facts)
    if isinstance(decision, Refused):
        return decision
    playbooks = {each.version.playbook: each.playbook for each in moment.in_force}
    due = [row for row in asked.occurrences if row["open"]]
    still = (_still(row["programme"], playbooks.get(row["playbook"], playbook), rows, moment.day) for row in due)
    if facts.promise is None and due and not any(still):
        return Refused("no-longer-relevant", _RELEVANCE)
    return None


def refusal_of_call(followup: FollowUp, attempt: Attempt | None, at: datetime) -> Refused | None:
    """The rule that forbids, at the moment `at`, the call of an attempt that was allowed before; None: it may be made. Writes nothing."""
    rows = CustomerRows(followup.customer)
    point = _point(rows, Channel.PHONE, attempt.contact_point_id if attempt else None)
    return verdict_on(Asked(followup, rows, behind(followup.pk)), Channel.PHONE, point, Moment(at))


def open_attempt(
    by: Staff | None, followup: FollowUp, rows: CustomerRows, channel: Channel, point: Row | None, now: datetime
) -> tuple[Attempt, bool]:
    """The attempt of this step of the follow-up, written once, and whether it begins now.

    The caller has read `rows` while holding the customer's row: nobody else can have begun the step meanwhile.
    """
    attempt, begun = attempt_of(by, followup, rows, channel, point, now)
    if begun:
        attempt.save(force_insert=True)
    return attempt, begun


def attempt_of(
    by: Staff | None, followup: FollowUp, rows: CustomerRows, channel: Channel, point: Row | None, now: datetime
) -> tuple[Attempt, bool]:
    """The same, not yet written where it begins now."""
    key = attempt_key(followup, rows, channel)
    known = next((row["id"] for row in rows.attempts if row["key"] == key), None)
    if known is not None:
        return Attempt.objects.get(pk=known), False
    attempt = Attempt(
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


def _still(programme: str, playbook: Playbook, rows: CustomerRows, day: date) -> bool:
    """Whether an occurrence of the programme is still relevant."""
    rule = playbook.programmes[programme].still if programme in playbook.programmes else None
    return rule is None or condition_holds(rule, playbook, rows, day)


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
