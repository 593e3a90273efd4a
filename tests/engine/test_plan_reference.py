"""Random small firms, planned by the engine and by `reference`: the same decisions, contacts and windows, row by row."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.planning import MONDAY, calendar, occurrence, playbook, run
from tests.engine.reference import Reference

PURPOSES = ("service", "relationship", "marketing")
CHANNELS = ("phone", "sms", "email")
HOURS = (None, ["09:00-12:00", "14:00-18:00"], ["10:00-12:00"], ["08:00-21:00"])
ZONES = (None, None, "Asia/Urumqi", "America/New_York")
CUSTOMERS = range(1, 6)


def programmes(r):
    made = {}
    for name in ("one", "two", "three", "four")[: r.randint(1, 4)]:
        made[name] = {
            "purpose": r.choice(PURPOSES),
            "through": r.sample(CHANNELS, r.randint(1, 3)),
            "bundle": r.choice((True, True, False)),
            "hold out": r.choice((0, 0, 0, "50 %")),
            "hours": r.choice(HOURS),
            "days": r.choice((None, "every", ["mon", "sat"])),
            "still": r.choice((None, None, "not back")),
            "attempts": {"at most": r.randint(2, 3)},
            "when": r.choice(({"on": "request", "wait": "0 d"}, {"becomes": "has_phone"})),
        }
    return {name: {key: value for key, value in rule.items() if value is not None} for name, rule in made.items()}


def limits(r):
    caps = [
        {
            "at most": r.choice((1, 2, 2, 3, 0)), "per": f"{r.choice((1, 7, 30))} d",
            "purposes": r.sample(PURPOSES, r.randint(1, 3)),
            "channels": r.sample(CHANNELS, r.randint(1, 3)),
        }
        for _ in range(r.randint(0, 2))
    ]  # fmt: skip
    return {"caps": caps} | ({"gap": "7 d"} if r.choice((True, False)) else {})


def firms(r):
    rules, day = ground(r)
    due, facts, tables = firm(r, rules, day)
    return playbook(rules, limits=limits(r), sensitive=r.choice((True, False))), due, facts, day, tables


def ground(r):
    return programmes(r), MONDAY + timedelta(days=r.choice((0, 0, 0, 5)))


def firm(r, rules, day):
    due = [
        _occurrence(r, day, name, customer, cause)
        for customer in CUSTOMERS
        for name in rules
        for cause in "12"
        if r.choice((1, 1, 1, 1, 0))
    ]
    facts = [
        {
            "customer_id": customer, "kind": "person", "status": r.choice(("active",) * 20 + ("deceased", "closed")),
            "open_cases": r.choice((0, 0, 0, 0, 1)), "time_zone": r.choice(ZONES),
            "shop__back": r.choice((False, False, False, False, True, None)),
        }
        for customer in CUSTOMERS
    ]  # fmt: skip
    points = [
        {"customer_id": customer, "channel": channel, "usable": r.choice((True,) * 8 + (False,))}
        for customer in CUSTOMERS for channel in CHANNELS if r.choice((1, 1, 1, 1, 0))
    ]  # fmt: skip
    consents = [
        {
            "customer_id": r.choice(CUSTOMERS), "purpose": r.choice((*PURPOSES, "any", "marketing", "sensitive")),
            "channel": r.choice((*CHANNELS, "any")), "allowed": r.choice((True, True, False)),
            "proven": r.choice((True, False)),
        }
        for _ in range(r.randint(0, 6))
    ] + [
        {"customer_id": each, "purpose": "marketing", "channel": "any", "allowed": True, "proven": each % 3 > 0}
        for each in r.sample(CUSTOMERS, 4)
    ] + [
        {
            "customer_id": each, "purpose": "sensitive", "channel": r.choice((*CHANNELS, "any", "any")), "allowed": True,
            "proven": each % 4 > 0,
        }
        for each in r.sample(CUSTOMERS, 3)
    ]  # fmt: skip
    contacts = [
        {
            "contact_id": str(number), "customer_id": r.choice(CUSTOMERS), "channel": r.choice(CHANNELS),
            "purpose": r.choice(PURPOSES), "day": day - timedelta(days=r.choice((0, 1, 2, 3, 6, 7, 20, 30))),
            "reached": True, "counted": r.choice((True, True, False)),
        }
        for number in range(r.randint(0, 12))
    ]  # fmt: skip
    staff = [
        {"staff_id": name, "capacity": r.choice((0, 1, 2, 8)), "active": r.choice((True, True, False))}
        for name in r.choice(((), ("li",), ("li", "wang")))
    ]
    policy = [
        {
            "customer_id": customer, "index": 1.0, "balance": r.choice((None, 0, 3, 3, -1)), "paused": r.choice((None, False, False, True)),
            "slowed": r.choice((None, 1.0, 1.5, 2.25, 9.0)),
        }
        for customer in CUSTOMERS if r.choice((1, 1, 0))
    ]  # fmt: skip
    tables = {
        "contact_policy": policy,
        "contact_points": points,
        "consents": consents,
        "contacts": contacts,
        "staff": staff,
        "calendar_days": calendar(start=day),
    }
    return due, facts, tables


def _occurrence(r, day, name, customer, cause):
    due = day - timedelta(days=r.randint(0, 6))
    promised = r.choice((False,) * 5 + (True,))
    opens = datetime(day.year, day.month, day.day, 2) if promised and r.choice((True, False)) else None
    return occurrence(
        name, customer, cause=cause, due=due, deadline=due + timedelta(days=r.randint(0, 3)),
        expires=due + timedelta(days=r.choice((3, 5, 9, 40))), attempts=r.choice((0, 0, 0, 0, 1, 2)), promised=promised,
        next_on=day + timedelta(days=r.randint(-1, 3)) if not promised and r.choice((0, 0, 0, 1)) else None,
        promise_day=day + timedelta(days=r.choice((-1, 0, 0, 2))) if promised else None,
        promise_opens_at=opens, promise_closes_at=opens + timedelta(hours=1) if opens else None,
        amount=r.choice((None, 10.0, 500.0)),
    )  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_engine_plans_what_the_plain_statement_says(seed: int):
    r = random.Random(seed)
    book, due, facts, day, tables = firms(r)
    expected, contacts = Reference([book], due, facts, day, **tables).plan()
    shuffled = {name: r.sample(rows, len(rows)) for name, rows in tables.items()}
    decisions, followups, result = run([book], r.sample(due, len(due)), facts, day, threads=2, **shuffled)

    keys = {(row["playbook"], row["programme"], row["customer_id"], row["cause"]): row for row in decisions}
    assert {key: (row["rule"], row["until"]) for key, row in keys.items()} == expected
    assert len(decisions) == len(due) == sum(result.counts.values())
    assert {
        (row["playbook"], row["programme"], row["customer_id"], row["cause"]): (
            row["channel"], (row["opens_at"], row["closes_at"]),
            frozenset(key for key, other in keys.items() if other["followup"] == row["followup"]),
        )
        for row in followups
    } == contacts  # fmt: skip
