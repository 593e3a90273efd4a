"""Customers in a database over a year: contacts are asked for at the real gate, and everything that happens becomes a line of the log.

The log says what was entered and done, and nothing that the gate has reckoned. Refusals and consents come by every road, complaints are
opened as cases and closed, numbers go wrong, customers die, call-backs are promised. A refusal that names the next allowed time is often
taken at its word: the gate is asked again at exactly that moment, and must agree.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random

from django.db import transaction

from huifang.app.indexes import value_index
from huifang.app.queries.moment import Moment
from huifang.app.records.models import (
    Attempt,
    Branch,
    Case,
    ContactPoint,
    Customer,
    FollowUp,
    Occurrence,
    PlaybookVersion,
    Promise,
    Staff,
)
from huifang.app.services import cases, consents, customers, gate, playbooks
from huifang.app.services.followups import claim, take_for_channels
from huifang.app.services.message_batches import read_together
from huifang.domain.contact_facts import SENSITIVE
from huifang.domain.contact_rules import RULES, Refused

BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
ENDS = BEGINS + timedelta(days=365)
PROMISED_FOR = timedelta(hours=2)
PURPOSES = ("service", "relationship", "marketing")
CHANNELS = ("phone", "sms", "email", "wecom")
CAPS = (
    (3, "1 week", PURPOSES, CHANNELS), (2, "30 days", ("marketing",), CHANNELS), (1, "36 h", PURPOSES, ("phone",)),
    (1, "1 day", PURPOSES, CHANNELS),
)  # fmt: skip
"""Of all firms together: every playbook in force has its own, and all of them hold for everybody."""
GAP = "3 days"
ROADS = ("agent", "reply", "link", "api", "import")
OFF = [
    *(
        f"2026-{day}"
        for day in ("01-01", "01-02", "02-16", "02-17", "02-18", "02-19", "02-20", "02-23", "04-06", "05-01", "05-04", "05-05")
    ),
    *(f"2026-{day}" for day in ("06-19", "09-25", "10-01", "10-02", "10-05", "10-06", "10-07")),
]
WORKED = [f"2026-{day}" for day in ("01-04", "02-14", "02-28", "05-09", "09-20", "10-10")]
"""Weekdays off and weekends worked in mainland China in 2026, as the State Council announced them."""


@dataclass(frozen=True)
class Firm:
    """A playbook in force, as the log states it."""

    law: str
    country: str
    zones: tuple[str, ...]
    hours: tuple[str, ...]
    days: str | tuple[str, ...]
    limits: str
    sensitive: bool = False

    def text(self) -> str:
        """The playbook."""
        days = self.days if isinstance(self.days, str) else f"[{', '.join(self.days)}]"
        hours = ", ".join(f'"{each}"' for each in self.hours)
        programmes = "".join(
            f"  {why}:\n    title: {{zh: {why}, en: {why}}}\n    purpose: {why}\n    when: {{on: request, wait: 1 day}}\n"
            "    within: 5 days\n    through: [phone]\n"
            for why in PURPOSES
        )
        return (
            f"format: huifang/1\nplaybook: firm-{self.law}\ntitle: {{zh: {self.law}, en: {self.law}}}\nabout: {{zh: 一年, en: A year}}\n"
            f"sensitive: {str(self.sensitive).lower()}\n"
            f"time zone: {self.zones[0]}\ncalendar: {{country: {self.country}, hours: [{hours}], days: {days}}}\n"
            f"limits:\n{self.limits}programmes:\n{programmes}"
            "cases:\n  dissatisfied: {title: {zh: 不满意, en: Dissatisfied}, first answer: 2 h, solve: 2 days}\n"
        )


FIRMS = (
    Firm(
        "cn", "CN", ("Asia/Shanghai", "Asia/Urumqi"), ("09:00-12:00", "14:00-18:00"), "working",
        "  caps:\n    - {at most: 3, per: 1 week}\n    - {at most: 2, per: 30 days, purposes: [marketing]}\n",
    ),
    Firm(
        "us", "US", ("America/New_York", "America/Los_Angeles"), ("08:00-21:00",), "every",
        "  gap: 3 days\n  caps: [{at most: 1, per: 36 h, channels: [phone]}]\n",
    ),
    Firm(
        "eu", "GB", ("Europe/London", "Pacific/Auckland"), ("07:30-22:15",), ("tue", "thu", "sat"),
        "  caps: [{at most: 1, per: 1 day}]\n", sensitive=True,
    ),
)  # fmt: skip


@dataclass
class Life:
    """One customer, as entered, with one follow-up for each purpose, and the log's lines about them."""

    customer: Customer
    followups: dict[str, FollowUp]
    draw: Random
    now: datetime = BEGINS
    usable: dict[str, bool] = field(default_factory=dict)
    complaint: Case | None = None
    lines: list[str] = field(default_factory=list)

    def say(self, kind: str, **values: object) -> None:
        """One more line."""
        self.lines.append(json.dumps({"kind": kind, "id": self.customer.pk, **values}))


