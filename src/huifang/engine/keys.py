"""Ids that are there twice or not at all: told before anything is planned with them. Two queries for all tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce

import ibis
import ibis.expr.types as ir

from huifang.domain.errors import Place, Problem
from huifang.domain.words import Words
from huifang.engine.keeping import Connection, fetch
from huifang.engine.tables import INPUTS

UNIQUE = {table.name: table.columns[0].name for table in INPUTS if table.columns[0].meaning.startswith(("unique", "identifies"))}
"""By table the column that names its rows."""
_LARGE = 500_000
_SHOWN = 5


def key_problems(tables: Mapping[str, ir.Table]) -> list[Problem]:
    """Empty and repeated ids of the tables, and events of nobody. Two queries.

    Of a table of more than half a million rows a part is looked at, enough to find a file that was read twice: the highest hundredth of
    numbers (the newest rows, which a file mostly has together, so that the rest of it is passed over), texts that end in 00.
    """
    named = {name: UNIQUE[name] for name in sorted(tables) if UNIQUE.get(name) in tables[name].columns}
    if not named:
        return []
    connection = tables[next(iter(named))].get_backend()
    sizes = {
        name: tuple(rest) for name, *rest in fetch(connection, _union([_size(name, tables[name], key) for name, key in named.items()]))
    }
    looked = [
        _repeated(name, _part(tables[name], key, *sizes[name][3:]) if sizes[name][0] > _LARGE else tables[name], key)
        for name, key in named.items()
    ]
    repeated = {name for name, number in fetch(connection, _union(looked)) if number}
    found: list[Problem] = []
    for name, key in named.items():
        size, filled, owned = sizes[name][:3]
        if filled < size:
            found.append(_empty(name, key, size - filled))
        if name in repeated:
            found += _twice(connection, name, tables[name], key)
        if owned < size:
            found.append(_empty(name, "customer_id", size - owned))
    return found


def _union(tables: Sequence[ir.Table]) -> ir.Table:
    return reduce(lambda a, b: a.union(b), tables)


def _size(name: str, table: ir.Table, key: str) -> ir.Table:
    """One row: the table's name, its rows, those with an id, and, of events, those of somebody; the lowest and highest id if numbers."""
    owned = table.customer_id.count() if name == "events" else table.count()
    given = table[key]
    lowest, highest = (ibis.null("int64"),) * 2 if given.type().is_string() else (given.min().cast("int64"), given.max().cast("int64"))
    return table.aggregate(name=ibis.literal(name), size=table.count(), filled=given.count(), owned=owned, lowest=lowest, highest=highest)


def _part(table: ir.Table, key: str, lowest: int | None, highest: int | None) -> ir.Table:
    """The rows that stand for all of a large table."""
    if lowest is None or highest is None:
        return table.filter(table[key].endswith("00")) if table[key].type().is_string() else table
    return table.filter(table[key] >= highest - (highest - lowest) // 100)


def _repeated(name: str, table: ir.Table, key: str) -> ir.Table:
    """One row: the table's name, and how many ids there are too many."""
    return table.aggregate(name=ibis.literal(name), number=table[key].count() - table[key].nunique())


def _empty(name: str, column: str, number: int) -> Problem:
    return Problem(
        "row.nameless",
        Words(f"“{name}”表有 {number} 行没有 {column}。", f"{number} rows of “{name}” have no {column}."),
        Words("请补上编号或删去这些行。", "Fill it in, or leave these rows out."),
        Place(name, key=column),
    )


def _twice(connection: Connection, name: str, table: ir.Table, key: str) -> list[Problem]:
    counted = table.group_by(id=table[key]).aggregate(times=ibis._.count())
    repeated = counted.filter(counted.times > 1, counted.id.notnull()).order_by("id").limit(_SHOWN)
    return [
        Problem(
            "row.twice",
            Words(f"“{name}”表中 {key} “{value}”出现了 {times} 次。", f"{key} “{value}” occurs {times} times in “{name}”."),
            Words("每个编号只能有一行。", "Each may have one row only."),
            Place(name, key=key),
        )
        for value, times in fetch(connection, repeated)
    ]
