"""A text that is remembered is to the letter what would have been written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.engine import keeping, statements
from huifang.engine.forecast import forecast
from huifang.engine.keeping import by_name
from huifang.engine.planner import plan
from huifang.engine.simulation import Assumptions
from huifang.engine.statements import Statements, text_of
from huifang.playbooks import library
from huifang.stores.embedded import connect
from tests.engine.business import context
from tests.engine.business import given as tables_of
from tests.engine.coming import after, firm, settled
from tests.engine.test_library_plans import DAY, ONE, attributes, business

CONNECTION = connect(threads=1)
SCHEMA = ibis.schema({"who": "int64", "day": "date", "at": "timestamp", "word": "string", "amount": "float64"})

DAYS = st.dates(date(1990, 1, 1), date(2040, 12, 31))
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2040, 12, 31))
NAMES = st.from_regex(r"[a-z_][a-z_0-9]{0,20}", fullmatch=True)


def since(name: str, first: date, last: date, moment: datetime) -> ir.Table:
    rows = by_name(CONNECTION, name, SCHEMA)
    seen = rows.filter(rows.day.between(first, last) | (rows["at"] >= moment))
    return seen.group_by("who").aggregate(last=seen.day.max(), age=(ibis.literal(last) - seen.day.min()), number=seen.count())


@given(st.lists(st.tuples(NAMES, DAYS, DAYS, MOMENTS), min_size=3, max_size=6))
def test_the_same_question_with_other_names_and_dates_is_what_would_have_been_written(
    asked: list[tuple[str, date, date, datetime]],
) -> None:
    known = Statements()
    for values in asked:
        table = since(*values)
        assert known.text_of(CONNECTION, table) == text_of(CONNECTION, table)


def test_a_third_question_of_one_shape_is_not_written_again() -> None:
    known, first = Statements(), date(2026, 1, 31)
    for number in range(5):
        day = first + timedelta(days=number)
        known.text_of(CONNECTION, since(f"kept_{number}", day, day + timedelta(days=30), datetime(2026, 1, 1, number)))
    assert known.taken == 3


def rows() -> ir.Table:
    return by_name(CONNECTION, "rows", SCHEMA)


UNLIKE: list[Callable[[], ir.Table]] = [
    lambda: rows().filter(rows().amount > 0.0),
    lambda: rows().filter(rows().amount > -0.0),
    lambda: rows().filter(rows().amount > 0),
    lambda: rows().filter(rows().amount >= 0),
    lambda: rows().filter(rows().word == "0"),
    lambda: rows().filter(rows().word == "2026-01-01"),
    lambda: rows().filter(rows().day == date(2026, 1, 1)),
    lambda: rows().filter((rows().day == date(2026, 1, 1)) | (rows().day == date(2026, 1, 2))),
    lambda: rows().filter((rows().day == date(2026, 1, 1)) | (rows().day == date(2026, 1, 1))),
    lambda: rows().filter(rows()["at"] == datetime(2026, 1, 1)),
    lambda: rows().select("who", day=ibis.null("date")),
    lambda: rows().select("who", day=ibis.literal(date(2026, 1, 1))),
    lambda: rows().select("who", word=ibis.literal("2026", "string")),
    lambda: rows().select("who", word=ibis.literal(2026, "int64").cast("string")),
    lambda: rows().select("who", flag=ibis.literal(value=True)),
    lambda: rows().select("who", flag=ibis.literal(1)),
    lambda: rows().group_by("who").aggregate(number=rows().count()),
    lambda: rows().semi_join(rows().view(), "who"),
    lambda: rows().order_by("day").limit(3),
    lambda: rows().order_by("day").limit(4),
    lambda: ibis.literal(1).name("one").as_table(),
    lambda: ibis.literal(2).name("one").as_table(),
]


def test_what_is_only_nearly_alike_is_never_taken_for_the_other() -> None:
    known = Statements()
    for make in [*UNLIKE, *reversed(UNLIKE), *UNLIKE]:
        table = make()
        assert known.text_of(CONNECTION, table) == text_of(CONNECTION, table)
    assert known.taken


def test_words_that_look_like_a_place_are_not_filled_in() -> None:
    known = Statements()
    for name in ("one", "two", "three", "four"):
        given_rows = by_name(CONNECTION, name, SCHEMA)
        table = given_rows.filter(given_rows.word == 'say "huifang sign 0"')
        assert known.text_of(CONNECTION, table) == text_of(CONNECTION, table)
    assert known.taken == 0


def test_a_moment_with_a_zone_and_a_table_of_values_are_written_each_time() -> None:
    known, zone = Statements(), ibis.timestamp("2026-01-01 08:00:00", timezone="Asia/Shanghai")
    values = ibis.memtable(pa.table({"who": [1, 2]}))
    for table in (values, rows().select("who", moment=zone)) * 4:
        assert known.text_of(CONNECTION, table) == text_of(CONNECTION, table)


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "MOST", 2)
    known = Statements()
    for number in (1, 2, 3, 1, 1, 1):
        table = rows().limit(number)
        assert known.text_of(CONNECTION, table) == text_of(CONNECTION, table)


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> Statements:
    """Whatever is remembered while a forecast is made is compared with what would have been written."""
    known = Statements()
    monkeypatch.setattr(keeping, "_statements", known)
    take = known.text_of

    def checked(connection: Any, table: ir.Table) -> str:
        found = take(connection, table)
        assert found == text_of(connection, table)
        return found

    monkeypatch.setattr(known, "text_of", checked)
    return known


def test_a_forecast_over_the_turn_of_the_year_writes_what_it_would_have_written(compared: Statements) -> None:
    with firm(after(), events=[settled(each, each * 9) for each in (1, 2, 3)]) as (firm_context, tables):
        assert list(forecast(firm_context, tables, 20, Assumptions()))
    assert compared.taken > 100


def test_the_first_plan_of_a_process_remembers_nothing_and_the_fourth_writes_what_it_would_have_written(compared: Statements) -> None:
    taken = []
    with firm(after(), events=[settled(each, each * 9) for each in (1, 2, 3)]) as (firm_context, tables):
        for number in range(4):
            plan(replace(firm_context, day=firm_context.day + timedelta(days=number)), tables)
            taken.append(compared.taken)
    assert (taken[0], taken[1]) == (0, 0)
    assert taken[3] > 10


@pytest.mark.parametrize("name", ["repair-shop", "hospital"])
def test_mornings_of_the_library_write_what_they_would_have_written(compared: Statements, name: str) -> None:
    book = library.read(name).playbook
    made, _ = business(book)
    for number in range(4):
        day = DAY + timedelta(days=number)
        plan(context(day, book, since=day - ONE), tables_of(made, attributes(book)))
    assert compared.taken


def test_a_plan_that_failed_expects_no_other(compared: Statements) -> None:
    with firm(after()) as (firm_context, tables), pytest.raises(KeyError):
        plan(firm_context, replace(tables, known=tables.known.drop("cause")))
    assert not compared.expected


@pytest.mark.parametrize("name", ["repair-shop", "hospital", "relationship", "insurance-service"])
def test_forecasts_of_the_library_write_what_they_would_have_written(compared: Statements, name: str) -> None:
    book = library.read(name).playbook
    tables, _ = business(book)
    assert list(forecast(context(DAY, book, since=DAY - ONE), tables_of(tables, attributes(book)), 5, Assumptions()))
    assert compared.taken
