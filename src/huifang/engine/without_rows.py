"""Tables in whose expression it can be read that they have no row, above all input tables that were not given.

A business gives the tables it has. What is joined with the others need not be joined, and what is made of them need not be kept: a plan of
few tables is written and read faster.
"""

from __future__ import annotations

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir


def rowless(table: ir.Table) -> bool:
    """Whether it can be read that a table has no row; False where only the database knows."""
    return _source(table.op()) is not None


def bare(table: ir.Table) -> ir.Table:
    """A table without rows, as short as it can be said: the columns of `table`, all null."""
    source = _source(table.op())
    assert source is not None  # noqa: S101 - the caller has asked `rowless`
    return source.to_expr().select(**{name: ibis.null(kind) for name, kind in table.schema().items()})


def _source(made: ops.Relation) -> ops.Filter | None:
    """The filter that lets nothing through, from which a table without rows is made."""
    match made:
        case ops.Filter() if any(isinstance(each, ops.Literal) and each.value is False for each in made.predicates):
            return made
        case ops.Aggregate():
            return _source(made.parent) if made.groups else None
        case ops.Union():
            return _source(made.left) and _source(made.right)
        case ops.JoinChain():
            needed = [made.first, *(link.table for link in made.rest if link.how in ("inner", "semi"))]
            return next((found for each in needed if (found := _source(each.parent)) is not None), None)
        case ops.Filter() | ops.Project() | ops.Sort() | ops.Distinct() | ops.DropColumns():
            return _source(made.parent)
    return None
