"""Statements that are made again and again: the SQL is made once from the queryset, afterwards only the values are filled in.

Making the SQL of a small read costs the ORM several times what the database takes to answer it. What is kept is the statement and how its
columns are read, never a row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Expression, Field, Model, QuerySet
from django.db.models.query import get_related_populators
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.subqueries import UpdateQuery

Row = dict[str, Any]
M = TypeVar("M", bound=Model)
Convert = Callable[[Any, Any, Any], Any]
TOGETHER = 25
"""How many keys a prepared read of several takes in one statement."""
_LARGEST = 2**63 - 1
"""The largest number a database keeps; no row has a larger one, and to ask for it is an error there."""


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
    converters: tuple[tuple[int, tuple[Convert, ...], Any], ...]
    names: tuple[str, ...]
    compiler: SQLCompiler


def instance(model: type[M], row: Row, prefix: str = "") -> M:
    """An object of a row's columns whose names begin with `prefix`; what was not read is read when it is asked for."""
    columns = [field.attname for field in model._meta.concrete_fields if prefix + field.attname in row]
    return model.from_db(DEFAULT_DB_ALIAS, columns, [row[prefix + column] for column in columns])


class _Read:
    """A statement for each kind of database, made when it is first read."""

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **places: Field[Any, Any]) -> None:
        self._build = build
        self._places = places
        self._statements: dict[str, _Statement] = {}

    def _rows(self, values: Mapping[str, object]) -> tuple[_Statement, list[tuple[Any, ...]]]:
        made = self._statements.get(connection.vendor) or self._statements.setdefault(connection.vendor, self._make())
        if any(type(value) is int and abs(value) > _LARGEST for value in values.values()):
            return made, []
        with connection.cursor() as cursor:
            cursor.execute(made.sql, _given(made.parameters, values))
            rows = cursor.fetchall()
        return made, [_converted(row, made.converters) for row in rows] if made.converters else rows

    def _make(self) -> _Statement:
        query = self._build(**{name: Place(name, field) for name, field in self._places.items()}).query
        compiler = query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        names = tuple(query.selected or (*query.values_select, *query.annotation_select))
        columns = [column for column, _sql, _alias in compiler.select]
        converters = tuple((at, tuple(each), column) for at, (each, column) in compiler.get_converters(columns).items())
        return _Statement(sql, parameters, converters, names, compiler)


def _given(parameters: Sequence[Any], values: Mapping[str, object]) -> list[Any]:
    """A statement's parameters with the values in their places."""
    return [each.output_field.get_db_prep_value(values[each.name], connection) if isinstance(each, Place) else each for each in parameters]


def _converted(row: tuple[Any, ...], converters: tuple[tuple[int, tuple[Convert, ...], Any], ...]) -> tuple[Any, ...]:
    values = list(row)
    for at, some, column in converters:
        for convert in some:
            values[at] = convert(values[at], column, connection)
    return tuple(values)


class Prepared(_Read):
    """A read as rows by column name: `build` makes the queryset (``.values(…)``) with a `Place` for each of the `places`.

    >>> Prepared(lambda customer: Case.objects.filter(customer=customer).values("number"))(customer=5)  # doctest: +SKIP
    [{'number': '20261122-0007'}]
    """

    def __call__(self, **values: object) -> list[Row]:
        """The rows for these values, one for each place. One query."""
        made, rows = self._rows(values)
        return [dict(zip(made.names, row, strict=True)) for row in rows]


class PreparedUpdate:
    """An update of the rows that `build` finds; its values, and those of its conditions, are given each time."""

    def __init__(self, build: Callable[..., QuerySet[Any]], changed: Sequence[str], **places: Field[Any, Any]) -> None:
        self._build, self._changed, self._places = build, changed, places
        self._statements: dict[str, tuple[str, Sequence[Any]]] = {}

    def __call__(self, **values: object) -> int:
        """Change the rows; how many. One query."""
        sql, parameters = self._statements.get(connection.vendor) or self._statements.setdefault(connection.vendor, self._make())
        with connection.cursor() as cursor:
            cursor.execute(sql, _given(parameters, values))
            return int(cursor.rowcount)

    def _make(self) -> tuple[str, Sequence[Any]]:
        rows = self._build(**{name: Place(name, field) for name, field in self._places.items()})
        query = cast("UpdateQuery", rows.query.chain(UpdateQuery))
        query.add_update_values({name: Place(name, rows.model._meta.get_field(name)) for name in self._changed})
        sql, parameters = query.get_compiler(connection=connection).as_sql()
        return sql, parameters


class PreparedForMany:
    """A read for several keys at once: `build` gets the places of a set, and the column `by` of a row says whose it is.

    There is one statement for a single key, one for two, and one for any number up to `TOGETHER`.
    """

    def __init__(self, build: Callable[[list[Any]], QuerySet[Any, Any]], by: str, field: Field[Any, Any]) -> None:
        self._by = by
        self._reads = {
            width: Prepared(lambda **places: build(list(places.values())), **{f"at{number}": field for number in range(width)})
            for width in (1, 2, TOGETHER)
        }

    def __call__(self, keys: Sequence[Any]) -> dict[Any, list[Row]]:
        """The rows of each key. One query for `TOGETHER` of them."""
        found: dict[Any, list[Row]] = {key: [] for key in keys}
        width = next((width for width in self._reads if len(keys) <= width), TOGETHER)
        for start in range(0, len(keys), width):
            some = keys[start : start + width]
            places = (*some, *[some[-1]] * (width - len(some)))
            for row in self._reads[width](**{f"at{number}": key for number, key in enumerate(places)}):
                found[row[self._by]].append(row)
        return found


class Together:
    """Several keys whose rows are read in one go: each kind once for all of them, when it is asked for of the first."""

    def __init__(self, keys: Sequence[Any]) -> None:
        self._keys = keys
        self._read: dict[PreparedForMany, dict[Any, list[Row]]] = {}

    def rows(self, read: PreparedForMany, key: Any) -> list[Row]:
        """One key's rows."""
        if read not in self._read:
            self._read[read] = read(self._keys)
        return self._read[read][key]

    def beside(self, first: PreparedForMany, read: PreparedForMany, column: str, key: Any) -> list[Row]:
        """The rows that lie beside one key's rows of `first`: those of the values in their `column`."""
        if read not in self._read:
            values = dict.fromkeys(row[column] for each in self._keys for row in self.rows(first, each))
            self._read[read] = read(tuple(values))
        return [row for one in self.rows(first, key) for row in self._read[read][one[column]]]


class PreparedObjects(_Read, Generic[M]):
    """A read as objects of the model, with those that the queryset selects beside them; it may lock (``select_for_update``)."""

    def __init__(self, build: Callable[..., QuerySet[M]], **places: Field[Any, Any]) -> None:
        super().__init__(build, **places)

    def __call__(self, **values: object) -> list[M]:
        """The objects for these values, one for each place. One query."""
        made, rows = self._rows(values)
        select, about = made.compiler.select, made.compiler.klass_info
        assert about is not None  # noqa: S101 - the queryset is of a model
        first, last = about["select_fields"][0], about["select_fields"][-1] + 1
        columns = [column.target.attname for column, _sql, _alias in select[first:last]]
        beside = get_related_populators(about, select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]  # the stubs are of a later Django
        found: list[M] = []
        for row in rows:
            one = about["model"].from_db(DEFAULT_DB_ALIAS, columns, row[first:last])
            for each in beside:
                each.populate(row, one)
            found.append(one)
        return found
