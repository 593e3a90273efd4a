"""Many rows at once, from plain tuples: no model object, no signal, one statement prepared once. For bulk loads only.

Values go to the database as the model's fields write them, a column at a time; a column that is not named takes its field's default, and
the moment of writing where the field keeps it. The caller has a transaction open.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from decimal import Context, Decimal
from itertools import islice
from typing import Any, cast

from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import DateTimeField, DecimalField, Field, JSONField, Model
from django.utils import timezone

from huifang.app.crypto import seal_all
from huifang.app.records.fields import SealedTextField
from huifang.app.records.json_text import json_text

Row = Sequence[Any]
_Column = Sequence[Any]
_AS_THEY_ARE = frozenset({
    "BigAutoField", "BigIntegerField", "CharField", "FloatField", "ForeignKey", "IntegerField", "PositiveIntegerField", "TextField",
})  # fmt: skip
_AS_THEY_ARE_IN_POSTGRESQL = _AS_THEY_ARE | {"BooleanField", "DateField", "DateTimeField", "DecimalField"}
_FEW = 50_000


def insert(model: type[Model], names: Sequence[str], rows: Iterable[Row]) -> range:
    """Write `rows`, each with the values of the columns `names` (attribute names: ``customer_id``); their numbers, in order.

    Nobody else writes the table meanwhile: the numbers are given here, and no row has had them before.
    """
    (first,) = numbers(model, 1)
    written = write(model, ("id", *names), ((number, *row) for number, row in enumerate(rows, first)))
    connection = connections[DEFAULT_DB_ALIAS]
    if written:
        with connection.cursor() as cursor:
            for renewed in connection.ops.sequence_reset_sql(no_style(), [model]):
                cursor.execute(renewed)
    return range(first, first + written)


def numbers(model: type[Model], count: int) -> Sequence[int]:
    """`count` numbers of new rows that nobody else gets and no row has had before."""
    connection, table = connections[DEFAULT_DB_ALIAS], model._meta.db_table
    if not count:
        return ()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":  # the transaction is the only one that writes
            cursor.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = %s", [table])
            first = cursor.fetchone()[0] + 1
            return range(first, first + count)
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return [number for (number,) in cursor.fetchall()]


def write(model: type[Model], names: Sequence[str], rows: Iterable[Row]) -> int:
    """Write `rows` with their numbers (``id`` is among `names`); how many they were."""
    rows, written = iter(rows), 0
    while batch := list(islice(rows, _FEW)):
        write_columns(model, names, list(zip(*batch, strict=True)))
        written += len(batch)
    return written


def write_columns(model: type[Model], names: Sequence[str], given: Sequence[_Column], ready: Collection[str] = ()) -> None:
    """Write rows as `write` does, given as the columns `names`, at least one row. `ready`: columns that are sealed or JSON already."""
    connection, count = connections[DEFAULT_DB_ALIAS], len(given[0])
    fields, quote = list(model._meta.concrete_fields), connection.ops.quote_name
    told, table = ", ".join(quote(str(field.column)) for field in fields), quote(model._meta.db_table)
    columns = _prepared(fields, names, given, connection, ready)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({told}) FROM STDIN") as copy:
                for row in zip(*columns, strict=True):
                    copy.write_row(row)
        else:
            empty = [column.count(None) == count for column in columns]
            marks = ", ".join("NULL" if none else "%s" for none in empty)
            statement = f"INSERT INTO {table} ({told}) VALUES ({marks})"  # noqa: S608  # nosec B608 # names of the model
            cursor.executemany(
                statement, list(zip(*(column for column, none in zip(columns, empty, strict=True) if not none), strict=True))
            )


def change(model: type[Model], names: Sequence[str], rows: Sequence[Row]) -> None:
    """Set the columns `names` of existing rows; each of `rows` ends with the row's number."""
    connection = connections[DEFAULT_DB_ALIAS]
    quote, fields = connection.ops.quote_name, {field.attname: field for field in model._meta.concrete_fields}
    told = ", ".join(f"{quote(str(fields[name].column))} = %s" for name in names)
    statement = f"UPDATE {quote(model._meta.db_table)} SET {told} WHERE id = %s"  # noqa: S608  # nosec B608 # names of the model
    chosen = [*(fields[name] for name in names), fields["id"]]
    with connection.cursor() as cursor:
        cursor.executemany(statement, list(zip(*_prepared(chosen, (*names, "id"), list(zip(*rows, strict=True)), connection), strict=True)))


def _prepared(
    fields: Sequence[Field[Any, Any]],
    names: Sequence[str],
    columns: Sequence[_Column],
    connection: BaseDatabaseWrapper,
    ready: Collection[str] = (),
) -> list[_Column]:
    """The columns as they go into the database."""
    given, count = dict(zip(names, columns, strict=True)), len(columns[0])
    return [
        _written(field, given[field.attname], connection, ready) if field.attname in given else [_default(field, connection)] * count
        for field in fields
    ]


def _written(field: Field[Any, Any], column: _Column, connection: BaseDatabaseWrapper, ready: Collection[str] = ()) -> _Column:
    if isinstance(field, SealedTextField):
        values = column if field.attname in ready else seal_all(column, field.purpose)
        return values if connection.vendor == "postgresql" else list(map(bytearray, values))
    if isinstance(field, JSONField):
        return column if field.attname in ready else list(map(json_text, column))
    convert = _writer(field, connection)
    if convert is None:
        return column
    known = {value: convert(value) for value in set(column) if value is not None}
    return list(map(known.get, column))


def _default(field: Field[Any, Any], connection: BaseDatabaseWrapper) -> Any:
    automatic = isinstance(field, DateTimeField) and (field.auto_now or field.auto_now_add)
    value = timezone.now() if automatic else field.get_default()
    return _written(field, [value], connection)[0]


def _writer(field: Field[Any, Any], connection: BaseDatabaseWrapper) -> Callable[[Any], Any] | None:
    """What the field makes of a value on its way into the database; None where it goes as it is.

    SQLite's driver looks for an adapter for everything but plain text, numbers and byte arrays, a quarter of a microsecond each.
    """
    kind, postgresql = field.get_internal_type(), connection.vendor == "postgresql"
    if kind in (_AS_THEY_ARE_IN_POSTGRESQL if postgresql else _AS_THEY_ARE):
        return None
    if kind == "BooleanField":
        return int
    if kind == "DecimalField":
        decimal = cast("DecimalField[Any, Any]", field)
        exact, steps = Context(prec=decimal.max_digits), Decimal(1).scaleb(-(decimal.decimal_places or 0))
        return lambda value: f"{Decimal(value).quantize(steps, context=exact):f}"
    if kind == "DateField":
        return connection.ops.adapt_datefield_value
    if kind == "DateTimeField":
        return connection.ops.adapt_datetimefield_value
    return lambda value: field.get_db_prep_save(value, connection)
