"""What cannot be right in the tables is counted and said, and makes no work."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from huifang.engine import left_out as module
from huifang.engine.left_out import LeftOut, left_out
from huifang.engine.planner import plan
from tests.engine.coming import EVENTS, after, firm, settled
from tests.engine.planning import MONDAY, playbook

TOMORROW = MONDAY + timedelta(days=1)
PEOPLE = [{"customer_id": 1, "birthday": MONDAY - timedelta(days=2)}, {"customer_id": 2, "birthday": date(1990, 1, 1)}, {"customer_id": 3}]


def promise(customer: int, cause: str) -> dict[str, object]:
    return {"promise_id": str(customer), "customer_id": customer, "programme": "after", "cause": cause, "day": MONDAY}


def known(customer: int, cause: str, *, is_open: bool = True) -> dict[str, object]:
    return {
        "playbook": "shop", "programme": "after", "customer_id": customer, "cause": cause, "due": MONDAY, "expires": MONDAY,
        "open": is_open, "attempts": 0,
    }  # fmt: skip


ROWS = {
    "customers": PEOPLE,
    "events": [
        settled(1, -3, 1), settled(2, -1, 2), settled(3, 0, 3), settled(3, 1, 4), settled(2, 400, 5), settled(77, -1, 6), settled(78, 0, 7),
    ],
    "promises": [promise(2, "x"), promise(77, "y"), promise(79, "z")],
    "known": [known(3, "k"), known(78, "k"), known(80, "k", is_open=False)],
}  # fmt: skip


def test_each_kind_is_counted():
    with firm(after(), **ROWS) as (context, given):
        assert left_out(context, given) == LeftOut(future=2, strangers=2, unborn=0, promises=2, open=1)
    with firm(after(), **ROWS) as (context, given):
        first = module.PlanContext(context.day, None, context.playbooks, context.connection)
        assert left_out(first, given) == LeftOut(future=2, strangers=2, unborn=1, promises=2, open=1)


def test_of_very_many_events_a_first_plan_looks_at_the_last_month(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "_LARGE", 2)
    events = [settled(77, -40, 1), settled(77, -31, 2), settled(77, 0, 3)]
    with firm(after(), events=events) as (context, given):
        first = module.PlanContext(context.day, None, context.playbooks, context.connection)
        found = left_out(first, given)
        assert found.strangers == 2
        assert "only those from 30 Jan 2026 on" in [words.en for words in found.words()][-1] or found.since == "2026-01-30"
        assert "首次计划" in [words.zh for words in found.words()][-1]
        assert left_out(context, given).since == ""


def test_nobody_gets_no_follow_up():
    with firm(after(), **ROWS) as (context, given):
        made = plan(context, given)
        found = {row for (row,) in zip(made.decisions.customer_id.to_pyarrow().to_pylist(), strict=True)}
        assert found <= {1, 2, 3}
        assert 2 in found
        assert None not in made.followups.customer_id.to_pyarrow().to_pylist()
    only = playbook({"asked": {}}, events=EVENTS)
    with firm(only, promises=[{**promise(77, "y"), "programme": "asked"}]) as (context, given):
        assert plan(context, given).counts == {}


def test_what_there_is_is_said_in_both_languages():
    assert [words.en for words in LeftOut(future=1200, unborn=1).words()] == [
        "Events dated after the day of the plan, left out: 1,200.",
        "Events before their customer was born, counted as they stand; check the dates: 1.",
    ]  # fmt: skip
    assert [words.zh for words in LeftOut(0, 1, 0, 1, 1).words()] == [
        "1 条业务事件的客户不在客户表中，未计入。", "1 个约定的客户不在客户表中，未安排。", "1 项未结应访事项的客户不在客户表中，未安排。",
    ]  # fmt: skip
    assert not list(LeftOut().words())
