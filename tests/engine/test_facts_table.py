"""Facts of a small repair shop, each by hand."""

from __future__ import annotations

from datetime import date, datetime

from tests.engine.business import context, facts_of, given, playbook

DAY = date(2026, 3, 2)
JOBS = [
    {"event_id": 1, "customer_id": 1, "kind": "job", "day": date(2025, 3, 2), "amount": 900.0, "plate": "A1"},
    {"event_id": 2, "customer_id": 1, "kind": "job", "day": date(2025, 3, 3), "amount": 100.0, "plate": "A2"},
    {"event_id": 3, "customer_id": 1, "kind": "job", "day": DAY, "at": datetime(2026, 3, 2, 1), "amount": 300.0, "plate": None},
    {"event_id": 4, "customer_id": 1, "kind": "job", "day": date(2026, 3, 3), "amount": 7.0, "plate": "later"},
    {"event_id": 5, "customer_id": 1, "kind": "visit", "day": date(2026, 1, 1), "amount": 5.0, "plate": None},
]
PLAN = playbook(
    "shop",
    attributes={"vip": {"title": "t", "type": "boolean"}, "unknown": {"title": "t", "type": "number"}},
    events={"job": {"title": "t", "attributes": {"plate": {"title": "t"}, "missing": {"title": "t", "type": "number"}}}},
    agreements={"policy": {"title": "t"}},
    questionnaires={
        "ten": {
            "title": "t",
            "questions": [
                {"key": "speed", "ask": "q", "type": "scale"},
                {"key": "again", "ask": "q", "type": "yes-no"},
                {"key": "wish", "ask": "q", "type": "text"},
                {"key": "cars", "ask": "q", "type": "number"},
            ],
        }
    },
    facts={
        "jobs": "count(job)",
        "jobs_again": "count(job)",
        "jobs_12m": "count(job, 12 months)",
        "spent_12m": "sum(job.amount, 12 months)",
        "big": {"value": "count(job)", "where": "amount >= 300"},
        "mean_spent": "mean(job.amount)",
        "most": "max(job.amount)",
        "first_job": "first(job)",
        "last_job": "last(job)",
        "plate": "last(job.plate)",
        "first_plate": "first(job.plate)",
        "nothing": "sum(job.missing)",
        "calls": "count(contact.phone)",
        "tries": "count(contact, 30 days)",
        "reached": "last(contact.reached)",
        "speed": "last(answer.speed)",
        "again": "last(answer.again)",
        "wish": "last(answer.wish)",
        "cars": "last(answer.cars)",
        "answered": "count(answer.speed)",
        "policies": "count(agreement.policy)",
        "policy_ends": "next(agreement.policy.ends)",
        "a_job": "spent_12m / jobs_12m",
    },
    classes={"loyal": {"when": "jobs >= 3 and vip", "title": "t"}},
    ladders={
        "tier": {"title": "t", "steps": {"core": {"when": "a_job >= 200", "title": "t"}, "rest": {"when": "else", "title": "t"}}},
        "step": {"title": "t", "steps": {"far": {"when": "branch = '9'", "title": "t"}}},
    },
)
CONTACT = {"customer_id": 1, "channel": "phone", "purpose": "service", "counted": True}
TABLES = {
    "customers": [
        {"customer_id": 1, "birthday": date(1980, 3, 3), "branch_id": 9, "vip": True},
        {
            "customer_id": 2, "kind": "staff", "status": "closed", "birthday": date(1980, 3, 2), "time_zone": "Asia/Urumqi",
            "first_seen": DAY,
        },
    ],
    "events": JOBS,
    "branches": [{"branch_id": 9, "time_zone": "Asia/Shanghai", "calendar": "HOME"}],
    "contact_points": [{"customer_id": 1, "channel": "phone", "usable": True}, {"customer_id": 1, "channel": "sms", "usable": False}],
    "contacts": [
        {**CONTACT, "contact_id": 1, "day": date(2026, 1, 31), "reached": True},
        {**CONTACT, "contact_id": 2, "day": date(2026, 2, 1), "reached": False},
        {**CONTACT, "contact_id": 3, "channel": "sms", "day": date(2026, 2, 2), "reached": False, "counted": False},
    ],
    "answers": [
        {"customer_id": 1, "programme": "p", "question": "speed", "day": date(2026, 1, 1), "score": 2.0},
        {"customer_id": 1, "programme": "p", "question": "speed", "day": date(2026, 1, 9), "score": 5.0},
        {"customer_id": 1, "programme": "p", "question": "again", "day": date(2026, 1, 9), "value": "yes"},
        {"customer_id": 1, "programme": "p", "question": "wish", "day": date(2026, 1, 9), "value": "快一点"},
        {"customer_id": 1, "programme": "p", "question": "cars", "day": date(2026, 1, 9), "value": "2"},
    ],
    "cases": [{"case_id": 1, "customer_id": 1, "kind": "c", "open": True, "opened": DAY}],
    "agreements": [
        {"agreement_id": 1, "customer_id": 1, "kind": "policy", "ends": date(2026, 5, 1)},
        {"agreement_id": 2, "customer_id": 1, "kind": "policy", "starts": DAY, "ends": DAY, "status": "active"},
        {"agreement_id": 3, "customer_id": 1, "kind": "policy", "ends": date(2026, 3, 1)},
        {"agreement_id": 4, "customer_id": 1, "kind": "policy", "ends": date(2026, 3, 9), "status": "cancelled"},
    ],
}  # fmt: skip
FOUND = facts_of(given(TABLES, {"plate": "string", "vip": "boolean"}), context(DAY, PLAN))


