"""Random customers over a year ask the gate's rules for contacts at random moments; everything that happens becomes a line of the log.

Half of the customers have everything in their way: zones, hours, caps of their firm, gaps, refusals and consents that come and go,
complaints, death, wrong numbers, promises, a budget; all of them an account that is overdrawn at times, a class that rests or is slowed
down. A refusal that names the next allowed time is often taken at its word: the rules are asked again at exactly that moment, and must
agree.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from huifang.domain import law
from huifang.domain.budget import Budget
from huifang.domain.calendars import Day, WorkingCalendar
from huifang.domain.caps import Cap, PastContact, gap
from huifang.domain.contact import Channel, Purpose
from huifang.domain.contact_facts import SENSITIVE, Consent, ContactFacts, CustomerStatus, Promise
from huifang.domain.contact_rest import Rest, overdrawn, resting, slowed_down
from huifang.domain.contact_rules import RULES, Allowed, decide
from huifang.domain.emotional_account import POINTS, Movement, account
from huifang.domain.spans import Span
from huifang.domain.windows import Hours

BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
MINUTES = 365 * 24 * 60
ZONES = ("Asia/Shanghai", "Asia/Urumqi", "Europe/London", "America/New_York", "America/Los_Angeles", "Pacific/Auckland")
LAWS = {"cn": (law.CN, law.BULK_MAIL), "us": (law.US_CALLS, law.BULK_MAIL), "debt": (law.US_DEBT,), "eu": (law.UK_EU, law.BULK_MAIL)}
HOURS = (("09:00-12:00", "14:00-18:00"), ("08:00-21:00",), ("00:00-24:00",), ("19:30-22:15",))
DAYS = ("working", "every", ("tue", "thu", "sat"))
CHANNELS = (Channel.PHONE, Channel.SMS, Channel.EMAIL, Channel.WECOM)
CAPS = (
    (1, "1 day", tuple(Purpose), tuple(Channel)), (4, "1 week", tuple(Purpose), tuple(Channel)),
    (2, "30 days", (Purpose.MARKETING,), tuple(Channel)), (1, "36 h", tuple(Purpose), (Channel.PHONE,)),
    (0, "1 day", (Purpose.MARKETING,), (Channel.WECOM,)),
)  # fmt: skip
GAPS = (None, "3 days", "12 h")
HOLIDAYS = {date(2026, 10, day) for day in range(1, 8)}
WORKED = {date(2026, 10, 10)}


def calendar() -> WorkingCalendar:
    """Weekends off, a week's holiday and the Saturday that is worked for it."""
    days = [date(2025, 12, 1) + timedelta(days=number) for number in range(460)]
    return WorkingCalendar("CN", [Day(day, day in WORKED or (day.weekday() < 5 and day not in HOLIDAYS)) for day in days])


@dataclass
class _Life:
    """One customer as the log tells it, and what the rules are asked about."""

    number: int
    facts: ContactFacts
    budget: tuple[float, float] | None
    now: datetime = BEGINS
    past: list[PastContact] = field(default_factory=list)
    words: dict[tuple[str, str], tuple[bool, bool]] = field(default_factory=dict)
    moved: list[tuple[date, Movement]] = field(default_factory=list)
    slowed: float = 1.0
    spaced: str | None = None
    rested: date | None = None

    @property
    def today(self) -> date:
        """The customer's own day."""
        return self.now.astimezone(ZoneInfo(self.facts.zone or "UTC")).date()


def year(customers: int, asks: int, seed: int = 1) -> Iterator[str]:
    """The log: one JSON object a line. Every customer asks for `asks` contacts."""
    working = calendar()
    yield _line("calendar", off=sorted(str(day) for day in HOLIDAYS), worked=sorted(str(day) for day in WORKED))
    for number in range(customers):
        yield from _customer(number, asks, Random(f"{seed}:{number}"), working)


def _customer(number: int, asks: int, draw: Random, working: WorkingCalendar) -> Iterator[str]:
    life, about = _born(number, draw, working)
    yield _line("customer", id=number, **about)
    for moment in sorted(BEGINS + timedelta(minutes=draw.randrange(MINUTES), microseconds=draw.choice((0, 0, 1, -1))) for _ in range(asks)):
        life.now = max(life.now, moment)
        yield from _something_happens(life, draw)
        yield from _ask(life, draw)


def _born(number: int, draw: Random, working: WorkingCalendar) -> tuple[_Life, dict[str, Any]]:
    hard = number % 2 == 0
    name, zone = draw.choice(tuple(LAWS)), draw.choice((*ZONES, None) if hard else ZONES)
    hours, days = draw.choice(HOURS), draw.choice(DAYS)
    caps = draw.sample(CAPS, draw.randrange(4)) if hard else []
    spaced = draw.choice(GAPS)
    budget = (draw.choice((3.0, 10.0)), 1.0) if draw.random() < 0.2 else None
    sensitive = draw.random() < 0.1
    facts = ContactFacts(
        Purpose.SERVICE, Channel.PHONE, zone=zone, hours=tuple(Hours.parse(each) for each in hours), days=days, calendar=working,
        laws=LAWS[name], caps=tuple(Cap(at_most, Span.parse(per), frozenset(why), frozenset(how)) for at_most, per, why, how in caps),
        gaps=(gap(Span.parse(spaced)),) if spaced else (), sensitive=sensitive, zone_assumed=number % 6 == 0,
    )  # fmt: skip
    about = {
        "law": name, "zone": zone, "assumed": facts.zone_assumed,
        "hours": hours, "days": days, "caps": caps, "gap": spaced, "budget": budget,
        "sensitive": sensitive, "slowed": number % 3 == 0,
    }  # fmt: skip
    return _Life(number, facts, budget, slowed=2.0 if number % 3 == 0 else 1.0, spaced=spaced), about


