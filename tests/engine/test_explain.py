"""Why, and why not, for one customer."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from huifang.domain.errors import Invalid
from huifang.engine.explain import Explanation, explain
from huifang.engine.planner import plan
from huifang.engine.stages import PlanContext, inputs
from huifang.engine.tables import INPUTS
from huifang.stores.embedded import connect
from tests.engine.coming import EVENTS, firm, settled
from tests.engine.planning import MONDAY, arrow, calendar, kind_of, phone, playbook

BOOK = playbook(
    {
        "after": {"when": {"after": "job.settled", "wait": "1 d"}, "for": "jobs >= 1", "still": "open_cases = 0", "within": "5 d"},
        "later": {
            "when": {"after": "job.settled", "wait": "10 d"},
            "within": "1 working day",
            "title": {"zh": "十天后", "en": "ten days on"},
        },
    },
    facts={"jobs": "count(job.settled)"},
    events={"job.settled": {"title": {"zh": "结算", "en": "settlement"}}},
    subjects=["person"],
)


def explained(customer: int, days: range = range(-70, 430), *, planned: bool = False) -> Explanation:
    connection = connect(threads=1)
    events = [{"event_id": number, "customer_id": number, "kind": "job.settled", "day": MONDAY - timedelta(days=3)} for number in (1, 3)]
    rows = {
        "customers": [{"customer_id": 1}, {"customer_id": 2}, {"customer_id": 3, "kind": "staff"}], "events": events,
        "contact_points": phone(1, 2, 3), "calendar_days": calendar(days=days),
        "staff": [{"staff_id": "li", "capacity": 0, "active": True}],
    }  # fmt: skip
    tables = {}
    for table in INPUTS:
        kinds = {column.name: kind_of(column.name, column.type) for column in table.columns}
        tables[table.name] = connection.create_table(table.name, arrow(kinds, rows.get(table.name, [])), temp=True)
    context, given = PlanContext(MONDAY, MONDAY - timedelta(days=1), (BOOK,), connection), inputs(tables)
    try:
        return explain(context, given, customer, plan(context, given) if planned else None)
    finally:
        connection.disconnect()


def test_due_with_its_cause_figures_and_rule():
    first, second = explained(1).lines
    assert (first.due, first.rule, first.figures) == (True, "planned.first", {"jobs": 1.0, "open_cases": 0})
    assert first.cause is not None
    assert first.cause.en.startswith("1 day after settlement on 27 Feb")
    assert (second.due, second.next_day) == (False, date(2026, 3, 9))


def test_the_plan_itself_knows_who_has_room():
    said = explained(1, planned=True)
    assert said.lines[0].rule == "deferred.no-capacity"
    assert said.lines[0].next_day == MONDAY + timedelta(days=1)
    assert "当天人手已满" in said.say("zh")
    assert "Next possible: 9 Mar 2026" in said.say("en")


def test_why_not():
    assert [line.rule for line in explained(2).lines] == ["not-due.for", "not-due.nothing"]
    assert [line.rule for line in explained(3).lines] == ["not-due.subject", "not-due.subject"]


def test_left_in_peace_and_until_when():
    """What was learned of the customer's account and class is asked; whom an adaptive programme chooses is not guessed."""
    book = playbook(
        {
            "greet": {"when": {"after": "job.settled", "wait": "1 d"}, "purpose": "relationship", "within": "20 d"},
            "worth": {"when": {"adaptive": "100 %", "no sooner than": "7 d"}, "purpose": "relationship", "within": "2 d"},
        },
        events=EVENTS, limits={"gap": "7 d"},
    )  # fmt: skip
    contacts = [
        {
            "contact_id": "c",
            "customer_id": 3,
            "day": MONDAY - timedelta(days=9),
            "purpose": "marketing",
            "channel": "phone",
            "counted": True,
        }
    ]
    policy = [
        {"customer_id": 1, "index": 9.0, "balance": -2, "slowed": 2.0}, {"customer_id": 2, "index": 9.0, "paused": True},
        {"customer_id": 3, "index": 9.0, "slowed": 2.0},
    ]  # fmt: skip
    with firm(book, events=[settled(n, -3) for n in (1, 2, 3)], contacts=contacts, contact_policy=policy) as (context, given):
        first = {n: explain(context, given, n).lines for n in (1, 2, 3)}
        chosen = {n: lines[1].rule for n, lines in first.items()}
    assert [(lines[0].rule, lines[0].next_day) for lines in first.values()] == [
        ("deferred.account-overdrawn", MONDAY + timedelta(days=1)), ("deferred.class-rests", MONDAY + timedelta(days=1)),
        ("deferred.class-slowed", MONDAY + timedelta(days=7)),
    ]  # fmt: skip
    assert "-2" in first[1][0].why.zh
    assert "间隔由7天放宽到14天" in first[3][0].why.zh
    assert set(chosen.values()) == {"not-due.compared"}


def test_a_calendar_that_ends_leaves_the_next_day_open():
    assert all(line.next_day is None for line in explained(1, range(-70, 20)).lines)


def test_nobody_of_that_number():
    with pytest.raises(Invalid, match="no customer"):
        explained(99)
