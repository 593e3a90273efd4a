"""The text of a query, and texts remembered by their shape: the days of a forecast, and the mornings of a process that stays, ask the
same questions with other dates.

Writing a query takes ten times as long as comparing its shape with those that were written before. The shape is the whole expression but
for the names of tables and the dates and moments in it. A text is remembered when its shape comes a second time, with a place for
each of those; it is taken only if, filled in, it is to the letter what was written without it.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis.common.graph import Node

MOST = 2_000
"""So many shapes are remembered; then memory begins again. A forecast of one plan has some forty."""

Value = str | date | datetime
_writing = Lock()


class Statements:
    """What was written, by shape. Threads may share one."""

    def __init__(self) -> None:
        self._known: dict[Hashable, _Text | None] = {}
        self.expected = False
        """Whether questions are likely to come again: of the first plan of a process nobody knows, and most processes make one."""
        self.taken = 0
        """How many texts did not have to be written."""

    def text_of(self, connection: Any, table: ir.Table) -> str:
        """As `text_of`, remembered: for DuckDB."""
        shape = _shape(table.op())
        if shape is None:
            return text_of(connection, table)
        known = self._known.get(shape.key)
        if known is not None and known.parts:
            self.taken += 1
            return known.filled(shape.values)
        text = text_of(connection, table)
        if known is None:
            again = shape.key in self._known
            if len(self._known) >= MOST:
                self._known.clear()
            self._known[shape.key] = _remembered(connection, table, shape, text) if again else None
        return text


def text_of(connection: Any, table: ir.Table) -> str:
    """The query that a table is, in the words of the database. Nested selects are left nested: every database flattens them itself."""
    with _writing:
        fused, ibis.options.sql.fuse_selects = ibis.options.sql.fuse_selects, False
        try:
            text: str = connection.compiler.to_sqlglot(table).sql(dialect=connection.dialect)
        finally:
            ibis.options.sql.fuse_selects = fused
    return text


@dataclass(frozen=True, slots=True)
class _Text:
    """Text, and between its parts the number of the value that stands there. Without parts: not to be remembered."""

    parts: tuple[str, ...]
    places: tuple[int, ...]

    def filled(self, values: tuple[Value, ...]) -> str:
        written = [_written(value) for value in values]
        return "".join([self.parts[0], *(written[place] + part for place, part in zip(self.places, self.parts[1:], strict=True))])


@dataclass(frozen=True, slots=True)
class _Shape:
    """An expression but for its `values`; equal values are one. `key` is equal for expressions of which the same text is written."""

    key: Hashable
    values: tuple[Value, ...]
    at: Mapping[Node, int]


def _shape(root: Node) -> _Shape | None:
    """None where a part of it holds rows of its own."""
    walk = _Walk(root)
    for node in walk.nodes:  # grows while it is read
        if isinstance(node, ops.PhysicalTable) and not isinstance(node, ops.DatabaseTable):
            return None
        walk.visit(node)
    return _Shape(tuple(walk.key), tuple(value for _, value in walk.values), walk.at)


class _Walk:
    """From an expression's end to its tables, each node once and by its number from then on."""

    def __init__(self, root: Node) -> None:
        self.nodes, self.numbers = [root], {id(root): 0}
        self.key: list[Any] = []
        self.values: dict[tuple[type, Value], int] = {}
        self.at: dict[Node, int] = {}

    def visit(self, node: Any) -> None:
        self.key.append(type(node))
        if isinstance(node, ops.DatabaseTable):
            self.key += (node.schema, node.namespace)
            self._place(node, node.name)
        elif isinstance(node, ops.Literal):
            self.key += (node.dtype, type(node.value))
            if type(node.value) in (date, datetime):
                self._place(node, node.value)
            else:
                self.key.append(repr(node.value))  # 0.0 and -0.0 are equal, their texts are not
        else:
            for argument in node.__args__:
                self.key += self._told(argument)

    def _place(self, node: Node, value: Value) -> None:
        self.at[node] = self.values.setdefault((type(value), value), len(self.values))
        self.key.append(self.at[node])

    def _told(self, argument: Any) -> Iterator[Any]:
        if isinstance(argument, Node):
            number = self.numbers.setdefault(id(argument), len(self.numbers))
            if number == len(self.nodes):
                self.nodes.append(argument)
            yield from (Node, number)
        elif isinstance(argument, tuple | list):
            yield len(argument)
            for each in argument:
                yield from self._told(each)
        elif isinstance(argument, Mapping):
            yield tuple(argument)
            for each in argument.values():
                yield from self._told(each)
        else:
            yield from (type(argument), argument)


def _written(value: Value) -> str:
    """As DuckDB's text has it."""
    if isinstance(value, str):
        return f'"{value}"'
    day = f"{value.year}, {value.month}, {value.day}"
    if isinstance(value, datetime):
        return f"MAKE_TIMESTAMP({day}, {value.hour}, {value.minute}, {value.second + value.microsecond / 1e6})"
    return f"MAKE_DATE({day})"


def _remembered(connection: Any, table: ir.Table, shape: _Shape, text: str) -> _Text:
    """The text with places in it, found by writing it once more with values that stand nowhere else."""
    signs = [_sign(value, number) for number, value in enumerate(shape.values)]
    instead = {node: _with(node, signs[number]) for node, number in shape.at.items()}
    marked = text_of(connection, table.op().replace(instead).to_expr())
    by_text = {_written(sign): number for number, sign in enumerate(signs)}
    if not by_text:
        return _Text((text,), ())
    pieces = re.split("(" + "|".join(map(re.escape, sorted(by_text, key=len, reverse=True))) + ")", marked)
    found = _Text(tuple(pieces[::2]), tuple(by_text[piece] for piece in pieces[1::2]))
    return found if found.filled(shape.values) == text else _Text((), ())


def _sign(value: Value, number: int) -> Value:
    if isinstance(value, str):
        return f"huifang sign {number}"
    if isinstance(value, datetime):
        return datetime(9000, 1, 1) + timedelta(seconds=number)  # noqa: DTZ001 - a sign, no moment
    return date(9000, 1, 1) + timedelta(days=number)


def _with(node: Any, sign: Value) -> Node:
    named: dict[str, Any] = {"name": sign} if isinstance(node, ops.DatabaseTable) else {"value": sign}
    made: Node = node.copy(**named)
    return made
