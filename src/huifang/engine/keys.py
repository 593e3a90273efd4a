"""Ids that are there twice or not at all: told before anything is planned with them. One query for all tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce

import ibis
import ibis.expr.types as ir

from huifang.domain.errors import Place, Problem
from huifang.domain.words import Words
from huifang.engine.keeping import Connection, fetch
from huifang.engine.tables import INPUTS

UNIQUE = {table.name: table.columns[0].name for table in INPUTS if table.columns[0].meaning.startswith(("unique", "identifies"))}
"""By table the column that names its rows."""
_LARGE, _PART = 1_000_000, 16
_SHOWN = 5


def key_problems(tables: Mapping[str, ir.Table]) -> list[Problem]:
    """Empty and repeated ids of the tables, and events of nobody.

    Of a table of more than a million rows one id in sixteen is looked at, by its hash: enough to find a file that was read twice.
    """
    named = {name: UNIQUE[name] for name in sorted(tables) if UNIQUE.get(name) in tables[name].columns}
    if not named:
        return []
    connection = tables[next(iter(named))].get_backend()
    rows = fetch(connection, reduce(lambda a, b: a.union(b), [_counted(name, tables[name], key) for name, key in named.items()]))
    found = [problem for name, empty, repeated in sorted(rows) for problem in _told(connection, tables, name, named[name], empty, repeated)]
    return found + (_of_nobody(connection, tables["events"]) if "events" in named else [])


def _counted(name: str, table: ir.Table, key: str) -> ir.Table:
    """One row: the table's name, how many ids are empty, how many there are too many."""
    ids = table.select(id=table[key])
    size = ids.count().as_scalar()
    looked = ids.filter((size <= _LARGE) | (ids.id.hash() % _PART == 0))
    repeated = looked.id.count() - looked.id.nunique()
    empty = ids.aggregate(name=ibis.literal(name), empty=ids.count() - ids.id.count())
    return empty.cross_join(looked.aggregate(repeated=repeated)).select("name", "empty", "repeated")


def _told(connection: Connection, tables: Mapping[str, ir.Table], name: str, key: str, empty: int, repeated: int) -> Iterator[Problem]:
    if empty:
        yield Problem(
            "row.nameless",
            Words(f"“{name}”表有 {empty} 行没有 {key}。", f"{empty} rows of “{name}” have no {key}."),
            Words("请补上编号或删去这些行。", "Give them one, or leave these rows out."),
            Place(name, key=key),
        )
    if repeated:
        counted = tables[name].group_by(id=tables[name][key]).aggregate(times=ibis._.count())
        twice = counted.filter(counted.times > 1, counted.id.notnull()).order_by("id").limit(_SHOWN)
        for value, times in fetch(connection, twice):
            yield Problem(
                "row.twice",
                Words(f"“{name}”表中 {key} “{value}”出现了 {times} 次。", f"{key} “{value}” occurs {times} times in “{name}”."),
                Words("每个编号只能有一行。", "Each may have one row only."),
                Place(name, key=key),
            )


def _of_nobody(connection: Connection, events: ir.Table) -> list[Problem]:
    ((number,),) = fetch(connection, events.aggregate(number=events.count() - events.customer_id.count()))
    if not number:
        return []
    return [
        Problem(
            "row.nobody",
            Words(f"“events”表有 {number} 行没有 customer_id。", f"{number} rows of “events” have no customer_id."),
            Words("请补上客户编号或删去这些行。", "Say whose they are, or leave these rows out."),
            Place("events", key="customer_id"),
        )
    ]
