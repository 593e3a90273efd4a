"""A compact record per customer: what facts take from everybody's events, scattered into flat arrays in one pass.

A database finds 10,000,000 groups in 100,000,000 rows by hashing them. Where customers are whole numbers close together, a customer's
number already is the place in an array, and a count, a sum, a first or last day is one addition or comparison there
(`analytics.scattering`). The rows come from DuckDB batch by batch with every condition decided, so that what counts is said once: in the
expression by which the database would group. The record takes 4 or 8 bytes a customer for each aggregate.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any, Literal

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from huifang.analytics.tally import Tally
from huifang.engine.keeping import by_name, fetch_later, keep, text_of

FEWEST = 20_000_000
"""So many events make a record worth its beginning (numpy, Arrow); below, the database is about as fast."""
_BATCH = 1 << 20


def everybody(connection: Any, events: ir.Table, grouped: ir.Table) -> ir.Table:
    """`grouped`, an aggregation of `events` by `customer_id`: from records, kept, where that is possible and pays, else by the database.

    Possible are counts of rows, sums of fractions and first and last days, for customers that are whole numbers with no more numbers
    between the lowest and the highest than there are events, on DuckDB, with numpy. Customers of whom nothing is counted, summed or found
    are left out. Sums may differ in the last digits, as between two runs of a database.
    """
    tallies = _tallies(grouped.op())
    if connection.name != "duckdb" or not tallies or not events.customer_id.type().is_integer() or find_spec("numpy") is None:
        return grouped
    ids = events.customer_id
    asked = fetch_later(connection, events.aggregate(number=events.count(), first=ids.min(), last=ids.max()))
    query = text_of(connection, _lined_up(grouped.op(), tallies))

    def make(name: str) -> bool:
        ((number, first, last),) = asked()
        if number < FEWEST or first is None or last - first >= number:
            return False
        from huifang.analytics.scattering import scattered

        rows = connection.con.sql(query).to_arrow_reader(_BATCH)
        _finish(connection, name, grouped.op(), tallies, scattered(rows, tallies, first, last + 1 - first))
        return True

    return keep(connection, "everybody", grouped, make)


def _tallies(aggregate: ops.Aggregate) -> list[Tally]:
    """A tally for each aggregate, conditions and values that several share named once; none where one aggregate is of another sort."""
    whats = dict.fromkeys(each for metric in aggregate.metrics.values() for each in metric.find(ops.Reduction))
    names: dict[object, str] = {}
    tallies = []
    for number, what in enumerate(whats):
        kind = _kind(what)
        if kind is None:
            return []
        holds = names.setdefault(("holds", what.where), f"holds{len(names)}")
        value = names.setdefault(("value", what.arg), f"value{len(names)}")
        tallies.append(Tally(what, kind, f"record{number}", holds, value))
    return tallies


def _kind(what: ops.Reduction) -> Literal["count", "sum", "first", "last"] | None:
    match what:
        case ops.Count() if what.arg.dtype.is_integer():
            return "count"
        case ops.Sum() if what.arg.dtype.is_floating():
            return "sum"
        case ops.Min() if what.arg.dtype.is_date():
            return "first"
        case ops.Max() if what.arg.dtype.is_date():
            return "last"
    return None


def _lined_up(aggregate: ops.Aggregate, tallies: list[Tally]) -> ir.Table:
    """The rows with condition and value of each tally."""
    rows = aggregate.parent.to_expr()
    columns = {tally.value: tally.what.arg.to_expr() for tally in tallies}
    for tally in tallies:
        holds = ibis.literal(value=True) if tally.what.where is None else tally.what.where.to_expr()
        columns[tally.holds] = ibis.coalesce(holds, ibis.literal(value=False)).cast("int8")
    return rows.filter(rows.customer_id.notnull()).select(**{"customer_id": rows.customer_id, **columns})


def _finish(connection: Any, name: str, aggregate: ops.Aggregate, tallies: list[Tally], records: Any) -> None:
    """The columns of the aggregation from the records: a sum may still be rounded, a count be part of something."""
    raw = f"{name}_records"
    connection.con.register(raw, records)
    table = by_name(connection, raw, ibis.schema({"customer_id": "int64", **{tally.name: tally.what.dtype for tally in tallies}}))
    put = {tally.what: table[tally.name].op() for tally in tallies}
    columns = {column: metric.replace(put).to_expr() for column, metric in aggregate.metrics.items()}
    connection.raw_sql(f"CREATE TEMPORARY TABLE {name} AS {text_of(connection, table.select('customer_id', **columns))}")
    connection.con.unregister(raw)
