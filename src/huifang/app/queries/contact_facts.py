"""Everything the gate's rules ask about one contact, gathered from the records as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from huifang.app.business_time import business_zone
from huifang.app.queries.contact_now import account_of
from huifang.app.queries.customer_rows import Asked, CustomerRows
from huifang.app.queries.moment import Moment
from huifang.app.records.models import Customer
from huifang.app.records.prepared import Row
from huifang.domain import contact_facts, law
from huifang.domain.calendars import WorkingCalendar
from huifang.domain.caps import Cap, PastContact, gap
from huifang.domain.contact import Channel, Purpose
from huifang.domain.contact_rest import Rest, overdrawn, resting, slowed_down
from huifang.domain.spans import Span, Unit
from huifang.domain.windows import Hours, find_zone
from huifang.playbooks.schema import Playbook, Programme

_REMEMBERED = timedelta(days=3660)
"""As far back as the plan counts contacts (`engine.frequency`)."""


def gather(
    asked: Asked,
    channel: Channel,
    point: Row | None,
    playbook: Playbook,
    moment: Moment,
    *,
    but: str = "",
) -> contact_facts.ContactFacts:
    """The facts of a contact that is asked for, on `channel` through `point`; the attempt with the key `but` is left out of the past.

    The caller has read the rows while holding the customer's row.
    """
    followup, rows, now = asked.followup, asked.rows, moment.now
    customer = rows.customer
    purpose = Purpose(followup.purpose)
    consents = tuple(contact_facts.Consent(*where, allowed, where in rows.proven) for where, allowed in rows.said.items())
    programme = playbook.programmes[followup.programme]
    books = {each.version.playbook: each.playbook for each in moment.in_force} | {playbook.playbook: playbook}
    past, promise = past_of(rows, now, but), promise_of(asked.occurrences)
    return contact_facts.ContactFacts(
        purpose=purpose,
        channel=channel,
        status=contact_facts.CustomerStatus(customer.status),
        usable=True if channel is Channel.IN_APP else point["usable"] if point else None,
        consents=consents,
        zone=zone_of(customer, playbook),
        zone_assumed=not customer.time_zone,
        hours=hours_of(programme, playbook),
        days=programme.days or playbook.calendar.days,
        calendar=moment.calendar(calendar_name(customer, playbook)),
        laws=law.in_force(playbook.calendar.country, playbook.calendar.laws),
        caps=tuple(
            Cap(cap.at_most, cap.per, frozenset(cap.purposes), frozenset(cap.channels), _counted_on(cap.per, each, moment))
            for each in books.values()
            for cap in each.limits.caps
        ),
        gaps=tuple(
            gap(each.limits.gap, frozenset(each.limits.gap_purposes), _counted_on(each.limits.gap, each, moment))
            for each in books.values()
            if each.limits.gap
        ),
        past=past,
        open_complaint=bool(rows.open_cases),
        promise=promise,
        sensitive=playbook.sensitive,
        rests=tuple(rests_of(rows, programme, books, moment, past)) if promise is None else (),
        budget=moment.budget(playbook, followup.programme, channel),
    )


def rests_of(
    rows: CustomerRows, programme: Programme, books: Mapping[str, Playbook], moment: Moment, past: Iterable[PastContact]
) -> Iterator[Rest]:
    """Why the customer is left in peace by that programme: the account of the moment, the class as the last night has found it."""
    policy = rows.policy if programme.unasked else None
    if policy is None:
        return
    day = moment.day
    in_force = tuple(each.playbook for each in moment.in_force)
    found = [overdrawn(account_of(rows, in_force, day), day), resting(paused=policy["paused"], day=day)]
    for book in books.values():
        per, purposes = book.limits.gap, book.limits.gap_purposes
        if per is not None and programme.purpose in purposes:
            days = [each.day for each in past if each.counted and each.purpose in purposes and each.day and each.day <= day]
            found.append(slowed_down(policy["slowed"], per, max(days, default=None), day, _counted_on(per, book, moment)))
    yield from (rest for rest in found if rest is not None)


def past_of(rows: CustomerRows, now: datetime, but: str = "") -> tuple[PastContact, ...]:
    """Earlier attempts, those under way and those whose end nobody knows included, but for the one with the key `but`."""
    return tuple(
        PastContact(
            row["at"],
            Channel(row["channel"]),
            Purpose(row["purpose"]),
            counted=row["counted"],
            conversation=row["reached"],
            day=row["local_day"] or row["day"],
        )
        for row in rows.attempts
        if row["at"] > now - _REMEMBERED and row["key"] != but
    )


def promise_of(occurrences: Iterable[Row]) -> contact_facts.Promise | None:
    """The earliest open promise among the occurrences behind a follow-up."""
    made = ((row["promised"], row["promised_until"]) for row in occurrences if row["promised"] is not None)
    first = min(made, default=None)
    return contact_facts.Promise(*first) if first else None


def zone_of(customer: Customer, playbook: Playbook) -> str:
    """The customer's zone, else the branch's, else the playbook's."""
    return customer.time_zone or (customer.branch.time_zone if customer.branch else "") or playbook.time_zone


def clock_of(customer: Customer, playbook: Playbook) -> ZoneInfo:
    """The zone by which waits and days are counted for a customer: theirs, the business's where it is not known (the gate refuses then)."""
    return find_zone(zone_of(customer, playbook)) or business_zone()


def calendar_name(customer: Customer, playbook: Playbook) -> str:
    """The branch's calendar, else the playbook's country."""
    return (customer.branch.calendar if customer.branch else "") or playbook.calendar.country


def hours_of(programme: Programme, playbook: Playbook) -> tuple[Hours, ...]:
    """Hours of contact of a programme."""
    return tuple(Hours.parse(text) for text in programme.hours or playbook.calendar.hours)


def local_day(customer: Customer, playbook: Playbook, now: datetime) -> date:
    """The day the customer's own clock shows."""
    return now.astimezone(clock_of(customer, playbook)).date()


def _counted_on(per: Span, playbook: Playbook, moment: Moment) -> WorkingCalendar | None:
    """The calendar of the playbook that states the span, as the plan counts its working days; other spans need none."""
    return moment.calendar(playbook.calendar.country) if per.unit is Unit.WORKING_DAY else None
