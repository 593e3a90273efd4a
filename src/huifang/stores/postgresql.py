"""PostgreSQL as a store: tables of a schema in, the plan computed by the server, decisions and follow-ups beside them.

Text is compared and ordered byte by byte (collation "C") whatever the database's own collation is, so that all stores have the same order.
Stages are temporary tables of the session; the server's tables are read by temporary views and never changed.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir
import psycopg
import pyarrow as pa
import pyarrow.csv
import sqlglot.expressions as sge
from ibis.backends.postgres import Backend
from ibis.backends.sql.compilers.postgres import PostgresCompiler
from psycopg import sql

from huifang.domain.errors import Invalid, Place, Problem
from huifang.domain.words import Words
from huifang.engine.planner import PlanResult
from huifang.engine.tables import DECISIONS, FOLLOWUPS, INPUTS, Table

_KINDS = {
    "string": 'TEXT COLLATE "C"', "boolean": "BOOLEAN", "int64": "BIGINT", "float64": "DOUBLE PRECISION", "date": "DATE",
    "timestamp": "TIMESTAMP",
}  # fmt: skip


class _Compiler(PostgresCompiler):  # type: ignore[misc]  # ibis has no types
    """Texts that are made in a query are compared byte by byte; lower case is Unicode's."""

    __slots__ = ()
    unicode = "default"

    def visit_Cast(self, op: Any, *, arg: Any, to: Any) -> Any:  # noqa: N802 - ibis's name
        counted = self.cast(arg, dt.int32) if op.arg.dtype.is_boolean() and to.is_numeric() else arg
        made = super().visit_Cast(op, arg=counted, to=to)
        return _collated(made, "C") if to.is_string() else made

    visit_TryCast = visit_Cast  # noqa: N815 - what cannot be read has been made null before (`engine.portable.read`)

    def visit_Lowercase(self, op: Any, *, arg: Any) -> Any:  # noqa: N802, ARG002 - ibis's name and arguments
        return _collated(self.f.lower(_collated(arg, self.unicode)), "C")


class _UnicodeCompiler(_Compiler):
    """For servers from version 17 on, which know Unicode's lower case by themselves."""

    __slots__ = ()
    unicode = "pg_c_utf8"


def _collated(expression: Any, name: str) -> Any:
    named = sge.Collate(this=sge.paren(expression, copy=False), expression=sge.to_identifier(name, quoted=True))
    return sge.paren(named, copy=False)


class PostgreSQL(Backend):  # type: ignore[misc]  # ibis has no types
    """ibis's PostgreSQL whose temporary tables have text in collation "C", are filled by COPY and known to the query planner."""

    def create_table(self, name: str, /, obj: Any = None, *, temp: bool = False, **other: Any) -> ir.Table:
        """A table of an expression or of Arrow; `temp`: of this session."""
        if not temp:
            return super().create_table(name, obj, temp=temp, **other)
        schema = obj.schema() if isinstance(obj, ir.Table) else ibis.schema(obj.schema)
        made = sql.Identifier(name)
        with self.con.cursor() as cursor:
            columns = sql.SQL(", ").join(sql.Identifier(each) + sql.SQL(f" {_kind(kind)}") for each, kind in schema.items())
            cursor.execute(sql.SQL("CREATE TEMPORARY TABLE {} ({})").format(made, columns))
            if isinstance(obj, ir.Table):
                cursor.execute(sql.SQL("INSERT INTO {} ").format(made) + sql.SQL(self.compiler.to_sqlglot(obj).sql(self.dialect)))
            else:
                _copy(cursor, name, obj)
            cursor.execute(sql.SQL("ANALYZE {}").format(made))
        return ops.DatabaseTable(name, schema=schema, source=self, namespace=ops.Namespace()).to_expr()


def _kind(kind: Any) -> str:
    for name, said in _KINDS.items():
        if kind == ibis.dtype(name) or (name == "int64" and kind.is_integer()) or (name == "timestamp" and kind.is_timestamp()):
            return said
    return str(PostgresCompiler.type_mapper.to_string(kind))


def _copy(cursor: Any, name: str, rows: pa.Table) -> None:
    with cursor.copy(sql.SQL("COPY {} FROM STDIN (FORMAT csv)").format(sql.Identifier(name))) as copy:
        for batch in rows.to_batches(max_chunksize=100_000):
            text = io.BytesIO()
            pyarrow.csv.write_csv(pa.Table.from_batches([batch]), text, pyarrow.csv.WriteOptions(include_header=False))
            copy.write(text.getvalue())