def of(customer: int, *names: str) -> list[object]:
    return [FOUND[customer].get(f"shop__{name}", FOUND[customer].get(name)) for name in names]


def test_windows_slide_and_tomorrow_does_not_count() -> None:
    assert of(1, "jobs", "jobs_12m", "spent_12m", "big") == [3, 2, 400.0, 2]


def test_first_last_mean_and_most() -> None:
    assert of(1, "mean_spent", "most", "first_job", "last_job") == [433.333333, 900.0, date(2025, 3, 2), DAY]


def test_the_last_row_that_says_it_counts() -> None:
    assert of(1, "plate", "first_plate", "nothing") == ["A2", "A1", None]


def test_contacts_answers_and_agreements() -> None:
    assert of(1, "tries", "calls", "reached", "speed", "answered", "again", "wish", "cars") == [
        2,
        2,
        date(2026, 1, 31),
        5.0,
        2,
        True,
        "快一点",
        2.0,
    ]
    assert of(1, "policies", "policy_ends") == [2, DAY]


def test_derived_facts_classes_and_ladders() -> None:
    assert of(1, "a_job", "loyal", "tier", "step") == [200.0, True, "core", "far"]
    assert of(2, "a_job", "loyal", "tier", "step", "vip", "unknown") == [None, False, "rest", None, None, None]


def test_of_nothing_there_are_none_and_the_rest_is_unknown() -> None:
    assert of(2, "jobs", "calls", "policies", "spent_12m", "last_job", "speed") == [0, 0, 0, None, None, None]


def test_built_in_facts() -> None:
    names = (
        "kind",
        "status",
        "age",
        "first_seen",
        "open_cases",
        "has_phone",
        "has_sms",
        "contacts_30d",
        "last_contact",
        "time_zone",
        "_calendar",
    )
    assert of(1, *names) == ["person", "active", 45, date(2025, 3, 2), 1, True, False, 1, date(2026, 2, 1), "Asia/Shanghai", "HOME"]
    assert of(2, *names) == ["staff", "closed", 46, DAY, 0, False, False, 0, None, "Asia/Urumqi", None]
