"""Tables kept ahead: in their order, and nothing is done after something failed."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest

from huifang.engine.keeping import ahead, beside, fetch, in_its_turn, keep
from huifang.stores.embedded import connect


def test_what_was_asked_for_after_a_failure_is_not_done_and_the_first_failure_is_raised():
    connection = connect()
    sound = connection.create_table("sound", pa.table({"a": ["x"]}))
    names: list[str] = []

    def two() -> None:
        with ahead():
            names.append(keep(connection, "wrong", sound.mutate(b=sound.a.cast("int64"))).get_name())
            names.append(keep(connection, "later", sound).get_name())

    with pytest.raises(duckdb.ConversionException):
        two()
    assert len(names) == 2
    there = {name for (name,) in connection.raw_sql("SELECT table_name FROM duckdb_tables()").fetchall()}
    assert there == {"sound"}


def test_tables_kept_ahead_are_there_when_they_are_read():
    connection = connect()
    numbers = connection.create_table("numbers", pa.table({"a": [1, 2]}))
    with ahead():
        first = keep(connection, "first", numbers)
        second = keep(connection, "second", first.filter(first.a > 1))
        assert [tuple(row) for row in fetch(connection, second)] == [(2,)]


def test_another_way_in_is_asked_while_the_first_one_works_and_does_not_see_what_is_temporary():
    connection = connect()
    numbers = connection.create_table("numbers", pa.table({"a": [1, 2]}))
    kept = keep(connection, "kept", numbers)
    with beside(connection) as other:
        assert other.con is not connection.con
        assert fetch(other, numbers.aggregate(most=numbers.a.max())) == [(2,)]
        assert other.raw_sql("SELECT current_setting('TimeZone')").fetchall() == [("UTC",)]
        with pytest.raises(duckdb.CatalogException):
            fetch(other, kept)
    assert len(fetch(connection, kept)) == 2


def test_what_is_done_in_its_turn_finds_what_was_kept_before_it():
    connection = connect()
    numbers = connection.create_table("numbers", pa.table({"a": [1, 2]}))
    seen: list[object] = []
    with ahead():
        kept = keep(connection, "kept", numbers)
        in_its_turn(connection, lambda: seen.append(connection.raw_sql(f"SELECT count(*) FROM {kept.get_name()}").fetchone()[0]))
    in_its_turn(connection, lambda: seen.append("now"))
    assert seen == [2, "now"]
