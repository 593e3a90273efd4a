"""Joins put together as operations give what ibis' own joins give."""

from __future__ import annotations

from typing import Any

import ibis.expr.types as ir
import pytest

from huifang.engine.joins import among, beside, matched, not_among
from huifang.engine.keeping import fetch, keep_rows
from huifang.stores.embedded import connect

CONNECTION = connect(threads=1)


def table(name: str, kinds: dict[str, str], *rows: tuple[Any, ...]) -> ir.Table:
    return keep_rows(CONNECTION, name, kinds, rows)


PEOPLE = table("people", {"id": "int64", "branch": "string", "name": "string"}, (1, "a", "Li"), (2, "b", "Wang"), (3, None, "Zhao"))
BRANCHES = table("branches", {"code": "string", "zone": "string"}, ("a", "east"), ("b", "west"))
ZONES = table("zones", {"zone": "string", "hours": "int64"}, ("east", 8))
VISITS = table("visits", {"id": "int64", "day": "int64"}, (1, 5), (1, 6))


def rows(found: ir.Table) -> list[tuple[Any, ...]]:
    return sorted(fetch(CONNECTION, found), key=repr)


def test_columns_beside_their_own_row_and_nothing_where_there_is_none():
    found = beside(PEOPLE, (BRANCHES, {"branch": "code"}), (ZONES, "zone"))
    assert found.columns == ("id", "branch", "name", "zone", "hours")
    assert rows(found) == [(1, "a", "Li", "east", 8), (2, "b", "Wang", "west", None), (3, None, "Zhao", None, None)]
    assert rows(found) == rows(PEOPLE.left_join(BRANCHES, [("branch", "code")]).left_join(ZONES, "zone").select(*found.columns))


def test_rows_that_match_once_for_each_match():
    assert rows(matched(PEOPLE.select("id", "name"), (VISITS, ["id"]))) == [(1, "Li", 5), (1, "Li", 6)]


def test_rows_that_another_table_has_or_has_not():
    assert rows(among(PEOPLE, VISITS, "id").select("name")) == [("Li",)]
    assert rows(not_among(PEOPLE, (VISITS, "id"), (BRANCHES.filter(BRANCHES.zone == "west"), {"branch": "code"})).select("name")) == [
        ("Zhao",)
    ]


def test_a_join_can_be_joined_and_narrowed_again():
    once = matched(PEOPLE, (BRANCHES, {"branch": "code"}))
    again = beside(once.filter(once.zone == "east"), (VISITS, "id"))
    assert rows(again.select("name", "day")) == [("Li", 5), ("Li", 6)]


def test_no_name_is_there_twice():
    with pytest.raises(ValueError, match=r"there twice: \['name'\]"):
        beside(PEOPLE.select("id", "name"), (PEOPLE, "id"))
