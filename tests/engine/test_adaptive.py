"""Adaptive programmes: whom they choose on a day, within which bounds, and how the plan says it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st
from pydantic import ValidationError

from huifang.engine.explain import explain
from huifang.engine.keeping import fetch
from huifang.engine.planner import plan
from huifang.engine.reasons import because
from huifang.engine.tables import DECISIONS
from huifang.engine.triggers.adaptive import places
from huifang.playbooks.wording import when
from tests.engine.business import CONNECTION, calendar, context, due, given, playbook

DAY = date(2026, 9, 25)
DAYS = calendar(date(2026, 1, 1), date(2027, 1, 31))
CARE = {"adaptive": "10 %", "no sooner than": "30 days", "explore": "20 %"}


def policy(customer: int, index: float | None, **more: Any) -> dict[str, Any]:
    return {"customer_id": customer, "index": index, **more}


def contact(customer: int, days: int, **more: Any) -> dict[str, Any]:
    row = {"contact_id": 100 * customer + days, "customer_id": customer, "channel": "phone", "purpose": "service"}
    return {**row, "day": DAY - timedelta(days=days), "reached": True, "counted": True, **more}


def tables(**more: Any) -> dict[str, Any]:
    """Customer n has the index n, less 50."""
    people = [{"customer_id": number, "first_seen": date(2020, 1, 1)} for number in range(100)]
    rows = [policy(number, number - 50.0, expected_effect=number / 1000) for number in range(100)]
    return {"customers": people, "calendar_days": DAYS, "contact_policy": rows, **more}


def chosen(when: dict[str, Any] = CARE, day: date = DAY, rule: dict[str, Any] | None = None, **more: Any) -> dict[str, set[int]]:
    """By way, the customers."""
    book = playbook(
        programmes={"care": {"when": when, "purpose": "relationship", **(rule or {})}}, facts={"orders": "count(order)"}, **ORDERS
    )
    ways: dict[str, set[int]] = {}
    for row in due(given(tables(**more)), context(day, book)):
        ways.setdefault(row["cause"].partition(":")[2], set()).add(row["customer_id"])
    return ways


ORDERS = {"events": {"order": {"title": "t"}}}


def test_those_to_whom_a_contact_is_worth_most_and_a_few_drawn_at_random():
    ways = chosen()
    assert ways["worth"] == {92, 93, 94, 95, 96, 97, 98, 99}
    assert len(ways["drawn"]) == 2
    assert not ways["worth"] & ways["drawn"]
    assert chosen(day=DAY + timedelta(days=3))["drawn"] != ways["drawn"] == chosen()["drawn"]


def test_a_contact_that_is_worth_nothing_is_not_made_for_its_worth():
    rows = [policy(number, -1.0 if number else 2.0) for number in range(100)]
    ways = chosen(contact_policy=rows)
    assert ways["worth"] == {0}
    assert len(ways["drawn"]) == 2


def test_nobody_is_contacted_sooner_than_the_bound_and_a_slowed_class_later():
    rows = [policy(number, float(number), slowed=2.0 if number == 97 else None) for number in range(100)]
    contacts = [contact(99, 29), contact(98, 30), contact(97, 59), contact(96, 5, counted=False)]
    worth = chosen(contact_policy=rows, contacts=contacts)["worth"]
    assert not {99, 97} & worth
    assert {98, 96} <= worth
    contacts[2] = contact(97, 60)
    assert 97 in chosen(contact_policy=rows, contacts=contacts)["worth"]


def test_a_paused_class_rests_and_an_account_below_zero_has_service_only():
    rows = [policy(number, float(number), paused=number == 99, balance=-1 if number == 98 else 0) for number in range(100)]
    assert not {98, 99} & chosen(contact_policy=rows)["worth"]
    assert chosen(contact_policy=rows, rule={"purpose": "service"})["worth"] >= {98, 97}


def known(customer: int, days: int, **more: Any) -> dict[str, Any]:
    day = DAY - timedelta(days=days)
    row = {"playbook": "shop", "programme": "care", "customer_id": customer, "cause": f"{day}:worth", "due": day, "expires": day}
    return {**row, "open": False, "attempts": 1, **more}


def test_what_was_decided_before_counts_as_its_day_and_what_is_open_is_not_born_again():
    ways = chosen(known=[known(99, 29), known(98, 31), known(97, 1, open=True, expires=DAY)])
    assert 99 not in ways["worth"]
    assert 98 in ways["worth"]
    assert len(ways["worth"]) == 9  # eight new ones, and the open one again
    assert 97 in ways["worth"]


def test_whoever_waited_as_long_as_may_be_is_due_whatever_the_worth_and_beside_the_share():
    trigger = {**CARE, "no later than": "6 months"}
    people = [{"customer_id": number, "first_seen": date(2026, 3, 25) if number == 1 else date(2026, 8, 1)} for number in range(99)]
    people.append({"customer_id": 99})
    ways = chosen(
        trigger, customers=people, contacts=[contact(2, 201), contact(3, 100)], contact_policy=[policy(n, n - 50.0) for n in range(99)]
    )
    assert ways["waited"] == {1, 2}
    assert len(ways["worth"]) == 8
    assert max(ways["worth"]) == 98
    assert "waited" not in chosen(trigger, customers=people, contacts=[contact(1, 10)])


def test_only_customers_whom_the_programme_is_for_compete_and_count():
    events = [{"event_id": number, "customer_id": number, "kind": "order", "day": DAY, "amount": 1.0} for number in range(50)]
    people = [{"customer_id": number, "status": "closed" if number == 49 else None} for number in range(100)]
    ways = chosen(events=events, customers=people, rule={"for": "orders >= 1"}, contact_policy=[policy(n, float(n)) for n in range(100)])
    assert ways["worth"] <= {43, 44, 45, 46, 47, 48}
    assert 48 in ways["worth"]
    assert 49 not in ways["worth"] | ways.get("drawn", set())


@examples(st.floats(0, 1), st.integers(0, 10_000), st.text(max_size=20))
def test_the_places_of_a_day_are_the_share_of_the_customers_give_or_take_one(share, customers, key):
    assert abs(places(share, customers, key) - share * customers) < 1.000001


def test_the_places_of_a_small_business_are_its_share_over_the_days():
    assert sum(places(0.01, 30, f"shop|care|{day}") for day in range(2_000)) == pytest.approx(600, rel=0.1)


def planned(**more: Any) -> list[dict[str, Any]]:
    rule = {"when": CARE, "purpose": "relationship", "title": {"zh": "关怀", "en": "Care"}, "within": "5 days"}
    book = playbook(programmes={"care": rule}, limits={"caps": [{"at most": 1, "per": "10 days"}]})
    made = plan(context(DAY, book), given(tables(**{"contact_points": PHONES, "staff": STAFF, **more})))
    rows = [dict(zip(DECISIONS.names, row, strict=True)) for row in fetch(CONNECTION, made.decisions.select(*DECISIONS.names))]
    return [{**row, "said": because([row], {"shop": book}, DAY)} for row in rows]


PHONES = [{"customer_id": number, "channel": "phone", "usable": True} for number in range(100)]
STAFF = [{"staff_id": 1, "capacity": 50, "active": True}]


def test_the_plan_ranks_by_the_index_and_says_why_with_figures():
    rows = {row["customer_id"]: row for row in planned()}
    assert len(rows) == 10
    assert rows[99]["value"] == 49.0
    assert rows[99]["said"].en.startswith("a contact is worth most now (a contact now is worth 49.00, expected effect +10 points")
    assert rows[99]["said"].zh.startswith("此刻联络最有价值（此刻联络价值 49.00，预期活跃可能性 +10 个百分点） · 关怀")
    drawn = next(row for row in rows.values() if row["cause"].endswith(":drawn"))
    assert drawn["said"].en.startswith("drawn at random, to go on learning (")


def test_a_refused_contact_keeps_the_figures_of_its_refusal():
    rows = {row["customer_id"]: row for row in planned(staff=[{"staff_id": 1, "capacity": 5, "active": True}])}
    assert sum(row["rule"] == "planned.first" for row in rows.values()) == 5
    assert {row["rule"] for row in rows.values()} == {"planned.first", "deferred.no-capacity"}
    assert rows[99]["rule"] == "planned.first"


def test_a_reason_without_figures():
    rows = planned(contact_policy=[policy(number, float(number)) for number in range(100)])
    assert next(row for row in rows if row["customer_id"] == 99)["said"].en.startswith(
        "a contact is worth most now (a contact now is worth 99.00) ·"
    )
    bare = {**rows[0], "detail": None, "cause": "2026-09-25"}
    book = playbook(programmes={"care": {"when": CARE}})
    assert because([bare], {"shop": book}, DAY).zh.startswith("按联络价值 · ")


def test_the_explanation_of_one_customer_does_not_guess_what_needs_comparison():
    book = playbook(programmes={"care": {"when": CARE, "purpose": "relationship"}})
    line = explain(context(DAY, book), given(tables()), 99).lines[0]
    assert (line.due, line.rule) == (False, "not-due.compared")


def test_the_rule_is_read_aloud():
    book = playbook(
        programmes={
            "care": {"when": {**CARE, "no later than": "6 months"}},
            "free": {"when": {"adaptive": 0.005, "no sooner than": "4 weeks"}},
        }
    )
    assert when(book, book.programmes["care"]).en == (
        "by the learned worth of a contact, at most 10 % of the customers a day (20 % of them drawn at random), "
        "at least 30 days apart, 6 months at the most"
    )
    assert when(book, book.programmes["free"]).zh == "按学到的联络价值，每天至多选 0.5 % 的客户（其中 2 % 随机试探），两次至少相隔 4 周"


@pytest.mark.parametrize(
    ("more", "said"),
    [({"no sooner than": "3 working days"}, "days, weeks, months or years"), ({"no later than": "2 weeks"}, "shorter than no sooner than")],
)
def test_bounds_that_make_no_sense_are_told(more, said):
    with pytest.raises(ValidationError, match=said):
        playbook(programmes={"care": {"when": {**CARE, **more}}})
