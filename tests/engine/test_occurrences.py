"""What falls due equals a slow calculation, row by row, on random small businesses."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from hypothesis import Phase, settings
from hypothesis import given as each
from hypothesis import strategies as st

from huifang.domain.calendars import Day, WorkingCalendar
from tests.engine.business import calendar, context, due, given, playbook
from tests.engine.oracle import World, expected

DAY = date(2026, 3, 2)
FIRST, LAST = date(2024, 1, 1), date(2028, 6, 30)
OFF = [date(2026, 2, 16) + timedelta(days=n) for n in range(8)]
FESTIVALS = {date(2026, 3, 3): "lantern", date(2026, 2, 17): "spring", date(2026, 2, 28): "sale,spring-end"}
CALENDAR = calendar(FIRST, LAST, OFF, festival=FESTIVALS)
DAYS = WorkingCalendar("CN", [Day(row["day"], row["working"], festival=row["festival"] or "") for row in CALENDAR])

WAITS = ["0 days", "1 day", "3 days", "2 weeks", "1 month", "1 working day", "3 working days"]
WINDOWS = ["1 day", "5 days", "2 weeks", "1 month", "1 working day", "3 working days", "24 h", "50 h"]
BIRTHDAYS = [None, date(1980, 2, 29), date(1979, 3, 3), date(1990, 3, 31), date(2026, 3, 2), date(2025, 3, 4), date(1970, 3, 1)]
PEOPLE = range(1, 13)


def triggers(chance: Random) -> list[dict[str, Any]]:
    def wait() -> str:
        return chance.choice(WAITS)

    return [
        {"after": "job", "wait": wait()},
        {"after": "job", "wait": wait(), "where": "amount >= 50 and nth <= 2"},
        {"after": "job", "wait": "5 h"},
        {"after": "job", "wait": "24 h", "where": "nth = 1"},
        {"lapse": "job", "exactly": chance.choice(["6 months", "30 days", "10 working days"])},
        {"before": "birthday", "by": wait()},
        {"before": "agreement.policy.ends", "by": wait()},
        {"before": "agreement.policy.starts", "by": wait()},
        {"before": "attribute.next_service", "by": wait()},
        {"before": "attribute.job.inspect", "by": wait()},
        {"every": "3 months"},
        {"every": "2 weeks", "since": "job", "wait": "3 days", "times": 2},
        {"festival": "spring", "after": wait()},
        {"festival": "lantern", "before": wait()},
        {"on": "request", "wait": wait()},
    ]


def programmes(chance: Random) -> dict[str, Any]:
    rules = {}
    for number, trigger in enumerate(triggers(chance)):
        rules[f"p{number}"] = {
            "when": trigger,
            "within": chance.choice(WINDOWS),
            "again": chance.choice(["each cause", "each cause", "once"]),
        }
        if chance.random() < 0.4:
            rules[f"p{number}"]["expires"] = chance.choice(WINDOWS)
    return rules


def business(chance: Random) -> dict[str, list[dict[str, Any]]]:
    def near() -> date:
        return DAY - timedelta(
            days=chance.choice([chance.randint(-20, 20), chance.randint(-1, 6), chance.randint(170, 190), chance.randint(0, 500)])
        )

    def perhaps(value: Any) -> Any:
        return value if chance.random() < 0.7 else None

    def programme() -> str:
        return f"p{chance.randint(0, 14)}"

    customers = [
        {
            "customer_id": number, "kind": chance.choice([None, "person", "person", "staff"]), "birthday": chance.choice(BIRTHDAYS),
            "time_zone": chance.choice([None, "Asia/Urumqi", "America/New_York"]), "first_seen": perhaps(near()),
            "next_service": perhaps(near()),
        }
        for number in PEOPLE
    ]  # fmt: skip
    events = []
    for number in range(1, 60):
        day = near()
        moment = datetime.combine(day, time(chance.randint(0, 23), chance.choice([0, 59])))
        events.append({"event_id": number, "customer_id": chance.choice(PEOPLE), "kind": chance.choice(["job", "job", "visit"]), "day": day,
                       "at": perhaps(moment), "amount": chance.choice([None, 20.0, 80.0]), "inspect": perhaps(near())})  # fmt: skip
    known = {}
    for _ in range(40):
        row = {"playbook": "shop", "programme": programme(), "customer_id": chance.choice(PEOPLE), "due": near(), "expires": near(),
               "attempts": 0, "cause": chance.choice([str(chance.randint(1, 60)), near().isoformat(), "2026"]),
               "open": chance.random() < 0.4}  # fmt: skip
        known[row["programme"], row["customer_id"], row["cause"]] = row
    return {
        "customers": customers,
        "events": events,
        "known": list(known.values()),
        "agreements": [
            {"agreement_id": number, "customer_id": chance.choice(PEOPLE), "kind": chance.choice(["policy", "lease"]),
             "starts": perhaps(near()), "ends": perhaps(near()), "status": chance.choice([None, "active", "cancelled"])}
            for number in range(1, 30)
        ],
        "contacts": [
            {"contact_id": number, "customer_id": chance.choice(PEOPLE), "programme": chance.choice(["p10", "p11"]), "channel": "phone",
             "purpose": "service", "day": near(), "reached": chance.random() < 0.6, "counted": True}
            for number in range(1, 15)
        ],
        "requests": [
            {"request_id": number, "customer_id": chance.choice(PEOPLE), "programme": chance.choice(["p14", "p13"]), "day": near()}
            for number in range(1, 20)
        ],
    }  # fmt: skip


@settings(max_examples=15, deadline=None, phases=[Phase.generate])
@each(st.integers(0, 10**9), st.sampled_from([None, 0, 1, 4]))
def test_what_falls_due_equals_the_slow_calculation(seed: int, back: int | None) -> None:
    chance = Random(seed)
    since = None if back is None else DAY - timedelta(days=back)
    tables = business(chance)
    plan = playbook(
        programmes=programmes(chance),
        attributes={"next_service": {"title": "t", "type": "date"}},
        events={"job": {"title": "t", "attributes": {"inspect": {"title": "t", "type": "date"}}}},
        agreements={"policy": {"title": "t"}},
    )
    rows = given({**tables, "calendar_days": CALENDAR}, {"next_service": "date", "inspect": "date"})
    found = due(rows, context(DAY, plan, since=since))
    keys = ("programme", "customer_id", "cause", "due", "deadline", "expires")
    listed = [tuple(row[key] for key in keys) for row in found]
    assert len({row[:3] for row in listed}) == len(listed)
    assert set(listed) == expected(World(tables, DAYS, DAY, since), plan)
