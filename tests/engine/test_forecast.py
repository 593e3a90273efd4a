"""The coming days: planned one after another, each contact once, load against capacity."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from huifang.domain.contact import Channel
from huifang.engine.forecast import Day, forecast
from huifang.engine.keeping import fetch
from huifang.engine.simulation import Assumptions, coming_again, measured_reach, simulate
from tests.engine.coming import after, firm, settled
from tests.engine.planning import MONDAY

ALWAYS = Assumptions()
NEVER = Assumptions({Channel.PHONE: 0.0})


def days(assumed: Assumptions = ALWAYS, number: int = 10, book: Any = None, **rows: Any) -> list[Day]:
    with firm(book or after(), **rows) as (context, given):
        return list(forecast(context, given, number, assumed))


def planned(found: list[Day]) -> dict[int, int]:
    """By days after Monday: how many contacts are planned."""
    numbers = {(day.day - MONDAY).days: sum(count.planned for count in day.counts) for day in found}
    return {day: number for day, number in numbers.items() if number}


def test_a_contact_that_reaches_is_made_once_and_days_off_are_left_out():
    found = days(events=[settled(1, -1), settled(2, 4)], number=8)
    assert planned(found) == {0: 1, 7: 1}
    assert [day.day.weekday() for day in found] == [0, 1, 2, 3, 4, 0]


def test_who_is_not_reached_is_tried_again_as_often_as_the_playbook_says():
    found = days(NEVER, 5, events=[settled(1, -1)])
    assert planned(found) == {0: 1, 1: 1, 2: 1}
    assert [sum(count.expired for count in day.counts) for day in found] == [0, 0, 0, 1, 0]


def test_what_has_no_room_waits_and_is_counted_as_due_once():
    staff = [{"staff_id": "li", "capacity": 1, "active": True}]
    found = days(events=[settled(number, -1) for number in (1, 2, 3)], staff=staff, number=4)
    assert planned(found) == {0: 1, 1: 1, 2: 1}
    assert [(day.work, day.waiting, day.capacity) for day in found] == [(1, 2, 1), (1, 1, 1), (1, 0, 1), (0, 0, 1)]
    assert sum(count.due for day in found for count in day.counts) == 3


def test_who_waits_because_the_only_time_of_day_is_full_waits_too():
    """Li has room in the afternoon, which is of no use to what is for mornings."""
    staff = [{"staff_id": "li", "capacity": 4, "active": True, "hours": "09:00-10:00, 14:00-18:00"}]
    mornings = after(hours=["09:00-12:00"])
    found = days(book=mornings, events=[settled(number, -1) for number in (1, 2, 3)], staff=staff, number=1)
    [day] = found
    assert day.work + day.waiting == 3
    assert day.work < day.capacity == 4
    assert day.waiting


def test_each_branch_has_its_own_load():
    customers = [{"customer_id": 1, "branch_id": "north"}, {"customer_id": 2}]
    staff = [{"staff_id": "li", "branch_id": "north", "capacity": 2, "active": True}, {"staff_id": "wu", "capacity": 3, "active": True}]
    first = days(events=[settled(1, -1), settled(2, -1)], customers=customers, staff=staff, branches=[{"branch_id": "north"}], number=1)[0]
    assert [(load.branch, load.work, load.capacity) for load in first.loads] == [("", 1, 3), ("north", 1, 2)]
    assert [(count.branch, count.due) for count in first.counts] == [("", 1), ("north", 1)]


@pytest.mark.parametrize("text_ids", [False, True])
def test_the_past_year_comes_again_on_the_same_weekdays(text_ids: bool):
    customer = "a" if text_ids else 1
    events = [settled(customer, 2 - 364, "9" if text_ids else 9)]
    assert planned(days(Assumptions(events=True), number=4, events=events, text_ids=text_ids)) == {3: 1}


def test_a_horizon_of_more_than_a_year_brings_the_year_twice():
    with firm(after(), events=[settled(1, -400, 1), settled(1, 2 - 364, 2), settled(1, -1, 3), settled(1, 0, 4)]) as (context, given):
        rows = fetch(context.connection, coming_again(given.events, MONDAY, 370).select("event_id", "day").order_by("day"))
    assert [(day - MONDAY).days for _, day in rows] == [-400, -362, -1, 0, 2, 363, 366]
    assert len({number for number, _ in rows}) == 7


def test_a_promise_on_a_day_off_is_kept_and_then_gone():
    saturday = MONDAY + timedelta(days=5)
    promise = {"promise_id": "p", "customer_id": 1, "programme": "after", "cause": "1", "day": saturday, "staff_id": "li"}
    found = days(events=[settled(1, -1)], promises=[promise], number=6)
    assert planned(found) == {5: 1}


def test_a_playbook_by_days_of_the_week():
    found = days(book=after(days=["sat"]), events=[settled(1, -1)], number=7)
    assert [day.day.weekday() for day in found] == [0, 5]
    assert planned(found) == {5: 1}


def test_the_reach_is_what_the_past_year_had_where_there_is_enough_of_it():
    def contact(number: int, channel: str, reached: bool, day: date) -> dict[str, Any]:
        return {
            "contact_id": str(number), "customer_id": 1, "channel": channel, "purpose": "service", "day": day, "reached": reached,
            "counted": True,
        }  # fmt: skip

    rows = [contact(number, "phone", number % 4 != 0, MONDAY - timedelta(days=number + 1)) for number in range(40)]
    rows += [contact(100 + number, "sms", True, MONDAY - timedelta(days=3)) for number in range(5)]
    with firm(after(), contacts=rows) as (context, given):
        assert measured_reach(context, given) == {Channel.PHONE: 0.75}


def test_half_of_the_tries_are_drawn_to_reach():
    everybody = [{"customer_id": number} for number in range(200)]
    points = [{"customer_id": number, "channel": "phone", "usable": True} for number in range(200)]
    staff = [{"staff_id": "li", "capacity": 500, "active": True}]
    events = [settled(number, -1, number + 1) for number in range(200)]
    found = days(Assumptions({Channel.PHONE: 0.5}), 2, customers=everybody, contact_points=points, staff=staff, events=events)
    assert planned(found)[0] == 200
    assert 70 <= planned(found)[1] <= 130


@pytest.mark.parametrize("number", [0, 401])
def test_a_horizon_has_its_limits(number: int):
    with pytest.raises(ValueError, match="between 1 and 400"):
        days(number=number)


def test_nothing_is_left_behind_but_the_last_evening():
    with firm(after(), events=[settled(1, -1)]) as (context, given):
        count = "SELECT count(*) FROM duckdb_tables()"
        before = context.connection.raw_sql(count).fetchone()[0]
        assert len(list(simulate(context, given, 2, ALWAYS))) == 2
        assert context.connection.raw_sql(count).fetchone()[0] == before + 3