def calendar_line() -> str:
    """The log's first line."""
    return json.dumps({"kind": "calendar", "off": OFF, "worked": WORKED})


def enter_branches() -> list[Branch]:
    """One for each firm, with its zone and calendar."""
    return [Branch.objects.create(code=f"Y-{firm.law}", name=firm.law, time_zone=firm.zones[0], calendar=firm.country) for firm in FIRMS]


def enter_firms() -> list[PlaybookVersion]:
    """All playbooks in force."""
    return [playbooks.activate(None, playbooks.add_version(None, firm.text(), f"{firm.law}.yaml", BEGINS), BEGINS) for firm in FIRMS]


def born(number: int, versions: Sequence[PlaybookVersion], branches: Sequence[Branch], by: Staff | None, seed: int) -> Life:
    """A customer with a number, an address and a chat name, some of them wrong or missing; follow-ups in hand of `by`, or to be sent."""
    draw = Random(f"{seed}:{number}")
    firm, version = FIRMS[number % len(FIRMS)], versions[number % len(FIRMS)]
    zone = draw.choice((*firm.zones, ""))
    customer = Customer.objects.create(code=f"Y{seed}-{number}", name=f"客户{number}", branch=branches[number % len(FIRMS)], time_zone=zone)
    life = Life(customer, {why: _followup(customer, version, why, by, draw) for why in PURPOSES}, draw)
    for kind, value in (
        ("phone", f"+86137{seed:02}{number:06}"),
        ("email", f"y{seed}-{number}@example.com"),
        ("wecom", f"y{seed}{number}"),
    ):
        if draw.random() < 0.95:
            point = {"kind": kind, "value": value, "value_index": value_index(value), "mobile": kind == "phone", "primary": True}
            ContactPoint.objects.create(customer=customer, **point)
            life.usable[kind] = True
    life.say(
        "customer", law=firm.law, assumed=not zone, zone=zone or firm.zones[0],
        hours=firm.hours, days=firm.days, caps=CAPS, gap=GAP, budget=None,
        sensitive=firm.sensitive,
    )  # fmt: skip
    return life


def _followup(customer: Customer, version: PlaybookVersion, why: str, by: Staff | None, draw: Random) -> FollowUp:
    day = date(2026, 1, 1)
    followup = FollowUp.objects.create(
        customer=customer, branch=customer.branch, staff=by, channel="phone" if by else draw.choice(("sms", "email")), purpose=why, day=day,
        deadline=day, opens_at=BEGINS, closes_at=ENDS, playbook_version=version, programme=why,
    )  # fmt: skip
    Occurrence.objects.create(
        playbook=version.playbook, programme=why, customer=customer, cause=f"{followup.pk}", cause_day=day, purpose=why, due=day,
        deadline=day, expires=day, decision="planned", rule="planned.first", decided_on=day, followup=followup,
    )  # fmt: skip
    return followup


def moments(draw: Random, asks: int) -> list[datetime]:
    """Random moments of the year, often close together, so that caps are met."""
    found: list[datetime] = []
    while len(found) < asks:
        first = BEGINS + timedelta(minutes=draw.randrange(350 * 24 * 60), microseconds=draw.choice((0, 1)))
        found += [first + timedelta(hours=draw.randrange(200)) for _ in range(draw.randrange(1, 7))]
    return sorted(found[:asks])


def one_by_one(life: Life, by: Staff, asks: int) -> None:
    """A year of one customer whom somebody calls, writes and mails."""
    fences = {why: claim(by, followup.pk, BEGINS) for why, followup in life.followups.items()}
    for moment in moments(life.draw, asks):
        life.now = max(life.now, moment)
        something_happens(life)
        _ask(life, by, fences)


def something_happens(life: Life) -> None:
    """What the customer says, or what befalls them, before the contact is asked for."""
    draw, chance, customer, now = life.draw, life.draw.random(), life.customer, life.now
    if chance < 0.25:
        why, how, allowed = draw.choice((*PURPOSES, "any", "marketing", SENSITIVE)), draw.choice((*CHANNELS, "any")), draw.random() < 0.7
        road = draw.choice(ROADS[:-1] if allowed else ROADS)
        proof = "录音" if allowed and why in consents.PROVEN else ""
        (consents.opt_in if allowed else consents.opt_out)(None, customer, why, how, road, now, proof)
        life.say("said", at=now.isoformat(), purpose=why, channel=how, allowed=allowed, proven=bool(proof))
    elif chance < 0.33:
        if life.complaint is None:
            life.complaint = cases.open_case(
                None, customer, "dissatisfied", "异响", now, version=life.followups["service"].playbook_version
            )
        else:
            Case.objects.filter(pk=life.complaint.pk).update(state=Case.State.CLOSED, closed_at=now)
            life.complaint = None
        life.say("complaint", open=life.complaint is not None)
    elif chance < 0.40 and life.usable:
        kind = draw.choice(sorted(life.usable))
        life.usable[kind] = not life.usable[kind]
        customers.mark_contact_point(None, ContactPoint.objects.get(customer=customer, kind=kind), life.usable[kind], now)
    elif chance < 0.405:
        customers.change_status(None, customer, Customer.Status.DECEASED, now)
        life.say("died")


