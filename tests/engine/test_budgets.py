"""The month's money goes to contacts in their order of work; the rest wait for the next month. And the cheapest channel is taken."""

from __future__ import annotations

from datetime import date, timedelta

from tests.engine.planning import MONDAY, fact, occurrence, phone, playbook, run

PEOPLE = (1, 2, 3, 4)
STAFF = [{"staff_id": "li", "capacity": 50, "active": True}]


def planned(book, *, contacts=(), day=MONDAY, **more):
    due = [occurrence("call", number, due=day, deadline=day, expires=day + timedelta(days=60), **more) for number in PEOPLE]
    decisions, followups, _ = run([book], due, [fact(number) for number in PEOPLE], day, contact_points=phone(*PEOPLE), contacts=contacts)
    return decisions, followups


def past(number: int, programme: str, day: date, channel: str = "phone"):
    return {
        "contact_id": str(number), "customer_id": 90 + number, "channel": channel, "purpose": "service", "programme": programme, "day": day,
        "reached": True, "counted": True,
    }  # fmt: skip


def test_what_is_left_goes_to_the_first_in_order_and_the_rest_wait_for_the_next_month():
    book = playbook({"call": {"budget": 10}}, costs={"phone": 3.5})
    decisions, followups = planned(book)
    assert len(followups) == 2
    waiting = [row for row in decisions if row["rule"] == "deferred.budget"]
    assert len(waiting) == 2
    assert {row["until"] for row in waiting} == {date(2026, 4, 1)}
    assert waiting[0]["detail"] == '{"budget": 10, "spent": 0}'
    made = {row["customer_id"] for row in followups}
    assert {row["rule"] for row in decisions if row["customer_id"] in made} == {"planned.first"}


def test_this_month_s_contacts_of_the_programme_are_spent_and_no_others():
    book = playbook({"call": {"budget": 10}, "other": {}}, costs={"phone": 3.5})
    earlier = MONDAY.replace(day=1) - timedelta(days=1)
    contacts = [past(1, "call", MONDAY), past(2, "call", earlier), past(3, "other", MONDAY), past(4, "call", MONDAY, "letter")]
    _, followups = planned(book, contacts=contacts)
    assert len(followups) == 1


def test_a_promise_is_kept_and_counts():
    book = playbook({"call": {"budget": 1}}, costs={"phone": 3.5})
    _, followups = planned(book, promised=True, promise_day=MONDAY)
    assert len(followups) == len(PEOPLE)


def test_a_channel_that_costs_nothing_needs_no_money():
    for costs in ({}, {"sms": 1}):
        _, followups = planned(playbook({"call": {"budget": 1}}, costs=costs))
        assert len(followups) == len(PEOPLE)


def test_the_cheapest_channel_that_reaches_is_taken_and_without_it_the_first():
    given = {"through": ["phone", "email", "sms"], "send": ["mail", "text"]}
    content = {
        "mail": {"title": "m", "channel": "email", "subject": "m", "text": "m"},
        "text": {"title": "t", "channel": "sms", "text": "t"},
    }
    points = [*phone(1, 2), {"customer_id": 1, "channel": "sms", "usable": True}, {"customer_id": 1, "channel": "email", "usable": True}]
    for choose, expected in (("cheapest", {1: "email", 2: "phone"}), ("in order", {1: "phone", 2: "phone"})):
        book = playbook({"call": {**given, "choose": choose}}, content=content, costs={"phone": 3.5, "email": 0.01, "sms": 0.05})
        due = [occurrence("call", number) for number in (1, 2)]
        _, followups, _ = run([book], due, [fact(1), fact(2)], contact_points=points)
        assert {row["customer_id"]: row["channel"] for row in followups} == expected
