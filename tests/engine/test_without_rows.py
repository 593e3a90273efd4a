"""Where it can be read that a table has no row, nothing is joined with it and nothing of it is kept: the rows are those of the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ibis
import ibis.expr.types as ir
import pytest

from huifang.engine.joins import among, beside, matched, not_among
from huifang.engine.keeping import by_name, fetch, fetch_later, keep, keep_rows, passing, text_of
from huifang.engine.without_rows import bare, rowless
from huifang.stores.embedded import connect

CONNECTION = connect(threads=1)
PEOPLE = keep_rows(CONNECTION, "people", {"id": "int64", "branch": "string"}, [(1, "a"), (2, None)])
EMPTY = keep_rows(CONNECTION, "empty", {"id": "int64", "branch": "string"}, [])
NONE = PEOPLE.filter(ibis.literal(value=False)).select(code="branch", zone=ibis.null("string"), score=ibis.null("float64"))
"""As an input table that was not given."""


def asked(table: ir.Table) -> list[tuple[Any, ...]]:
    """What the database says of a table, whatever can be read in its expression."""
    return sorted(CONNECTION.raw_sql(text_of(CONNECTION, table)).fetchall(), key=repr)


MADE: dict[str, Callable[[], ir.Table]] = {
    "a filter of it": lambda: NONE.filter(NONE.zone == "east"),
    "columns of it": lambda: NONE.select("zone").mutate(more=ibis.literal(1)),
    "its order": lambda: NONE.order_by("zone"),
    "its different rows": NONE.distinct,
    "without a column": lambda: NONE.drop("zone"),
    "its groups": lambda: NONE.group_by("zone").aggregate(number=NONE.count()),
    "two of them": lambda: NONE.union(NONE.filter(NONE.score > 1)),
    "beside it": lambda: beside(NONE.select("zone"), (PEOPLE, {"zone": "branch"})),
    "matched with it": lambda: matched(PEOPLE, (NONE, {"branch": "code"})),
    "among it": lambda: among(PEOPLE, NONE, {"branch": "code"}),
    "a join of ibis": lambda: NONE.anti_join(PEOPLE, [("code", "branch")]),
}


@pytest.mark.parametrize("what", MADE)
def test_what_is_made_of_no_rows_has_none(what: str):
    table = MADE[what]()
    assert rowless(table)
    assert asked(table) == []
    assert bare(table).schema() == table.schema()
    assert asked(bare(table)) == []
    assert len(text_of(CONNECTION, bare(table))) <= len(text_of(CONNECTION, table))


OTHERS: dict[str, Callable[[], ir.Table]] = {
    "a table that is empty": lambda: EMPTY,
    "its number": lambda: NONE.aggregate(number=NONE.count()),
    "one of two": lambda: NONE.select("zone").union(PEOPLE.select(zone="branch")),
    "two of which one": lambda: PEOPLE.select(zone="branch").union(NONE.select("zone")),
    "a filter that asks": lambda: PEOPLE.filter(PEOPLE.id > 1),
    "a filter that lets all through": lambda: PEOPLE.filter(ibis.literal(value=True)),
    "what is beside it": lambda: beside(PEOPLE, (NONE, {"branch": "code"})),
    "not among it": lambda: not_among(PEOPLE, (NONE, {"branch": "code"})),
    "the first rows": lambda: PEOPLE.limit(1),
}


@pytest.mark.parametrize("what", OTHERS)
def test_of_all_others_the_database_is_asked(what: str):
    assert not rowless(OTHERS[what]())


def test_joined_with_no_rows_is_what_the_database_would_join():
    found = beside(PEOPLE, (NONE, {"branch": "code"}))
    assert (
        asked(found)
        == asked(PEOPLE.left_join(NONE, [("branch", "code")]).select(*found.columns))
        == [(1, "a", None, None), (2, None, None, None)]
    )
    assert found.schema() == ibis.schema({"id": "int64", "branch": "string", "zone": "string", "score": "float64"})
    assert asked(not_among(PEOPLE, (NONE, {"branch": "code"}))) == asked(PEOPLE)
    assert "JOIN" not in text_of(CONNECTION, found) + text_of(CONNECTION, not_among(PEOPLE, (NONE, {"branch": "code"})))


def test_a_table_can_be_joined_by_a_column_of_one_without_rows():
    zones = keep_rows(CONNECTION, "zones", {"zone": "string", "hours": "int64"}, [("east", 8)])
    found = beside(PEOPLE, (NONE, {"branch": "code"}), (zones, "zone"))
    assert asked(found) == [(1, "a", None, None, None), (2, None, None, None, None)]
    again = not_among(found, (NONE.select("zone"), "zone"), (PEOPLE.filter(PEOPLE.id == 1), "id"))
    assert asked(again) == [(2, None, None, None, None)]


def test_nothing_is_kept_and_nothing_asked():
    with passing(CONNECTION) as stays:
        before = CONNECTION.raw_sql("SELECT count(*) FROM duckdb_tables()").fetchall()
        kept = stays(keep(CONNECTION, "nothing", NONE.filter(NONE.score > 1)))
        there = stays(keep(CONNECTION, "people", PEOPLE))
        assert kept.schema() == NONE.schema()
        assert CONNECTION.raw_sql("SELECT count(*) FROM duckdb_tables()").fetchall() == [(before[0][0] + 1,)]
    assert fetch(CONNECTION, there) == fetch(CONNECTION, PEOPLE)
    gone = by_name(CONNECTION, "not_there", ibis.schema({"a": "int64"})).filter(ibis.literal(value=False))
    assert fetch(CONNECTION, gone) == fetch_later(CONNECTION, gone)() == []
