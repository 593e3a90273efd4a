"""What each trigger promises, by example."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from huifang.domain.errors import CalendarError, TableError
from huifang.domain.spans import Span
from huifang.engine.keeping import keep_rows
from huifang.engine.lunar import births_on
from huifang.engine.schedule import series
from huifang.engine.stages import inputs
from tests.engine.business import CONNECTION, calendar, context, due, given, playbook

DAY = date(2026, 9, 25)
WEEKDAYS = calendar(date(2026, 1, 1), date(2027, 1, 31))
MID_AUTUMN = {"lunar_month": {DAY: 8}, "lunar_day": {DAY: 15}}
ORDERS = {"events": {"order": {"title": "t"}}, "facts": {"orders": "count(order, 30 days)"}}


def one(when: dict[str, Any], tables: dict[str, Any], day: date = DAY, since: date | None = None, **rule: Any) -> list[tuple[int, str]]:
    plan = playbook(programmes={"p": {"when": when, **rule}}, **ORDERS)
    rows = {"customers": [{"customer_id": 1}], "calendar_days": WEEKDAYS, **tables}
    return [(row["customer_id"], row["cause"]) for row in due(given(rows), context(day, plan, since=since))]


def order(number: int, day: date, customer: int = 1) -> dict[str, Any]:
    return {"event_id": number, "customer_id": customer, "kind": "order", "day": day, "amount": 10.0}


def test_a_lunar_birthday_comes_on_its_lunar_day() -> None:
    people = [
        {"customer_id": 1, "birthday": date(1990, 10, 3), "birthday_lunar": True},  # the 15th of the 8th month
        {"customer_id": 2, "birthday": date(1990, 10, 3)},
        {"customer_id": 3, "birthday": date(1990, 9, 25), "birthday_lunar": False},
    ]
    days = calendar(date(2026, 1, 1), date(2027, 1, 31), **MID_AUTUMN)
    found = one({"before": "birthday", "by": "0 days"}, {"customers": people, "calendar_days": days})
    assert found == [(1, "lunar-2026"), (3, "2026")]


def test_the_thirtieth_is_kept_on_the_twenty_ninth_of_a_short_month() -> None:
    born = next(births_on(8, 30, date(1990, 1, 1)))
    tomorrow = DAY + timedelta(days=1)
    days = calendar(date(2026, 1, 1), date(2027, 1, 31), lunar_month={DAY: 8, tomorrow: 9}, lunar_day={DAY: 29, tomorrow: 1})
    people = [{"customer_id": 1, "birthday": born, "birthday_lunar": True}]
    assert one({"before": "birthday", "by": "0 days"}, {"customers": people, "calendar_days": days}) == [(1, "lunar-2026")]


def test_a_leap_month_has_no_birthdays_of_its_own() -> None:
    born = next(births_on(8, 15, date(1990, 1, 1)))
    days = calendar(date(2026, 1, 1), date(2027, 1, 31), **MID_AUTUMN, lunar_leap={DAY: True})
    people = [{"customer_id": 1, "birthday": born, "birthday_lunar": True}]
    assert one({"before": "birthday", "by": "0 days"}, {"customers": people, "calendar_days": days}) == []


BUSY = {"becomes": "orders >= 2"}
KNOWN = {
    "playbook": "shop",
    "programme": "p",
    "customer_id": 1,
    "cause": "2026-08-01",
    "due": date(2026, 8, 1),
    "expires": date(2026, 8, 1),
    "attempts": 1,
}


def test_what_holds_at_the_first_plan_begins_there_and_only_once() -> None:
    events = [order(1, DAY), order(2, DAY - timedelta(days=1))]
    assert one(BUSY, {"events": events}) == [(1, "2026-09-25")]
    assert one(BUSY, {"events": events, "known": [{**KNOWN, "open": False}]}) == []


def test_it_begins_again_after_it_did_not_hold() -> None:
    events, yesterday = [order(1, DAY), order(2, DAY - timedelta(days=1))], DAY - timedelta(days=1)
    closed = {"events": events, "known": [{**KNOWN, "open": False}]}
    assert one(BUSY, closed, since=yesterday) == [(1, "2026-09-25")]
    assert one(BUSY, closed, day=DAY + timedelta(days=1), since=DAY) == []
    assert one(BUSY, {"events": events, "known": [{**KNOWN, "open": True}]}, since=yesterday) == [(1, "2026-08-01")]
    assert one(BUSY, closed, since=yesterday, again="once") == []


def test_a_beginning_can_wait() -> None:
    events = [order(1, DAY - timedelta(days=3)), order(2, DAY - timedelta(days=4))]
    assert one({**BUSY, "wait": "3 days"}, {"events": events}) == [(1, "2026-09-22")]
    assert one({**BUSY, "wait": "4 days"}, {"events": events}) == []
    assert one({**BUSY, "wait": "2 working days"}, {"events": events}, since=DAY - timedelta(days=1)) == [(1, "2026-09-23")]
    sunday, tuesday = DAY + timedelta(days=2), date(2026, 6, 30)
    assert one({**BUSY, "wait": "1 working day"}, {"events": events}, day=sunday) == [(1, "2026-09-24")]
    spring = [order(1, date(2026, 5, 20)), order(2, date(2026, 5, 21))]
    assert one({**BUSY, "wait": "1 month"}, {"events": spring}, day=tuesday) == [(1, "2026-05-31")]


def test_the_working_days_are_those_of_the_customers_branch() -> None:
    closed = [DAY - timedelta(days=1)]
    days = WEEKDAYS + calendar(date(2026, 1, 1), date(2027, 1, 31), closed, name="HOME")
    tables = {
        "customers": [{"customer_id": 1, "branch_id": 1}, {"customer_id": 2, "branch_id": 2}],
        "branches": [{"branch_id": 1, "calendar": "HOME"}, {"branch_id": 2, "calendar": "UNKNOWN"}],
        "events": [order(1, date(2026, 9, 23), 1), order(2, date(2026, 9, 24), 2)],
        "calendar_days": days,
    }
    assert one({"after": "order", "wait": "1 working day"}, tables) == [(1, "1"), (2, "2")]


def test_working_days_without_a_calendar_are_told() -> None:
    with pytest.raises(CalendarError, match="calendar_days"):
        one({"after": "order", "wait": "1 working day"}, {"calendar_days": []})


def test_only_customers_the_programme_is_for_and_the_rule_is_seen_through() -> None:
    events = [order(1, DAY, 1), order(2, DAY, 2), order(3, DAY, 2)]
    tables = {"customers": [{"customer_id": 1}, {"customer_id": 2}], "events": events}
    assert one({"after": "order", "wait": "0 days"}, tables, for_="orders >= 2") == [(2, "2"), (2, "3")]


def test_an_open_occurrence_carries_its_event_and_its_promise() -> None:
    plan = playbook(programmes={"p": {"when": {"after": "order", "wait": "1 day"}}}, **ORDERS)
    rows = given(
        {
            "customers": [{"customer_id": 1}],
            "events": [{**order(7, date(2026, 8, 1)), "staff_id": 5}],
            "known": [{**KNOWN, "cause": "7", "open": True, "staff_id": 3}, {**KNOWN, "programme": "gone", "open": True}],
            "promises": [
                {"promise_id": 2, "customer_id": 1, "programme": "p", "cause": "7", "day": DAY, "opens_at": datetime(2026, 9, 25, 2)},
                {"promise_id": 1, "customer_id": 1, "programme": "p", "cause": "7", "day": DAY + timedelta(days=1)},
            ],
        }
    )
    (row,) = due(rows, context(DAY, plan))
    assert (row["event_id"], row["handler_id"], row["last_staff_id"], row["amount"], row["cause_day"]) == (7, 5, 3, 10.0, date(2026, 8, 1))
    assert (row["promised"], row["promise_day"], row["promise_opens_at"], row["late_known"]) == (True, DAY, datetime(2026, 9, 25, 2), True)


PROMISE = {"promise_id": 1, "customer_id": 1, "programme": "p", "cause": "7", "day": DAY}


def promised(known: list[dict[str, Any]], **more: Any) -> list[dict[str, Any]]:
    plan = playbook(programmes={"p": {"when": {"after": "order", "wait": "1 day"}}}, **ORDERS)
    events = [{**order(7, DAY - timedelta(days=1)), "staff_id": 5}]
    tables = {"customers": [{"customer_id": 1}], "events": events, "known": known, "promises": [{**PROMISE, **more}]}
    return due(given(tables), context(DAY, plan))


def test_a_promise_brings_back_what_was_closed() -> None:
    (row,) = promised([{**KNOWN, "cause": "7", "open": False}])
    assert (row["promised"], row["due"], row["late_known"]) == (True, date(2026, 8, 1), True)


def test_a_promise_for_what_was_never_known_is_kept() -> None:
    (row,) = promised([])
    assert (row["playbook"], row["promised"], row["due"], row["expires"], row["handler_id"]) == ("shop", True, DAY, DAY, 5)
    assert promised([{**KNOWN, "cause": "7", "open": False}], programme="gone") == []


def test_nothing_is_looked_for_out_of_season() -> None:
    assert one({"festival": "spring"}, {}) == []


def test_two_programmes_share_the_facts_of_a_day() -> None:
    plan = playbook(programmes={"p": {"when": BUSY}, "q": {"when": {"becomes": "orders >= 1"}}}, **ORDERS)
    events = [order(1, DAY), order(2, DAY)]
    rows = due(given({"customers": [{"customer_id": 1}], "events": events}), context(DAY, plan))
    assert [row["programme"] for row in rows] == ["p", "q"]


def test_a_day_of_two_festivals_is_each_of_them() -> None:
    days = calendar(date(2026, 1, 1), date(2027, 1, 31), festival={DAY: "mid-autumn,national"})
    assert one({"festival": "national"}, {"calendar_days": days}) == [(1, "2026-09-25")]


def test_a_period_shorter_than_a_day_comes_every_day() -> None:
    first = Span.parse("0 days")
    assert series(DAY, first, Span.parse("5 h"), DAY + timedelta(days=3), None) == DAY


def test_a_date_that_no_event_carries_is_never_due() -> None:
    plan = playbook(
        programmes={
            "p": {"when": {"before": "attribute.order.service", "by": "1 day"}},
            "q": {"when": {"after": "order", "wait": "0 days", "where": "size = 1"}},
        },
        events={
            "order": {"title": "t", "attributes": {"service": {"title": "t", "type": "date"}, "size": {"title": "t", "type": "number"}}}
        },
    )
    assert due(given({"customers": [{"customer_id": 1}], "events": [order(1, DAY)]}), context(DAY, plan)) == []


def test_every_fault_of_the_tables_is_told_at_once() -> None:
    customers = keep_rows(CONNECTION, "c", {"customer_id": "string", "birthday": "string"}, [["1", "x"]])
    events = keep_rows(CONNECTION, "e", {"event_id": "int64", "customer_id": "int64", "day": "date"}, [])
    with pytest.raises(TableError) as told:
        inputs({"customers": customers, "events": events, "odd": events})
    codes = [problem.code for problem in told.value.problems]
    assert codes == ["table.unknown", "column.type", "column.missing", "column.key"]
    with pytest.raises(TableError, match="table “customers” is missing"):
        inputs({"events": events})
