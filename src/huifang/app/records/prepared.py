"""Reads that pages make again and again: the SQL is made once from the queryset, afterwards only the values are filled in.

Making the SQL of a small read costs the ORM several times what the database takes to answer it. What is kept is the statement and how its
columns are read, never a row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Expression, Field, Model, QuerySet

Row = dict[str, Any]
M = TypeVar("M", bound=Model)
Convert = Callable[[Any, Any, Any], Any]


class Place(Expression):
    """Where a value goes that is given with each read; as one side of a condition."""

    def __init__(self, name: str, field: Field[Any, Any]) -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, *_compiler_and_connection: object) -> tuple[str, Any]:
        """Itself among the parameters; the value takes its place."""
        return "%s", (self,)


@dataclass(frozen=True, slots=True)
class _Statement:
    sql: str
    parameters: Sequence[Any]
    names: tuple[str, ...]
    converters: tuple[tuple[str, tuple[Convert, ...], Any], ...]


def instance(model: type[M], row: Row, prefix: str = "") -> M:
    """An object of a row's columns whose names begin with `prefix`; what was not read is read when it is asked for."""
    columns = [field.attname for field in model._meta.concrete_fields if prefix + field.attname in row]
    return model.from_db(DEFAULT_DB_ALIAS, columns, [row[prefix + column] for column in columns])


class Prepared:
    """A read as rows by column name: `build` makes the queryset (``.values(…)``) with a `Place` for each of the `places`.

    >>> Prepared(lambda customer: Case.objects.filter(customer=customer).values("number"))(customer=5)  # doctest: +SKIP
    [{'number': '20261122-0007'}]
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **places: Field[Any, Any]) -> None:
        self._build = build
        self._places = places
        self._made: dict[str, _Statement] = {}

    def __call__(self, **values: object) -> list[Row]:
        """The rows for these values, one for each place. One query."""
        made = self._made.get(connection.vendor) or self._made.setdefault(connection.vendor, self._make())
        given = [
            each.output_field.get_db_prep_value(values[each.name], connection) if isinstance(each, Place) else each
            for each in made.parameters
        ]
        with connection.cursor() as cursor:
            cursor.execute(made.sql, given)
            rows = [dict(zip(made.names, row, strict=True)) for row in cursor.fetchall()]
        for name, converters, column in made.converters:
            for row in rows:
                value = row[name]
                for convert in converters:
                    value = convert(value, column, connection)
                row[name] = value
        return rows

    def _make(self) -> _Statement:
        query = self._build(**{name: Place(name, field) for name, field in self._places.items()}).query
        compiler = query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        names = tuple(query.selected or (*query.values_select, *query.annotation_select))
        columns = [column for column, _sql, _alias in compiler.select]
        converters = tuple((names[at], tuple(each), column) for at, (each, column) in compiler.get_converters(columns).items())
        return _Statement(sql, parameters, names, converters)
