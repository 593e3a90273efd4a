"""Small tables are worked on by one thread, and the database is left as it was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from huifang.engine import narrowing as module
from huifang.engine.keeping import Connection, ahead, in_its_turn, keep_rows
from huifang.engine.narrowing import narrowing
from huifang.stores.embedded import connect


@pytest.fixture
def connection() -> Iterator[Connection]:
    made = connect(threads=3)
    yield made
    made.disconnect()


def threads(connection: Connection) -> int:
    ((number,),) = connection.raw_sql("SELECT current_setting('threads')").fetchall()
    return int(number)


def kept(connection: Connection, rows: int) -> Any:
    return keep_rows(connection, "small", {"number": "int64"}, [[number] for number in range(rows)])


def test_after_a_small_table_one_thread_works_and_at_the_end_as_many_as_before(connection: Connection) -> None:
    with narrowing(connection) as narrow:
        assert threads(connection) == 3
        narrow(kept(connection, 5))
        assert threads(connection) == 1
        with narrowing(connection) as second:
            second(kept(connection, 5))
        assert threads(connection) == 1, "only the first changes it, and so only the first sets it back"
    assert threads(connection) == 3


def test_a_table_of_more_than_one_row_group_is_worked_on_by_all(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROW_GROUP", 5)
    with narrowing(connection) as narrow:
        narrow(kept(connection, 5))
        assert threads(connection) == 3
        narrow(kept(connection, 4))
        assert threads(connection) == 1


def test_it_happens_in_its_turn_and_ends_when_something_fails(connection: Connection) -> None:
    seen = []

    def plan_that_fails() -> None:
        with narrowing(connection) as narrow, ahead():
            narrow(kept(connection, 5))
            in_its_turn(connection, lambda: seen.append(threads(connection)))
            in_its_turn(connection, lambda: seen.append(1 // 0))

    with pytest.raises(ZeroDivisionError):
        plan_that_fails()
    assert (seen, threads(connection)) == ([1], 3)
    with narrowing(connection) as narrow:
        narrow(kept(connection, 5))
        assert threads(connection) == 1, "the next may"
