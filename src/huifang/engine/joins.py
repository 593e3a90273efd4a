"""Joins by equal columns, all of one SELECT: columns of other tables beside a table's own, and rows that others have or have not.

They are put together as operations. The joins of ibis itself look for every name in all that a table was made of, join after join, which
took a third of the time in which a plan is written. Nothing is joined where it can be read that the other table has no row
(`without_rows`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from huifang.engine.without_rows import rowless

Key = str | Sequence[str] | Mapping[str, str]
"""Names that both tables have, or the other's names by this one's."""


def beside(table: ir.Table, *others: tuple[ir.Table, Key]) -> ir.Table:
    """`table` with the columns of `others` beside its own, null where they have no such row. Their key columns are left out.

    A key may name columns of the others before it. Raises ValueError for names that are there twice.
    """
    return _joined("left", table, others)


def matched(table: ir.Table, *others: tuple[ir.Table, Key]) -> ir.Table:
    """Like `beside`, with the rows only that all `others` have."""
    return _joined("inner", table, others)


def among(table: ir.Table, other: ir.Table, key: Key) -> ir.Table:
    """The rows of `table` whose key `other` has."""
    return _joined("semi", table, [(other, key)])


def not_among(table: ir.Table, *others: tuple[ir.Table, Key]) -> ir.Table:
    """The rows of `table` whose key none of `others` has."""
    return _joined("anti", table, others)


def _joined(how: str, table: ir.Table, others: Sequence[tuple[ir.Table, Key]]) -> ir.Table:
    first = ops.JoinReference(table.op(), 0)
    values: dict[str, ops.Value] = {name: ops.Field(first, name) for name in table.columns}
    links = []
    for number, (other, key) in enumerate(others, 1):
        named = _names(key)
        second = ops.JoinReference(other.op(), number)
        there = how in ("inner", "semi") or not rowless(other)
        if there:
            same = [ops.Equals(values[mine], ops.Field(second, theirs)) for mine, theirs in named.items()]
            links.append(ops.JoinLink(how, second, same))
        more = [name for name in other.columns if name not in named.values()] if how in ("left", "inner") else []
        if not values.keys().isdisjoint(more):
            raise ValueError(f"columns that are there twice: {sorted(values.keys() & set(more))}")
        kinds = other.schema()
        values |= {name: ops.Field(second, name) if there else ops.Literal(None, kinds[name]) for name in more}
    if links:
        return ir.Table(ops.JoinChain(first, tuple(links), values))
    nulls = {name: ibis.null(value.dtype) for name, value in values.items() if isinstance(value, ops.Literal)}
    return table.mutate(**nulls) if nulls else table


def _names(key: Key) -> Mapping[str, str]:
    if isinstance(key, Mapping):
        return key
    return {key: key} if isinstance(key, str) else {name: name for name in key}
