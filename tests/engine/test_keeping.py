"""Tables kept ahead: in their order, and nothing is done after something failed."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest

from huifang.engine.keeping import ahead, fetch, keep
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