def _ask(life: Life, by: Staff, fences: dict[str, int]) -> None:
    draw, why, how = life.draw, life.draw.choice(PURPOSES), life.draw.choice(CHANNELS)
    followup = life.followups[why]
    _in_hand_again(followup, by, fences[why])
    promised = life.now + timedelta(minutes=draw.randrange(-90, 600)) if draw.random() < 0.06 else None
    if promised:
        Promise.objects.create(
            customer=life.customer, occurrence=followup.occurrences.get(), opens_at=promised, closes_at=promised + PROMISED_FOR,
            day=promised.date(),
            made_at=life.now,
        )  # fmt: skip
    answer = _allow(by, followup, fences[why], how, life.now)
    if isinstance(answer, gate.ContactRefused):
        _refused(life, answer.rule)
        if answer.next_allowed is not None and answer.next_allowed < ENDS and draw.random() < 0.5:
            life.now = answer.next_allowed
            answer = _allow(by, followup, fences[why], how, life.now)
            if isinstance(answer, gate.ContactRefused):
                life.say("broken", at=life.now.isoformat(), rule=answer.rule)
    if isinstance(answer, gate.Ticket):
        _made(life, answer.attempt_id, why, how, promised)
    Promise.objects.filter(customer=life.customer).update(open=False)


def _in_hand_again(followup: FollowUp, by: Staff, fence: int) -> None:
    """A refusal has taken it off the list: another plan would bring it back once contact is welcome, and the gate is asked all the same."""
    FollowUp.objects.filter(pk=followup.pk).update(state=FollowUp.State.CLAIMED, claimed_by=by, fence=fence)
    followup.occurrences.update(open=True)


def _allow(by: Staff, followup: FollowUp, fence: int, how: str, now: datetime) -> gate.Ticket | gate.ContactRefused:
    try:
        return gate.allow(by, followup.pk, fence, how, None, now)
    except gate.ContactRefused as refused:
        return refused


def _refused(life: Life, rule: str) -> None:
    life.say("refused", at=life.now.isoformat(), rule=rule, known=rule in RULES)


def _made(life: Life, attempt_id: int, why: str, how: str, promised: datetime | None = None) -> None:
    """The contact is made, and its end is known at once."""
    counted, talked = life.draw.random() < 0.9, life.draw.random() < 0.4
    Attempt.objects.filter(pk=attempt_id).update(state=Attempt.State.ENDED, counted=counted, reached=talked)
    times = [promised.isoformat(), (promised + PROMISED_FOR).isoformat()] if promised else None
    life.say(
        "contact", at=life.now.isoformat(), channel=how, purpose=why, counted=counted, talked=talked,
        usable=life.usable.get("phone" if how == "sms" else how), promise=times,
    )  # fmt: skip


def together(lives: Sequence[Life], asks: int, draw: Random) -> None:
    """A year in which the channels of many customers ask at the same moments, each time for all of them in one go."""
    for before, moment in pairwise([BEGINS, *moments(draw, asks)]):
        if moment == before:
            continue
        chosen: list[FollowUp] = []
        for life in lives:
            life.now = moment
            something_happens(life)
            chosen.append(life.followups[life.draw.choice(PURPOSES)])
        _send_together(lives, chosen, moment)


def _send_together(lives: Sequence[Life], chosen: Sequence[FollowUp], moment: datetime) -> None:
    numbers = [followup.pk for followup in chosen]
    with transaction.atomic():
        asked = read_together([followup for followup, _ in take_for_channels(numbers)])
        answers = {each.followup.pk: answer for each, answer in zip(asked, gate.allow_in_hand(asked, Moment(moment)), strict=True)}
    for life, followup in zip(lives, chosen, strict=True):
        answer = answers[followup.pk]
        if isinstance(answer, Refused):
            _refused(life, answer.rule)
        else:
            _made(life, answer.pk, followup.purpose, followup.channel)
    FollowUp.objects.filter(pk__in=numbers).update(state=FollowUp.State.OPEN, lease_until=None)


def log(lives: Sequence[Life]) -> Iterator[str]:
    """The whole log, customer by customer."""
    yield calendar_line()
    for life in lives:
        yield from life.lines
