"""Two versions of a playbook over the same days: what is added, dropped and moved, with both reasons."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from huifang.domain.contact import Channel
from huifang.engine.difference import Difference, difference
from huifang.engine.simulation import Assumptions
from huifang.playbooks.schema import Playbook
from tests.engine.coming import EVENTS, after, firm, settled
from tests.engine.planning import MONDAY, playbook


def compared(old: Playbook, new: Playbook, days: int = 3, **rows: Any) -> Difference:
    with firm(old, **rows) as (context, given):
        return difference(context, given, (new,), days)


def test_the_same_version_changes_nothing():
    found = compared(after(), after(), 1, events=[settled(1, -1)])
    assert (found.changes, found.same) == ((), 1)


def test_a_longer_wait_moves_the_contact():
    (change,) = compared(after("1 d"), after("3 d"), events=[settled(1, -1)]).changes
    assert (change.kind, change.customer_id, change.programme) == ("moved", 1, "after")
    assert (change.before.day, change.after.day) == (MONDAY, MONDAY + timedelta(days=2))
    assert change.before.why.en == "1 day after settlement on 1 Mar"
    assert change.after.why.zh == "3月1日结算后第3天"


def test_a_narrower_range_of_customers_drops_and_a_wider_one_adds():
    narrow, wide = after(for_="branch_id = 'north'"), after()
    customers = [{"customer_id": 1, "branch_id": "north"}, {"customer_id": 2}]
    rows = {"customers": customers, "branches": [{"branch_id": "north"}], "events": [settled(1, -1), settled(2, -1)]}
    (dropped,) = compared(wide, narrow, 1, **rows).changes
    assert (dropped.kind, dropped.customer_id, dropped.after.rule) == ("dropped", 2, "not-due.nothing")
    found = compared(narrow, wide, 1, **rows)
    assert (found.number("added"), found.same) == (1, 1)
    assert found.changes[0].before.why.zh == "这些天内没有到期"


def test_a_programme_that_is_gone_and_one_that_is_refused():
    events, points = [settled(1, -1)], [{"customer_id": 1, "channel": "phone", "usable": True}]
    other = playbook({"later": {"when": {"after": "job.settled", "wait": "1 d"}, "through": ["sms"]}}, events=EVENTS)
    with firm(after(), events=events, contact_points=points) as (context, given):
        (change,) = difference(context, given, (other,)).changes
    assert (change.kind, change.after.rule) == ("dropped", "not-due.programme")
    by_message = after(through=["sms"])
    (refused,) = compared(after(), by_message, 1, events=events, contact_points=points).changes
    assert refused.after.rule == "suppressed.no-channel"
    assert refused.after.why.en == "Suppressed: No usable way to reach the customer"


def test_another_cause_of_the_same_programme_is_the_same_contact_on_another_day():
    old, new = (playbook({"care": {"when": {"every": every, "since": "job.settled"}}}, events=EVENTS) for every in ("7 d", "8 d"))
    found = compared(old, new, events=[settled(1, -7)])
    assert [(change.kind, change.before.day, change.after.day) for change in found.changes] == [
        ("moved", MONDAY, MONDAY + timedelta(days=1))
    ]


def test_a_customer_who_is_tried_again_is_one_contact_on_its_first_day():
    with firm(after(), events=[settled(1, -1)]) as (context, given):
        found = difference(context, given, (after("2 d"),), 4, Assumptions({Channel.PHONE: 0.0}))
    assert [(change.before.day, change.after.day) for change in found.changes] == [(MONDAY, MONDAY + timedelta(days=1))]