def connect(address: str) -> PostgreSQL:
    """A session at ``postgresql://user@host/database``; tables are looked for along its search path.

    ``?options=-csearch_path%3Dlake`` at the end names a schema. Moments are UTC. Raises `Invalid` where the server cannot be reached.
    """
    try:
        session = psycopg.connect(address, autocommit=True)
    except psycopg.Error as error:
        raise Invalid(
            Problem(
                "store.unreachable",
                Words(f"无法连接 PostgreSQL：{error}", f"PostgreSQL cannot be reached: {error}"),
                Words("请检查地址、用户和网络。", "Check address, user and network."),
                Place("--store"),
            )
        ) from error
    store: PostgreSQL = PostgreSQL.from_connection(session)
    store.compiler = _UnicodeCompiler() if session.info.server_version >= 170_000 else _Compiler()
    with session.cursor() as cursor:
        cursor.execute("SET DateStyle = 'ISO'")
        cursor.execute("SET client_min_messages = warning")
        cursor.execute("SET jit = off")  # the queries are long and many: compiling them costs more than it saves
    return store


def bring(store: PostgreSQL, tables: Mapping[str, pa.Table]) -> dict[str, ir.Table]:
    """Input tables from elsewhere, as temporary tables of the session."""
    return {name: store.create_table(f"brought_{name}", rows, temp=True) for name, rows in tables.items()}


def read_tables(store: PostgreSQL) -> dict[str, ir.Table]:
    """The input tables that the search path has, by temporary views that compare text byte by byte. Nothing is copied."""
    return {table.name: _view(store, table) for table in INPUTS if _exists(store, table.name)}


def _exists(store: PostgreSQL, name: str) -> bool:
    with store.con.cursor() as cursor:
        ((found,),) = cursor.execute("SELECT to_regclass(%s) IS NOT NULL", (name,)).fetchall()
    return bool(found)


def _view(store: PostgreSQL, table: Table) -> ir.Table:
    with store.con.cursor() as cursor:
        schema = _schema(cursor, store, table.name)
        each = sql.SQL(", ").join(
            sql.SQL('{0}::text COLLATE "C" AS {0}' if kind.is_string() else "{0}").format(sql.Identifier(column))
            for column, kind in schema.items()
        )
        view = f"given_{table.name}"
        made = sql.SQL("CREATE OR REPLACE TEMPORARY VIEW {} AS SELECT {} FROM {}")
        cursor.execute(made.format(sql.Identifier(view), each, sql.Identifier(table.name)))
    return ops.DatabaseTable(view, schema=schema, source=store, namespace=ops.Namespace()).to_expr()


def _schema(cursor: Any, store: PostgreSQL, name: str) -> Any:
    columns = """SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
                 WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum"""
    kinds = store.compiler.type_mapper
    return ibis.schema({column: kinds.from_string(kind) for column, kind in cursor.execute(columns, (name,)).fetchall()})


def write_plan(store: PostgreSQL, made: PlanResult, day: date) -> None:
    """Writes the plan into `decisions` and `followups` of the search path's first schema, in place of an earlier one of the same day.

    Both are made where they are not there; `planned_on` is the plan's day. One transaction.
    """
    with store.con.transaction(), store.con.cursor() as cursor:
        for contract, rows in ((DECISIONS, made.decisions), (FOLLOWUPS, made.followups)):
            _write(cursor, store, contract, rows, day)


def _write(cursor: Any, store: PostgreSQL, contract: Table, rows: ir.Table, day: date) -> None:
    name, kinds = sql.Identifier(contract.name), rows.schema()
    columns = sql.SQL(", ").join(sql.Identifier(each) + sql.SQL(f" {_kind(kinds[each])}") for each in contract.names)
    cursor.execute(sql.SQL("CREATE TABLE IF NOT EXISTS {} (planned_on DATE NOT NULL, {})").format(name, columns))
    cursor.execute(sql.SQL("DELETE FROM {} WHERE planned_on = %s").format(name), (day,))
    names = sql.SQL(", ").join(map(sql.Identifier, ("planned_on", *contract.names)))
    text = store.compiler.to_sqlglot(rows.select(planned_on=ibis.literal(day), **{each: rows[each] for each in contract.names}))
    cursor.execute(sql.SQL("INSERT INTO {} ({}) ").format(name, names) + sql.SQL(text.sql(store.dialect)))
