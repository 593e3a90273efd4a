"""Ids that are empty or there twice are told before anything is planned with them."""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis
import pytest

from huifang.domain.errors import TableError
from huifang.engine import keys
from huifang.engine.keeping import keep_rows
from huifang.engine.stages import inputs
from tests.engine.business import CONNECTION

EVENT = {"event_id": "int64", "customer_id": "int64", "kind": "string", "day": "date"}


def tables(customers: list[int | None], events: list[tuple[int | None, int | None]]) -> dict[str, Any]:
    return {
        "customers": keep_rows(CONNECTION, "c", {"customer_id": "int64"}, [[number] for number in customers]),
        "events": keep_rows(CONNECTION, "e", EVENT, [[number, whose, "job", date(2026, 3, 2)] for number, whose in events]),
    }


def told(given: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(TableError) as error:
        inputs(given)
    return [(problem.code, problem.what.en) for problem in error.value.problems]


def test_an_id_that_occurs_twice_is_told():
    assert told(tables([1, 2, 2, 3, 3, 3], [(7, 1), (7, 1)])) == [
        ("row.twice", "customer_id “2” occurs 2 times in “customers”."),
        ("row.twice", "customer_id “3” occurs 3 times in “customers”."),
        ("row.twice", "event_id “7” occurs 2 times in “events”."),
    ]


def test_rows_without_an_id_and_events_of_nobody_are_told():
    assert told(tables([1, None], [(None, 1), (8, None)])) == [
        ("row.nameless", "1 rows of “customers” have no customer_id."),
        ("row.nameless", "1 rows of “events” have no event_id."),
        ("row.nameless", "1 rows of “events” have no customer_id."),
    ]


def test_of_a_large_table_a_part_is_enough_to_find_a_file_that_was_read_twice(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(keys, "_LARGE", 10)
    twice = [(number, 1) for number in range(1000)] * 2
    assert {code for code, _ in told(tables([1], twice))} == {"row.twice"}
    assert inputs(tables([1], twice[:1000]))
    named = {"staff": keep_rows(CONNECTION, "s", {"staff_id": "string"}, [[f"s{number}"] for number, _ in twice])}
    assert {problem.code for problem in keys.key_problems(named)} == {"row.twice"}


def test_a_column_that_holds_nothing_is_of_any_type():
    given = tables([1], [(1, 1)])
    given["customers"] = given["customers"].mutate(owner_id=ibis.null())
    assert str(inputs(given).customers.owner_id.type()) == "string"


def test_tables_without_ids_need_none():
    assert keys.key_problems({"consents": tables([], [])["customers"]}) == []
