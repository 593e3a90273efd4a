"""The way to the database: expressions become tables that are kept, small tables go in, rows come out.

A plan is some twenty short queries over ibis expressions. Their text is made as plainly as it can be (nested selects are left nested:
every database flattens them itself), and the columns of a kept table are known without asking the database again. That is why the next
query can be written while the last one still runs (`ahead`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from itertools import count
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from huifang.engine import statements
from huifang.engine.without_rows import bare, rowless

Connection = Any
"""An ibis backend: DuckDB, PostgreSQL or Spark."""

_serial = count()
_statements = statements.Statements()
_noted: ContextVar[list[str] | None] = ContextVar("huifang_noted", default=None)
_BY_STATEMENT = frozenset({"duckdb"})
_SQL_TYPES = {
    "string": "VARCHAR(400)", "boolean": "BOOLEAN", "int64": "BIGINT", "float64": "DOUBLE PRECISION", "date": "DATE",
    "timestamp": "TIMESTAMP",
}  # fmt: skip


Rows = Sequence[Sequence[object]]


class _Ahead:
    """A thread that does one thing after another; what was asked of it after something failed is not done."""

    def __init__(self, thread: ThreadPoolExecutor) -> None:
        self.thread = thread
        self.asked: list[Future[None]] = []

    def ask(self, do: Callable[[], object]) -> None:
        before = self.asked[-1] if self.asked else None

        def in_turn() -> None:
            if before is None or before.exception() is None:
                do()

        self.asked.append(self.thread.submit(in_turn))

    def wait(self) -> None:
        """Until everything is done; raises what the first failure raised."""
        asked, self.asked = self.asked, []
        for each in asked:
            each.result()


_ahead: ContextVar[_Ahead | None] = ContextVar("huifang_ahead", default=None)


@contextmanager
def ahead() -> Iterator[None]:
    """Inside, tables are kept by a second thread, in order; `fetch` and the end wait for it. Only DuckDB's; others work as always.

    A process that comes to the end of it once is expected to ask the same again, on another day: from there on texts are remembered.
    """
    with ThreadPoolExecutor(1, "huifang-ahead") as thread:
        working = _Ahead(thread)
        token = _ahead.set(working)
        try:
            yield
            working.wait()
        finally:
            _ahead.reset(token)
    _statements.expected = True


def in_its_turn(connection: Connection, what: Callable[[], object]) -> None:
    """Done by the second thread after what was asked of it before (`ahead`); now where there is none."""
    working = _ahead.get() if connection.name == "duckdb" else None
    if working is None:
        what()
    else:
        working.ask(what)


@contextmanager
def passing(connection: Connection) -> Iterator[Callable[[ir.Table], ir.Table]]:
    """Tables that are kept inside are dropped at the end, but for those given to the function that is handed out.

    For stages that run day after day on one connection.
    """
    names: list[str] = []
    token = _noted.set(names)

    def stays(table: ir.Table) -> ir.Table:
        if not rowless(table):
            names.remove(table.get_name())
        return table

    try:
        yield stays
    finally:
        _noted.reset(token)
        drop(connection, names)


@contextmanager
def beside(connection: Connection) -> Iterator[Connection]:
    """Another way into the same DuckDB, to be asked while `connection` works; it sees tables and views, but no temporary ones."""
    other = copy(connection)
    other.con = connection.con.cursor()
    try:
        other.raw_sql("SET TimeZone = 'UTC'")
        yield other
    finally:
        other.con.close()


def drop(connection: Connection, names: Iterable[str]) -> None:
    """Kept tables that nobody reads any more; databases that keep views in place of tables drop nothing."""
    for name in names if connection.name in _BY_STATEMENT else ():
        connection.raw_sql(f"DROP TABLE IF EXISTS {name}")


def _name(name: str) -> str:
    """A name that no other kept table has."""
    made = f"huifang_{name}_{next(_serial)}"
    noted = _noted.get()
    if noted is not None:
        noted.append(made)
    return made


def keep(connection: Connection, name: str, table: ir.Table, make: Callable[[str], bool] | None = None) -> ir.Table:
    """`table` computed once into a temporary table of `connection`, for stages that several later ones read.

    `make` may make the table of the given name in a way of its own, and tells whether it did; only DuckDB's is asked, in its turn.
    Of a table in whose expression it can be read that it has no row nothing is computed.
    """
    if rowless(table):
        return bare(table)
    made = _name(name)
    if connection.name not in _BY_STATEMENT:
        kept: ir.Table = connection.create_table(made, table, temp=True)
        return kept
    statement = f"CREATE TEMPORARY TABLE {made} AS {text_of(connection, table)}"
    in_its_turn(connection, lambda: (make is not None and make(made)) or connection.raw_sql(statement))
    return by_name(connection, made, table.schema())


def keep_later(connection: Connection, name: str, types: Mapping[str, Any], make: Callable[[], ir.Table]) -> ir.Table:
    """Like `keep`, of a table that can only be written once what was kept before it is there; `types` by column."""
    if connection.name != "duckdb":
        return keep(connection, name, make())
    made = _name(name)
    in_its_turn(connection, lambda: connection.raw_sql(f"CREATE TEMPORARY TABLE {made} AS {text_of(connection, make().select(*types))}"))
    return by_name(connection, made, ibis.schema(types))


def keep_rows(connection: Connection, name: str, types: Mapping[str, str], rows: Rows | Callable[[], Rows]) -> ir.Table:
    """Plain values as a temporary table of `connection`: to DuckDB as a list for each column, to others by Arrow.

    `rows` may be a function that fetches what it needs (`fetch_later`): it is called in its turn.
    """
    made = _name(name)

    def put() -> None:
        given = rows() if callable(rows) else rows
        columns = [list(column) for column in zip(*given, strict=True)] if given else [[] for _ in types]
        if connection.name in _BY_STATEMENT:
            connection.con.execute(f"CREATE TEMPORARY TABLE {made} AS SELECT {_unnested(types)}", columns)
        else:
            connection.create_table(made, _arrow(types, columns), temp=True)

    in_its_turn(connection, put)
    return by_name(connection, made, ibis.schema(types))


def _unnested(types: Mapping[str, str]) -> str:
    """One list for each column: read much faster than a statement with every value in it."""
    return ", ".join(f'unnest(CAST(? AS {_SQL_TYPES[kind]}[])) AS "{column}"' for column, kind in types.items())


def _arrow(types: Mapping[str, str], columns: Sequence[Sequence[object]]) -> Any:
    import pyarrow as pa

    kinds = ibis.schema(types).to_pyarrow()
    return pa.table([pa.array(column, kind.type) for column, kind in zip(columns, kinds, strict=True)], schema=kinds)


def described(connection: Connection, name: str) -> ir.Table:
    """A table or view of DuckDB by its name; its columns are asked for without Arrow, which starts slowly."""
    kinds = connection.compiler.type_mapper
    rows = connection.raw_sql(f'DESCRIBE "{name}"').fetchall()
    return by_name(connection, name, ibis.schema({row[0]: kinds.from_string(row[1]) for row in rows}))


def fetch(connection: Connection, table: ir.Table) -> list[tuple[Any, ...]]:
    """The rows of a small table as plain values."""
    working = _ahead.get()
    rows = fetch_later(connection, table)
    if working is not None:
        working.wait()
    return rows()


def fetch_later(connection: Connection, table: ir.Table) -> Callable[[], list[tuple[Any, ...]]]:
    """A function that fetches the rows, its query written already; without a query where it can be read that there are none."""
    if rowless(table):
        return list
    if connection.name == "duckdb":
        text = text_of(connection, table)
        return lambda: connection.raw_sql(text).fetchall()
    return lambda: [tuple(row.values()) for row in connection.to_pyarrow(table).to_pylist()]


def text_of(connection: Connection, table: ir.Table) -> str:
    """The query that a table is, in the words of the database; remembered where stages run day after day (`passing`, `ahead`)."""
    again = (_statements.expected or _noted.get() is not None) and connection.name == "duckdb"
    return _statements.text_of(connection, table) if again else statements.text_of(connection, table)


def by_name(connection: Connection, name: str, schema: Any) -> ir.Table:
    """A table of the database by its name, with the columns that are known already."""
    table: ir.Table = ops.DatabaseTable(name, schema=schema, source=connection, namespace=ops.Namespace()).to_expr()
    return table
