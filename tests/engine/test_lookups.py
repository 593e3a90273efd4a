"""Small tables and large ones are the same tables."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huifang.engine.keeping import fetch, keep
from huifang.engine.lookups import lookup, md5
from huifang.engine.terms import draw_limit


def test_many_rows_travel_as_few_do():
    connection = ibis.duckdb.connect()
    types = {"number": "int64", "name": "string", "day": "date"}
    few = [(1, "a", date(2026, 3, 2)), (2, None, None)]
    assert fetch(connection, lookup(connection, "few", types, few).order_by("number")) == few
    many = [(number, str(number), date(2026, 3, 2)) for number in range(12_000)]
    table = lookup(connection, "many", types, many)
    assert fetch(connection, table.order_by("number")) == many
    assert dict(table.schema()) == dict(lookup(connection, "none", types, []).schema())
    connection.disconnect()


class Elsewhere:
    """A connection of another kind, which takes Arrow by itself."""

    name = "postgres"

    def __init__(self) -> None:
        self.made: list[tuple[str, pa.Table, bool]] = []

    def create_table(self, name: str, data: pa.Table, *, temp: bool) -> None:
        self.made.append((name, data, temp))


def test_other_stores_take_arrow_as_a_temporary_table():
    elsewhere = Elsewhere()
    for number in (0, 12_000):
        table = lookup(elsewhere, "many", {"number": "int64"}, [(each,) for each in range(number)])
        name, data, temp = elsewhere.made[-1]
        assert (name, data.num_rows, temp) == (table.get_name(), number, True)


def test_the_draw_keeps_its_share_and_its_people():
    connection = ibis.duckdb.connect()
    table = lookup(connection, "people", {"customer": "int64"}, [(number,) for number in range(20_000)])
    drawn = md5(ibis.literal("shop|call|") + table.customer.cast("string")) < draw_limit(0.1)
    held = fetch(connection, table.filter(drawn).order_by("customer"))
    assert 1850 < len(held) < 2150
    wider = md5(ibis.literal("shop|call|") + table.customer.cast("string")) < draw_limit(0.2)
    assert set(held) < set(fetch(connection, table.filter(wider)))
    connection.disconnect()


class Lake:
    """A connection that keeps tables by itself and hands out Arrow."""

    name = "pyspark"

    def create_table(self, name: str, table: object, *, temp: bool) -> tuple[str, object, bool]:
        return name, table, temp

    def to_pyarrow(self, table: ir.Table) -> pa.Table:
        return table.to_pyarrow()


def test_a_lake_keeps_tables_by_itself_and_hands_out_arrow():
    rows = ibis.memtable(pa.table({"number": [1, 2], "name": ["a", "b"]})).order_by("number")
    name, kept, temp = keep(Lake(), "some", rows)
    assert (name.startswith("huifang_some_"), kept is rows, temp) == (True, True, True)
    assert fetch(Lake(), rows) == [(1, "a"), (2, "b")]