def _something_happens(life: _Life, draw: Random) -> Iterator[str]:
    """What the customer says, or what befalls them, before the contact is asked for."""
    chance = draw.random()
    if chance < 0.25:
        purposes = (*(each.value for each in Purpose), "any", *((SENSITIVE, SENSITIVE) if life.facts.sensitive else ()))
        why, how = draw.choice(purposes), draw.choice((*(each.value for each in CHANNELS), "any"))
        allowed, proven = draw.random() < 0.75, draw.random() < 0.7
        life.words[why, how] = allowed, proven
        yield _line("said", id=life.number, at=life.now.isoformat(), purpose=why, channel=how, allowed=allowed, proven=proven)
    elif chance < 0.33:
        life.facts = replace(life.facts, open_complaint=not life.facts.open_complaint)
        yield _line("complaint", id=life.number, open=life.facts.open_complaint)
    elif chance < 0.332:
        life.facts = replace(life.facts, status=CustomerStatus.DECEASED)
        yield _line("died", id=life.number)
    elif chance < 0.38:
        movement = draw.choice((Movement.BOUGHT, Movement.BOUGHT, Movement.PRAISED, Movement.ADVERTISED, Movement.COMPLAINED))
        life.moved.append((life.today, movement))
        yield _line("moved", id=life.number, day=str(life.today), points=POINTS[movement])
    elif chance < 0.40:
        life.rested = life.today
        yield _line("rests", id=life.number, day=str(life.today))


def _ask(life: _Life, draw: Random) -> Iterator[str]:
    """One contact is asked for, and made where the rules allow it; refused, often once more at the moment that was named."""
    channel, purpose, usable = draw.choice(CHANNELS), draw.choice(tuple(Purpose)), draw.choice((True,) * 18 + (False, None))
    promise = None
    if draw.random() < 0.05:
        opens = life.now + timedelta(minutes=draw.randrange(-90, 600))
        promise = Promise(opens, opens + timedelta(hours=2))
    consents = tuple(Consent(why, how, *word) for (why, how), word in life.words.items())
    facts = replace(life.facts, channel=channel, purpose=purpose, usable=usable, consents=consents, promise=promise, past=tuple(life.past))
    facts = replace(facts, rests=tuple(_rests(life)) if purpose is not Purpose.SERVICE else ())
    answer = decide(life.now, _with_budget(life, facts))
    if not isinstance(answer, Allowed):
        yield _line("refused", id=life.number, at=life.now.isoformat(), rule=answer.rule, known=answer.rule in RULES)
        if answer.next_allowed is None or answer.next_allowed >= BEGINS + timedelta(minutes=MINUTES) or draw.random() < 0.5:
            return
        life.now = answer.next_allowed
        answer = decide(life.now, _with_budget(life, facts))
    if not isinstance(answer, Allowed):
        yield _line("broken", id=life.number, at=life.now.isoformat(), rule=answer.rule)
        return
    made = PastContact(life.now, channel, purpose, counted=draw.random() < 0.9, conversation=draw.random() < 0.4)
    life.past.append(made)
    yield _line(
        "contact", id=life.number, at=life.now.isoformat(), channel=channel.value, purpose=purpose.value, counted=made.counted,
        talked=made.conversation, usable=usable, promise=[promise.opens.isoformat(), promise.closes.isoformat()] if promise else None,
    )  # fmt: skip


def _rests(life: _Life) -> Iterator[Rest]:
    """Why the customer is left in peace today."""
    day, zone = life.today, ZoneInfo(life.facts.zone or "UTC")
    found = [overdrawn(account(life.moved, day), day), resting(paused=life.rested == day, day=day)]
    if life.spaced is not None:
        counted = [each.at.astimezone(zone).date() for each in life.past if each.counted and each.purpose is not Purpose.SERVICE]
        found.append(slowed_down(life.slowed, Span.parse(life.spaced), max(counted, default=None), day))
    return (rest for rest in found if rest is not None)


def _with_budget(life: _Life, facts: ContactFacts) -> ContactFacts:
    """What the firm has spent on this customer in the present month of Shanghai."""
    if life.budget is None:
        return facts
    zone = ZoneInfo("Asia/Shanghai")
    local = life.now.astimezone(zone)
    begins = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    ends = (begins + timedelta(days=32)).replace(day=1)
    limit, price = life.budget
    spent = sum(price for each in life.past if each.at >= begins)
    return replace(facts, budget=Budget(limit, spent, price, ends.astimezone(UTC)))


def _line(kind: str, **values: object) -> str:
    return json.dumps({"kind": kind, **values})
