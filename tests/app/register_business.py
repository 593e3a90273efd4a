"""A business of chance for the registers: occurrences that were planned, planned again, worked, bundled, promised and scheduled."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from huifang.app.business_time import business_day, business_moment
from huifang.app.records.models import (
    Attempt,
    Branch,
    Case,
    Customer,
    FollowUp,
    Occurrence,
    PlaybookVersion,
    Promise,
    Record,
    ScheduledContact,
    Staff,
    WeekSchedule,
)
from huifang.domain.week_schedule import week_of
from huifang.playbooks import library
from huifang.playbooks.schema import Playbook

DAY = date(2026, 11, 24)
PROGRAMMES = ("day-after", "after-case", "service-due")
"""Two are asked for by the registers of these tests, the third is not."""
_STATES = ("open", "open", "done", "withdrawn")


@dataclass
class Business:
    """Two branches, their people, and what the dice have made."""

    playbook: Playbook
    version: PlaybookVersion
    branches: list[Branch]
    staff: list[Staff]
    manager: Staff
    supervisor: Staff
    dice: Random = field(default_factory=Random)


def found(dice: Random) -> Business:
    """The business before anything has happened."""
    branches = [Branch.objects.create(code=f"B{number}", name=f"{number}店") for number in range(2)]
    staff = [
        Staff.objects.create(code=f"P{n}", name=f"人{n}", sign_in_name=f"p{n}", role="agent", branch=branches[n % 2]) for n in range(3)
    ]
    more = {"role": "supervisor", "branch": branches[0]}
    version = PlaybookVersion.objects.create(playbook="repair-shop", number=1, text="", sha256="-", state="active")
    return Business(
        library.read("repair-shop").playbook, version, branches, staff,
        Staff.objects.create(code="M", name="经理", sign_in_name="m", role="manager", all_branches=True),
        Staff.objects.create(code="S", name="主管", sign_in_name="s", **more), dice,
    )  # fmt: skip


def customers(business: Business, number: int) -> list[Customer]:
    """So many customers, in both branches."""
    made = [
        Customer(code=f"K{place:06d}", name=f"客{place}", name_index="", branch=business.branches[place % 2]) for place in range(number)
    ]
    return Customer.objects.bulk_create(made, batch_size=500)


def lived(business: Business, one: Customer) -> None:
    """What happened to one customer."""
    dice = business.dice
    left = [_followup(business, one) for _ in range(dice.choice((0, 0, 1, 2)))]  # nothing points to them any more
    kept: list[Occurrence] = []
    followups: list[FollowUp] = []
    for number in range(dice.randint(0, 3)):
        if dice.random() < 0.7:
            followups.append(_followup(business, one))
        held = dice.choice([None, *followups]) if followups else None
        kept.append(occurrence(business, one, f"c{number}", _day(dice), held))
    Occurrence.objects.bulk_create(kept)
    for followup in (*left, *followups):
        for _ in range(dice.choice((0, 0, 1, 2))):
            tried(business, followup, business_moment(_day(dice), time(9, dice.randint(0, 3))))
    for each in kept:
        for _ in range(dice.choice((0, 0, 0, 1, 2))):
            _promise(business, each)
    for _ in range(dice.choice((0, 0, 1, 2))):
        _scheduled(business, one)


def _day(dice: Random) -> date:
    return DAY + timedelta(days=dice.randint(-4, 4))


def _followup(business: Business, one: Customer) -> FollowUp:
    dice = business.dice
    followup = planned(business, one, dice.choice(PROGRAMMES), _day(dice))
    followup.state, followup.staff = dice.choice(_STATES), dice.choice([None, *business.staff])
    followup.save()
    return followup


def planned(business: Business, one: Customer, programme: str, day: date) -> FollowUp:
    """A follow-up that is not saved yet."""
    opens = business_moment(day, time(9))
    return FollowUp(
        customer=one, branch=one.branch, staff=business.staff[0], channel="phone", purpose="service", day=day, opens_at=opens,
        closes_at=opens, deadline=day, playbook_version=business.version, programme=programme,
    )  # fmt: skip


def occurrence(business: Business, one: Customer, cause: str, due: date, followup: FollowUp | None) -> Occurrence:
    """An occurrence that is not saved yet; its programme and what it waits for are thrown."""
    dice = business.dice
    waits = {name: _day(dice) for name in ("until", "next_on") if dice.random() < 0.3}
    return Occurrence(
        playbook="repair-shop", programme=dice.choice(PROGRAMMES), customer=one, cause=cause, cause_day=due, purpose="service", due=due,
        deadline=due, expires=due, open=dice.random() < 0.6, decision="planned", rule="planned.first", decided_on=due, followup=followup,
        **waits,
    )  # fmt: skip


def attempt(business: Business, followup: FollowUp, at: datetime, outcome: str) -> Attempt:
    """An attempt that is not saved yet."""
    return Attempt(
        ticket=uuid.uuid4(), key=uuid.uuid4().hex, followup=followup, customer_id=followup.customer_id, channel="phone", purpose="service",
        programme=followup.programme, staff=business.staff[0], branch=followup.branch, state="ended", at=at, day=business_day(at),
        outcome=outcome, reached=outcome == "completed",
    )  # fmt: skip


def record(business: Business, of: Attempt, satisfied: bool | None) -> Record:
    """A record that is not saved yet."""
    return Record(
        attempt=of, token=uuid.uuid4().hex, followup=of.followup, customer_id=of.customer_id, staff=business.staff[0], branch=of.branch,
        programme=of.programme, saved_at=of.at, day=of.day, satisfied=satisfied,
    )  # fmt: skip


def tried(business: Business, followup: FollowUp, at: datetime) -> None:
    """An attempt: under way, in vain or with a record, and perhaps a case."""
    dice = business.dice
    made = attempt(business, followup, at, dice.choice(("", "no_answer", "completed", "completed")))
    made.save()
    if made.reached and dice.random() < 0.8:
        learned = record(business, made, dice.choice((None, True, False)))
        learned.save()
        if dice.random() < 0.4:
            opened(business, learned, at + timedelta(minutes=dice.randint(0, 2)))


def opened(business: Business, of: Record, at: datetime) -> None:
    """A case."""
    Case.objects.create(
        number=uuid.uuid4().hex[:24], kind=business.dice.choice((next(iter(business.playbook.cases)), "other")), customer_id=of.customer_id,
        record=of, branch=of.branch, title="t", opened_at=at, state=business.dice.choice(("open", "closed")),
    )  # fmt: skip


def _promise(business: Business, of: Occurrence) -> None:
    at = business_moment(_day(business.dice), time(10, business.dice.randint(0, 2)))
    Promise.objects.create(
        customer=of.customer, occurrence=of, staff=business.dice.choice([None, *business.staff]), opens_at=at, closes_at=at,
        day=business_day(at), open=business.dice.random() < 0.8, made_at=at,
    )  # fmt: skip


def _scheduled(business: Business, one: Customer) -> None:
    dice, day = business.dice, _day(business.dice)
    week, _new = WeekSchedule.objects.get_or_create(
        branch=one.branch, first_day=week_of(day), defaults={"state": "approved", "asked_at": business_moment(day, time(8))}
    )
    keys = {("repair-shop", dice.choice(PROGRAMMES), f"c{dice.randint(0, 3)}") for _ in range(dice.choice((1, 1, 2, 3)))}
    (playbook, programme, cause), *bundled = sorted(keys)
    if not week.contacts.filter(playbook=playbook, programme=programme, customer=one, cause=cause).exists():
        staff = dice.choice([None, *business.staff])
        ScheduledContact.objects.create(
            schedule=week, customer=one, playbook=playbook, programme=programme, cause=cause, bundled=[list(key) for key in bundled],
            channel="phone", due=day, deadline=day, expires=day, day=day, staff=staff, proposed_day=day, proposed_staff=staff,
        )  # fmt: skip
