"""Many new rows at once, from plain tuples: no model object, no signal, one statement prepared once. For bulk loads only.

Values go to the database as the model's fields write them; a column that is not named takes its field's default, and the moment of writing
where the field keeps it. The caller has a transaction open in which nobody else writes these tables, so the numbers can be given here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any

from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import DateTimeField, Field, JSONField, Max, Model
from django.utils import timezone

from huifang.app.crypto import seal
from huifang.app.records.fields import SealedTextField

Row = Sequence[Any]
_AS_THEY_ARE = frozenset({
    "BigAutoField", "BigIntegerField", "BooleanField", "CharField", "FloatField", "ForeignKey", "IntegerField",
    "PositiveIntegerField", "TextField",
})  # fmt: skip
_FEW = 50_000
_JSON = json.JSONEncoder(ensure_ascii=False).encode


def insert(model: type[Model], names: Sequence[str], rows: Iterable[Row]) -> range:
    """Write `rows`, each with the values of the columns `names` (attribute names: ``customer_id``); their numbers, in order."""
    connection = connections[DEFAULT_DB_ALIAS]
    columns: list[Field[Any, Any]] = [field for field in model._meta.concrete_fields if not field.primary_key]
    given = {name: place for place, name in enumerate(names)}
    readers = [
        _given(field, given[field.attname], connection) if field.attname in given else _default(field, connection) for field in columns
    ]
    quote, ops = connection.ops.quote_name, connection.ops
    told = ", ".join(quote(str(field.column)) for field in [model._meta.pk, *columns] if field is not None)
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({told}) VALUES ({', '.join(['%s'] * (len(columns) + 1))})"  # noqa: S608 - names
    first = (model._default_manager.aggregate(last=Max("pk"))["last"] or 0) + 1
    prepared = ((number, *[read(row) for read in readers]) for number, row in enumerate(rows, first))
    written = 0
    with connection.cursor() as cursor:
        while batch := list(islice(prepared, _FEW)):
            cursor.executemany(statement, batch)
            written += len(batch)
        for renewed in ops.sequence_reset_sql(no_style(), [model]):
            cursor.execute(renewed)
    return range(first, first + written)


def _given(field: Field[Any, Any], place: int, connection: BaseDatabaseWrapper) -> Callable[[Row], Any]:
    write = _writer(field, connection)
    return itemgetter(place) if write is None else (lambda row: write(row[place]))


def _default(field: Field[Any, Any], connection: BaseDatabaseWrapper) -> Callable[[Row], Any]:
    automatic = isinstance(field, DateTimeField) and (field.auto_now or field.auto_now_add)
    value = field.get_db_prep_save(timezone.now() if automatic else field.get_default(), connection)
    return lambda _row: value


def _writer(field: Field[Any, Any], connection: BaseDatabaseWrapper) -> Callable[[Any], Any] | None:
    """What the field makes of a value on its way into the database; None where it goes as it is."""
    if field.get_internal_type() in _AS_THEY_ARE:
        return None
    if isinstance(field, SealedTextField):
        purpose, binary = field.purpose, connection.Database.Binary  # type: ignore[attr-defined]
        return lambda value: binary(seal(value, purpose) if value else b"")
    if isinstance(field, JSONField) and connection.vendor == "sqlite":
        return _JSON
    if field.get_internal_type() == "DateField":
        return connection.ops.adapt_datefield_value
    if isinstance(field, DateTimeField):
        return connection.ops.adapt_datetimefield_value
    return lambda value: field.get_db_prep_save(value, connection)
