"""Everything the gate's rules ask about one contact, gathered from the records as plain values."""

from __future__ import annotations

from datetime import datetime, timedelta

from huifang.app.business_time import business_day
from huifang.app.calendars import working_calendar
from huifang.app.records.models import Attempt, Case, Consent, ContactPoint, Customer, FollowUp, OptOut, Promise
from huifang.app.services.playbooks import InForce
from huifang.domain import contact_facts, law
from huifang.domain.caps import Cap, PastContact
from huifang.domain.contact import Channel, Purpose
from huifang.domain.spans import Span, shift
from huifang.domain.windows import Hours
from huifang.playbooks.schema import Playbook, Programme

SENSITIVE = "sensitive"
"""Purpose under which separate consent to the use of health data and the like is kept."""
_REMEMBERED = timedelta(days=400)
_LAWS = {"CN": (law.CN, law.BULK_MAIL), "US": (law.US_CALLS, law.BULK_MAIL)}


def gather(
    followup: FollowUp,
    customer: Customer,
    channel: Channel,
    point: ContactPoint | None,
    playbook: Playbook,
    in_force: tuple[InForce, ...],
    now: datetime,
    *,
    but: str = "",
) -> contact_facts.ContactFacts:
    """The facts of a contact for `followup` on `channel` through `point`; the attempt with the key `but` is left out of the past.

    The caller holds the customer's row. Health data and the like need separate consent for everything but the service itself, which a
    customer can still refuse. Seven queries.
    """
    purpose = Purpose(followup.purpose)
    consents = consents_of(customer)
    separate = next((each.allowed for each in consents if each.purpose == SENSITIVE), None)
    programme = playbook.programmes[followup.programme]
    limits = {each.version.playbook: each.playbook.limits for each in in_force} | {playbook.playbook: playbook.limits}
    gap = max((each.gap for each in limits.values() if each.gap), key=lambda span: _length(span, now), default=None)
    return contact_facts.ContactFacts(
        purpose=purpose,
        channel=channel,
        status=contact_facts.CustomerStatus(customer.status),
        usable=True if channel is Channel.IN_APP else point.usable if point else None,
        consents=consents,
        zone=zone_of(customer, playbook),
        hours=hours_of(programme, playbook),
        days=programme.days or playbook.calendar.days,
        calendar=working_calendar(calendar_name(customer, playbook), business_day(now)),
        laws=_LAWS.get(playbook.calendar.country, (law.UK_EU, law.BULK_MAIL)),
        caps=tuple(
            Cap(cap.at_most, cap.per, frozenset(cap.purposes), frozenset(cap.channels)) for each in limits.values() for cap in each.caps
        ),
        gap=gap,
        gap_purposes=frozenset(purpose for each in limits.values() if each.gap for purpose in each.gap_purposes),
        past=past_of(customer, now, but),
        open_complaint=Case.objects.filter(customer=customer).exclude(state=Case.State.CLOSED).exists(),
        promise=promise_of(followup),
        sensitive=playbook.sensitive and (purpose is not Purpose.SERVICE or separate is False),
        separate_consent=separate,
    )


def consents_of(customer: Customer) -> tuple[contact_facts.Consent, ...]:
    """The customer's last word for each purpose and channel, and what was said for any of their numbers and addresses."""
    last: dict[tuple[str, str], bool] = {}
    for purpose, channel, allowed in (
        Consent.objects.filter(customer=customer).order_by("at", "pk").values_list("purpose", "channel", "allowed")
    ):
        last[purpose, channel] = allowed
    indexes = ContactPoint.objects.filter(customer=customer).values("value_index")
    for purpose, channel in OptOut.objects.filter(value_index__in=indexes).values_list("purpose", "channel"):
        last[purpose, channel] = False
    return tuple(contact_facts.Consent(purpose, channel, allowed) for (purpose, channel), allowed in last.items())


def past_of(customer: Customer, now: datetime, but: str = "") -> tuple[PastContact, ...]:
    """Earlier attempts, those under way and those whose end nobody knows included, but for the one with the key `but`."""
    rows = Attempt.objects.filter(customer=customer, at__gt=now - _REMEMBERED).exclude(key=but)
    return tuple(
        PastContact(at, Channel(channel), Purpose(purpose), counted=counted, conversation=reached)
        for at, channel, purpose, counted, reached in rows.values_list("at", "channel", "purpose", "counted", "reached")
    )


def promise_of(followup: FollowUp) -> contact_facts.Promise | None:
    """The earliest open promise behind a follow-up."""
    found = Promise.objects.filter(occurrence__followup=followup, open=True).order_by("opens_at").first()
    return contact_facts.Promise(found.opens_at, None) if found else None


def zone_of(customer: Customer, playbook: Playbook) -> str:
    """The customer's zone, else the branch's, else the playbook's."""
    return customer.time_zone or (customer.branch.time_zone if customer.branch else "") or playbook.time_zone


def calendar_name(customer: Customer, playbook: Playbook) -> str:
    """The branch's calendar, else the playbook's country."""
    return (customer.branch.calendar if customer.branch else "") or playbook.calendar.country


def hours_of(programme: Programme, playbook: Playbook) -> tuple[Hours, ...]:
    """Hours of contact of a programme."""
    return tuple(Hours.parse(text) for text in programme.hours or playbook.calendar.hours)


def _length(span: Span, now: datetime) -> float:
    try:
        return float((shift(now.date(), span) - now.date()).days)
    except ValueError:
        return span.amount * {"minute": 1 / 1440, "hour": 1 / 24}.get(span.unit.value, 1.5)
