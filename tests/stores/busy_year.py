"""An oversubscribed business with everything that databases like to do differently: ties, nulls, texts that sort differently by language,
fractions, zones, month ends, 29 February, days of 23 and 25 hours, lunar birthdays. Made by arithmetic, the same on every run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa

from huifang.engine.tables import INPUTS
from huifang.playbooks.schema import Playbook
from huifang.stores.calendar_sources import calendar_rows
from tests.engine.business import playbook

ARROW = {
    "string": pa.string(),
    "boolean": pa.bool_(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}
DAYS = (date(2024, 2, 29), date(2026, 3, 8), date(2026, 11, 1))
"""29 February, a month's end; 23 hours in New York; 25 hours there, the day after a month's end (the last plan was two days ago)."""
_NUMBERS = range(240)
_MARKS = ("a-{}", "B-{}", "Ä{}", "客户{}", "z {}", "é{}", "_{}", "a{}")
_ZONES = (None, None, None, "Asia/Urumqi", "America/New_York", "Europe/London", "Nowhere/Nothing", "Asia/Shanghai")
_BORN = (
    date(1988, 2, 29),
    date(1990, 3, 1),
    date(1956, 2, 28),
    date(1975, 10, 31),
    date(1984, 3, 9),
    date(1962, 2, 28),
    date(1995, 11, 1),
    date(2001, 1, 31),
    date(1987, 3, 8),
    None,
)
_LUNAR_BORN = (date(1984, 2, 1), date(1990, 2, 25), date(1976, 3, 1), date(1963, 10, 31), date(1979, 4, 4), date(1958, 3, 9))


def books() -> tuple[Playbook, ...]:
    """Two playbooks with every trigger, caps of both kinds, classes, a ladder and facts from every source."""
    jobs = {"title": "t", "attributes": {"plate": {"title": "t"}, "inspect": {"title": "t", "type": "date"}}}
    return (
        playbook(
            "shop",
            events={"job": jobs, "visit": {"title": "t"}},
            agreements={"contract": {"title": "t"}},
            attributes={"next_service": {"title": "t", "type": "date"}, "note": {"title": "t"}},
            facts={
                "jobs": "count(job)",
                "spent": "sum(job.amount, 12 months)",
                "mean_spent": "mean(job.amount)",
                "last_plate": "last(job.plate)",
                "said": "last(answer.age)",
                "last_job": "last(job)",
                "per_job": "round(spent / jobs, 2)",
            },
            questionnaires={"q": {"title": "t", "questions": [{"key": "age", "ask": "t", "type": "number"}]}},
            classes={"key": {"title": "t", "when": "spent >= 90.3 or contains(lower(note), 'vip')"}},
            ladders={
                "step": {
                    "title": "t",
                    "steps": {"high": {"title": "t", "when": "mean_spent > 20.1"}, "low": {"title": "t", "when": "else"}},
                }
            },
            limits={
                "caps": [
                    {"at most": 2, "per": "1 month", "purposes": ["marketing", "relationship"], "channels": ["phone", "sms", "email"]},
                    {"at most": 1, "per": "36 h", "purposes": ["service"], "channels": ["phone"]},
                ],
                "gap": "3 d",
            },
            calendar={"days": "every"},
            programmes=_shop(),
        ),
        playbook(
            "abroad",
            events={"job": {"title": "t"}},
            time_zone="America/New_York",
            sensitive=True,
            calendar={"country": "US", "hours": ["09:00-12:00", "13:00-17:00"], "days": "working"},
            programmes={
                "late": {
                    "when": {"after": "job", "wait": "26 h"},
                    "within": "3 working days",
                    "through": ["email", "sms"],
                    "days": "every",
                },
                "greet": {"purpose": "relationship", "when": {"before": "birthday", "by": "1 day"}, "within": "2 days", "through": ["sms"]},
            },
        ),
    )


def _shop() -> dict[str, Any]:
    return {
        "after": {
            "when": {"after": "job", "wait": "1 day", "where": "nth = 1 or amount > 10.15"},
            "within": "2 days",
            "hours": ["09:00-12:00"],
            "value": "spent",
            "hold out": "10 %",
            "through": ["phone", "sms"],
        },
        "hours": {"when": {"after": "visit", "wait": "30 h"}, "within": "2 days", "through": ["sms", "phone"], "owner": "event staff"},
        "birthday": {"purpose": "relationship", "when": {"before": "birthday", "by": "0 days"}, "within": "3 days", "value": "mean_spent"},
        "ending": {
            "purpose": "marketing",
            "when": {"before": "agreement.contract.ends", "by": "1 month"},
            "within": "5 days",
            "through": ["email", "phone"],
        },
        "service": {"when": {"before": "attribute.next_service", "by": "1 week"}, "within": "2 working days"},
        "inspection": {"when": {"before": "attribute.job.inspect", "by": "3 days"}, "within": "3 days", "again": "once"},
        "gone": {"purpose": "relationship", "when": {"lapse": "job", "exactly": "6 months"}, "within": "4 days", "value": "per_job"},
        "series": {"purpose": "relationship", "when": {"every": "1 month"}, "within": "1 day", "for": "step = 'high' and jobs >= 2"},
        "feast": {"purpose": "marketing", "when": {"festival": "lantern", "after": "5 days"}, "within": "6 days", "through": ["email"]},
        "key": {"when": {"becomes": "key and (said is null or said > 20)"}, "within": "9 days", "value": "spent * 0.1"},
        "plated": {
            "when": {"becomes": "last_plate > 'A' and days_since(last_job) < 20"},
            "within": "2 days",
            "bundle": False,
            "skills": ["cars"],
        },
        "asked": {"when": {"on": "request", "wait": "0 days"}, "within": "1 day", "owner": "customer owner", "hours": ["09:00-11:30"]},
        "worth": {
            "purpose": "marketing",
            "when": {"adaptive": "10 %", "explore": "20 %", "no sooner than": "10 days"},
            "within": "1 day",
            "through": ["phone", "email"],
        },
    }


def whose(number: int) -> str:
    """An id that languages, upper and lower case and punctuation would order differently."""
    return _MARKS[number % len(_MARKS)].format(number * 7 % 241)


def tables(day: date) -> dict[str, pa.Table]:
    """Every input table for a plan of `day`."""
    ago = [day - timedelta(days=number) for number in range(800)]
    rows = {
        "customers": _customers(ago),
        "events": _events(ago),
        "agreements": _agreements(day),
        **_reach(),
        "contacts": _contacts(ago),
        "answers": _answers(ago),
        "cases": _cases(ago),
        "promises": _promises(day),
        "requests": _requests(ago),
        "known": _known(day),
        "learned": _learned(ago),
        **_people(day),
        "contact_policy": _policy(),
        "calendar_days": [row for name in ("CN", "US") for row in calendar_rows(name, day.year - 1, day.year + 1)],
    }
    return {name: _table(name, each) for name, each in rows.items()}


def changes(events: pa.Table, day: date) -> pa.Table:
    """What the day itself brings: corrected amounts and days, deleted events, new ones; `tables.EVENT_CHANGES`."""
    old = events.to_pylist()
    corrected = [
        {**row, "amount": (row["amount"] or 0) + 12.35, "day": row["day"] - timedelta(days=n % 3)} for n, row in enumerate(old[5:90:6])
    ]
    gone = [{**row, "deleted": True} for row in old[7:100:9]]
    new = [{**row, "event_id": 50_000 + n, "day": day, "at": None} for n, row in enumerate(old[2:200:4])]
    kinds = {name: events.schema.field(name).type for name in events.schema.names} | {"deleted": pa.bool_()}
    rows = [*corrected, *gone, *new]
    return pa.table({name: pa.array([row.get(name) for row in rows], kind) for name, kind in kinds.items()})


def changed(events: pa.Table, changes: pa.Table) -> pa.Table:
    """The events as they are afterwards."""
    replaced = set(changes.column("event_id").to_pylist())
    rows = [row for row in events.to_pylist() if row["event_id"] not in replaced]
    rows += [row for row in changes.to_pylist() if not row["deleted"]]
    return pa.table({name: pa.array([row[name] for row in rows], events.schema.field(name).type) for name in events.schema.names})


_EXTRA = {"customers": {"next_service": "date", "note": "string"}, "events": {"plate": "string", "inspect": "date"}}
_WHOLE = ("event_id", "contact_id", "promise_id", "request_id")


def _table(name: str, rows: Any) -> pa.Table:
    contract = next(table for table in INPUTS if table.name == name)
    kinds = {column.name: column.type for column in contract.columns} | _EXTRA.get(name, {})
    kinds = {column: "int64" if column in _WHOLE else "string" if kind == "key" else kind for column, kind in kinds.items()}
    given = list(rows)
    return pa.table({column: pa.array([row.get(column) for row in given], ARROW[kind]) for column, kind in kinds.items()})


def _customers(ago: list[date]) -> Iterator[Mapping[str, Any]]:
    for n in _NUMBERS:
        lunar = n % 7 == 3
        yield {
            "customer_id": whose(n),
            "kind": None if n % 5 else "person",
            "status": ("active", None, "active", "deceased", "closed")[n % 61 % 5 if n % 61 < 5 else 0],
            "branch_id": (None, "北京", "east", "West", "nowhere")[n % 23 % 5],
            "owner_id": (None, "li", "Wang", "zoe")[n % 4],
            "time_zone": _ZONES[n % len(_ZONES)],
            "birthday": (_LUNAR_BORN if lunar else _BORN)[n % (6 if lunar else 10)],
            "birthday_lunar": True if lunar else None,
            "first_seen": ago[(n * 13) % 700] if n % 3 else None,
            "next_service": ago[0] + timedelta(days=n % 11) if n % 4 == 0 else None,
            "note": ("ÄRGER", "Vip é", None, "vIP 客户", "")[n % 5],
        }


def _events(ago: list[date]) -> Iterator[Mapping[str, Any]]:
    half = [day for day in ago if (day.month - ago[0].month) % 12 in (5, 6, 7)]
    for n in range(900):
        day = (ago[n % 5], ago[(n * 17) % 400], half[n % len(half)], ago[(n * 3) % 60])[n % 4]
        at = datetime(day.year, day.month, day.day, n % 24, n * 7 % 60, 30)
        yield {
            "event_id": 10_000 - n,
            "customer_id": whose(n * 11 % 240),
            "kind": ("job", "job", "visit")[n % 3],
            "at": at if n % 6 else None,
            "day": day,
            "amount": (None, 0.1, 0.2, 10.15, 30.1, 9.99, -5.05)[n % 7],
            "staff_id": (None, "li", "zoe")[n % 3],
            "plate": (None, "B 1", "a-2", "京A", "")[n % 5],
            "inspect": ago[0] + timedelta(days=n % 9 - 2) if n % 5 == 1 else None,
        }


def _agreements(day: date) -> Iterator[Mapping[str, Any]]:
    for n in range(90):
        ends = (day + timedelta(days=26 + n % 8), None)[n % 11 == 0]
        yield {
            "agreement_id": f"V{n}" if n % 2 else f"v-{n}",
            "customer_id": whose(n * 5 % 240),
            "kind": "contract",
            "starts": day - timedelta(days=n),
            "ends": ends,
            "status": (None, "active", "ended")[n % 3],
            "amount": n * 1.1,
        }


def _reach() -> dict[str, list[Mapping[str, Any]]]:
    points = [
        {"customer_id": whose(n), "channel": channel, "usable": (n + place) % 9 != 0}
        for n in _NUMBERS
        for place, channel in enumerate(("phone", "sms", "email"))
        if (n + place) % 6
    ]
    consents = [
        {
            "customer_id": whose(n),
            "purpose": ("marketing", "any", "relationship")[n % 3],
            "channel": ("any", "phone", "email", "any")[n % 4],
            "allowed": n % 10 > 1,
        }
        for n in _NUMBERS
        if n % 4
    ]
    separate = [
        {
            "customer_id": whose(n),
            "purpose": "sensitive",
            "channel": ("any", "sms", "email")[n // 10 % 3],
            "allowed": n // 10 % 5 > 0,
            "proven": (True, None, True, False)[n // 10 % 4],
        }
        for n in _NUMBERS
        if n % 3
    ]
    return {"contact_points": points, "consents": consents + separate}


def _contacts(ago: list[date]) -> Iterator[Mapping[str, Any]]:
    for n in range(260):
        yield {
            "contact_id": n,
            "customer_id": whose(n * 3 % 240),
            "channel": ("phone", "sms", "email")[n % 3],
            "purpose": ("service", "relationship", "marketing")[n // 3 % 3],
            "programme": ("series", None, "after")[n % 3],
            "day": ago[n % 40],
            "local_day": ago[n % 40 + 1] if n % 11 == 0 else None,
            "at": None if n % 3 == 1 else datetime(ago[n % 40].year, ago[n % 40].month, ago[n % 40].day, n % 15),
            "reached": n % 2 == 0,
            "counted": n % 5 > 0,
            "staff_id": "li",
        }


def _answers(ago: list[date]) -> Iterator[Mapping[str, Any]]:
    said = ("21", " 30 ", "abc", "1e1", "", "1.5", "2026-02-30", "-7", None, "12345678901234567890")
    for n in range(80):
        yield {
            "customer_id": whose(n),
            "programme": "after",
            "question": "age",
            "day": ago[n % 50],
            "score": n % 5 * 1.0,
            "value": said[n % 10],
        }


def _cases(ago: list[date]) -> Iterator[Mapping[str, Any]]:
    for n in range(70):
        yield {"case_id": str(n), "customer_id": whose(n * 9 % 240), "kind": "problem", "open": n % 3 > 0, "opened": ago[n * 2]}


def _promises(day: date) -> Iterator[Mapping[str, Any]]:
    for n in range(24):
        opens = datetime(day.year, day.month, day.day, 6) if n % 2 else None
        yield {
            "promise_id": n,
            "customer_id": whose(n * 10),
            "programme": ("after", "asked", "key")[n % 3],
            "cause": str(10_000 - n % 12 * 37),
            "day": day + timedelta(days=n % 3 - 1),
            "opens_at": opens,
            "closes_at": opens + timedelta(hours=1) if opens else None,
            "staff_id": ("li", None, "away")[n % 3],
        }


def _requests(ago: list[date]) -> Iterator[Mapping[str, Any]]:
    for n in range(40):
        yield {"request_id": n, "customer_id": whose(n * 6), "programme": "asked", "day": ago[n % 2]}


def _known(day: date) -> Iterator[Mapping[str, Any]]:
    for n in range(60):
        due = day - timedelta(days=n % 6)
        yield {
            "playbook": "shop",
            "programme": ("after", "gone", "series", "key", "inspection")[n % 5],
            "customer_id": whose(n * 4 % 240),
            "cause": (str(10_000 - n), "2023-01-01", "not a number")[n % 3],
            "cause_day": None if n % 4 else due,
            "due": due,
            "deadline": due if n % 2 else None,
            "expires": due + timedelta(days=n % 9),
            "open": n % 3 > 0,
            "attempts": n % 5,
            "next_on": day + timedelta(days=n % 4 - 1) if n % 7 == 0 else None,
            "staff_id": ("zoe", None)[n % 2],
        }


def _learned(ago: list[date]) -> Iterator[Mapping[str, Any]]:
    for n in range(100):
        yield {"customer_id": whose(n), "name": "customer_value", "value": n * 0.1, "as_of": ago[n % 3], "model": "m"}


def _policy() -> Iterator[Mapping[str, Any]]:
    for n in _NUMBERS:
        yield {
            "customer_id": whose(n),
            "index": (n * 37 % 50 - 5) * 0.1,
            "expected_effect": None if n % 4 else n / 700,
            "slowed": 1 + n // 3 % 3 * 1.3,
            "paused": n % 29 == 0,
            "balance": n % 17 - 1,
        }


def _people(day: date) -> dict[str, list[Mapping[str, Any]]]:
    staff = [
        ("li", "北京", 6, True, "cars", "09:00-12:00, 14:00-18:00"),
        ("Wang", "east", 5, True, None, None),
        ("zoe", None, 4, True, "cars, talks", "13:00-21:00"),
        ("away", "West", 9, True, "cars", "09:00-12:00"),
        ("gone", "West", 9, False, None, None),
        ("night", None, 3, True, None, "18:00-22:00"),
        ("Émile", "West", 3, True, "talks", "08:00-12:00"),
    ]
    return {
        "staff": [dict(zip(("staff_id", "branch_id", "capacity", "active", "skills", "hours"), row, strict=True)) for row in staff],
        "absences": [{"staff_id": "away", "first_day": day, "last_day": day, "substitute_id": "Émile"}],
        "branches": [
            {"branch_id": "北京", "time_zone": "Asia/Shanghai", "calendar": "CN"},
            {"branch_id": "east", "time_zone": None, "calendar": None},
            {"branch_id": "West", "time_zone": "America/New_York", "calendar": "US"},
        ],
    }
