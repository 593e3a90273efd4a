"""What an outcome does to the follow-up, its occurrences and promises, and to what is known of the customer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import F

from huifang.app.business_time import business_day
from huifang.app.calendars import working_calendar
from huifang.app.queries.contact_facts import calendar_name
from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.queries.next_try import Result, another_way, chances, landing, message_way
from huifang.app.records.models import Attempt, Customer, FollowUp, Occurrence, Promise, Role, Staff
from huifang.app.records.prepared import Row
from huifang.app.services import consents, customers, falling_back, refused
from huifang.app.services.notices import people_of, tell
from huifang.domain.contact import Channel
from huifang.domain.next_steps import NextKind, NextStep
from huifang.domain.outcomes import Effect, Outcome
from huifang.domain.words import Words
from huifang.playbooks.schema import Playbook, Programme

PROMISED_FOR = timedelta(hours=2)
"""A promised time is kept when the contact is made within so long after it."""
_CLOSING = {NextKind.DONE: "done", NextKind.GIVEN_UP: "given-up"}
_CHANGED = (
    "state", "outcome", "attempts_made", "claimed_by", "lease_until", "next_at", "done_at", "promised", "channel", "staff",
    "day", "opens_at", "closes_at",
)  # fmt: skip
"""Columns of a follow-up that an outcome can change."""


@dataclass(frozen=True, slots=True)
class Contact:
    """One attempt that has ended: who made it, for which follow-up of which customer, by which playbook, with what outcome, when.

    `by` is None where the customer answered a link, or a dialler called and nobody spoke.
    """

    by: Staff | None
    rows: CustomerRows
    """The customer's rows as they were before it."""
    followup: FollowUp
    behind: list[Row]
    """The occurrences it was made for."""
    playbook: Playbook
    attempt: Attempt
    outcome: Outcome
    now: datetime

    @property
    def customer(self) -> Customer:
        """Who was contacted."""
        return self.rows.customer

    @property
    def programme(self) -> Programme:
        """The programme that leads the follow-up."""
        return self.playbook.programmes[self.followup.programme]


def apply(contact: Contact, callback_at: datetime | None, next_on: date | None) -> Result:
    """Bring follow-up, occurrences and promises to where the outcome leaves them; the caller holds the customer's and follow-up's rows."""
    followup, counted, step = contact.followup, int(contact.outcome.counted), _step(contact, callback_at)
    closed_as = _CLOSING.get(step.kind)
    promises = Promise.objects.filter(occurrence__in=[row["id"] for row in contact.behind], open=True)
    (promises if closed_as else promises.filter(opens_at__lte=contact.now)).update(open=False)
    followup.outcome = contact.outcome.code
    followup.attempts_made += counted
    followup.claimed_by = followup.lease_until = followup.next_at = None
    result = _again(contact, step, next_on) if step.kind is NextKind.RETRY else Result(step.kind)
    if closed_as or result.next_on:
        followup.state, followup.done_at = FollowUp.State.DONE, contact.now
    else:
        followup.state, followup.next_at = FollowUp.State.OPEN, result.next_at
    changed: dict[str, object] = {"open": False, "closed_as": closed_as} if closed_as else {}
    if contact.by is not None:
        changed["last_staff"] = contact.by
    if closed_as or result.next_on:
        changed["next_on"] = result.next_on
    open_ones = Occurrence.objects.filter(pk__in=[row["id"] for row in contact.behind], open=True)
    open_ones.update(attempts=F("attempts") + counted, **changed)
    followup.save(update_fields=_CHANGED)
    if not closed_as and refused.forbids(contact.rows, followup):
        refused.end([contact.customer.pk])
        followup.refresh_from_db(fields=["state", "next_at"])
    return result


def affect(contact: Contact) -> None:
    """What the outcome says about the customer: refused, died, wrong number, another language."""
    by, customer, now = contact.by, contact.customer, contact.now
    match contact.outcome.effect:
        case Effect.OPT_OUT:
            consents.opt_out(by, customer, "any", "any", "agent", now)
        case Effect.DECEASED:
            customers.change_status(by, customer, Customer.Status.DECEASED, now)
        case Effect.WRONG_POINT if contact.attempt.contact_point is not None:
            customers.mark_contact_point(by, contact.attempt.contact_point, False, now)
        case Effect.LANGUAGE:
            words = Words("客户与回访员语言不通，请安排其他同事。", "No common language with the customer: please find a colleague.")
            tell(people_of(customer.branch, (Role.SUPERVISOR,)), words, f"followup:{contact.followup.pk}", now)
        case _:
            pass


def _step(contact: Contact, callback_at: datetime | None) -> NextStep:
    calendar = working_calendar(calendar_name(contact.customer, contact.playbook), business_day(contact.now))
    found = chances(contact.followup, contact.rows, contact.behind, contact.playbook, contact.attempt.at, calendar)
    return found.after(contact.outcome.code, contact.now, callback_at)


def _again(contact: Contact, step: NextStep, next_on: date | None) -> Result:
    followup, now, effect = contact.followup, contact.now, contact.outcome.effect
    begins = step.not_before or now
    if step.message is not None:
        return _message(contact, step.message)
    if effect is Effect.CALLBACK:  # another time than the one that was promised before takes its place
        Promise.objects.filter(occurrence__in=[row["id"] for row in contact.behind], open=True).update(open=False)
        promise(contact.by, followup, begins, now)
    if step.another_channel:
        way = another_way(followup, contact.rows, contact.programme, contact.attempt.contact_point_id)
        message = None if way else message_way(followup, contact.rows, contact.programme, contact.attempt.contact_point_id)
        if message is not None:
            return _message(contact, message)
        followup.channel = way or followup.channel
        begins = begins if way else now + timedelta(days=1)
    if effect is Effect.LANGUAGE:
        followup.staff = None
    agreed = effect is Effect.CALLBACK
    return replace(landing(followup, begins, now, next_on, agreed=agreed), agreed=begins if agreed else None)


def _message(contact: Contact, way: Channel) -> Result:
    opens = falling_back.hand_over(contact.followup, way, contact.rows, contact.playbook, contact.now)
    return Result(NextKind.RETRY, next_at=opens, message=way)


def promise(by: Staff | None, followup: FollowUp, at: datetime, now: datetime) -> None:
    """Promise the customer a contact at a time, for the occurrence that leads the follow-up; one that was closed is opened again."""
    occurrences = Occurrence.objects.filter(followup=followup).order_by("-open", "pk")
    leading = occurrences.filter(programme=followup.programme).first() or occurrences.first()
    if leading is not None:
        Occurrence.objects.filter(pk=leading.pk, open=False).update(open=True, closed_as="", next_on=business_day(at))
        Promise.objects.create(
            customer_id=followup.customer_id, occurrence=leading, staff=by, opens_at=at, closes_at=at + PROMISED_FOR,
            day=business_day(at), made_at=now,
        )  # fmt: skip
    followup.promised = True
