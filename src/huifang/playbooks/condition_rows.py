"""A simple condition as rows to choose from, and back: ``jobs_12m >= 4 and not lost`` is two rows joined by "and".

What is no chain of simple comparisons has no rows; its text is edited as text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from huifang.domain.errors import PlaybookError
from huifang.domain.words import Words
from huifang.playbooks.expressions import Binary, Call, Constant, NameRef, Node, OneOf, Unary, parse

OPERATORS: dict[str, Words] = {
    "=": Words("是", "is"), "<>": Words("不是", "is not"), ">=": Words("至少", "at least"), "<=": Words("至多", "at most"),
    ">": Words("大于", "more than"), "<": Words("小于", "less than"), "in": Words("是其中之一", "is one of"), "yes": Words("成立", "holds"),
    "no": Words("不成立", "does not hold"), "empty": Words("没有值", "has no value"), "filled": Words("有值", "has a value"),
    "since >=": Words("距今至少（天）", "at least days ago"), "since <=": Words("距今至多（天）", "at most days ago"),
    "until <=": Words("还有至多（天）", "in at most days"), "until >=": Words("还有至少（天）", "in at least days"),
}  # fmt: skip
"""What a row can say, in words."""
WITHOUT_VALUE = frozenset({"yes", "no", "empty", "filled"})
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_DAYS = {"days_since": "since", "days_until": "until"}
_CALLS = {short: call for call, short in _DAYS.items()}


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison: a name, an operator of `OPERATORS`, a value as text."""

    name: str
    operator: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """All comparisons, joined by ``and`` or ``or``."""

    join: str
    rows: tuple[Row, ...]


def rows_of(text: str) -> Rows | None:
    """The rows that say the same as a condition; None where rows cannot say it. An empty text has no rows to show: ``Rows("and", ())``."""
    if not text.strip():
        return Rows("and", ())
    try:
        tree = parse(text)
        join = tree.op if isinstance(tree, Binary) and tree.op in {"and", "or"} else "and"
        found = [_row(each) for each in _links(tree, join)]
        rows = Rows(join, tuple(each for each in found if each))
        return rows if len(rows.rows) == len(found) and parse(text_of(rows)) == tree else None
    except PlaybookError:
        return None


def text_of(rows: Rows) -> str:
    """The condition that rows say; rows without a name say nothing."""
    return f" {rows.join} ".join(_said(row) for row in rows.rows if row.name)


def _links(tree: Node, join: str) -> list[Node]:
    if isinstance(tree, Binary) and tree.op == join:
        return [*_links(tree.left, join), *_links(tree.right, join)]
    return [tree]


def _row(node: Node) -> Row | None:
    match node:
        case NameRef(name):
            return Row(name, "yes")
        case Unary("not", NameRef(name)):
            return Row(name, "no")
        case Unary("is null", NameRef(name)):
            return Row(name, "empty")
        case Unary("is not null", NameRef(name)):
            return Row(name, "filled")
        case OneOf(NameRef(name), options):
            return Row(name, "in", ", ".join(str(option.value) for option in options))
        case Binary(op, NameRef(name), right) if op in OPERATORS:
            return _compared(name, op, right)
        case Binary(op, Call(function, (NameRef(name),)), right) if function in _DAYS and f"{_DAYS[function]} {op}" in OPERATORS:
            return _compared(name, f"{_DAYS[function]} {op}", right)
        case _:
            return None


def _compared(name: str, operator: str, right: Node) -> Row | None:
    match right:
        case Constant(bool()):
            return None
        case Constant(value):
            return Row(name, operator, f"{value:g}" if isinstance(value, float) else str(value))
        case _:
            return None


def _said(row: Row) -> str:
    if row.operator == "yes":
        return row.name
    if row.operator == "no":
        return f"not {row.name}"
    if row.operator in {"empty", "filled"}:
        return f"{row.name} is {'not ' if row.operator == 'filled' else ''}null"
    if row.operator == "in":
        return f"{row.name} in ({', '.join(_literal(each.strip()) for each in re.split('[,，、]', row.value))})"
    short, _, op = row.operator.rpartition(" ")
    return f"{_CALLS[short]}({row.name}) {op} {_literal(row.value)}" if short else f"{row.name} {row.operator} {_literal(row.value)}"


def _literal(value: str) -> str:
    value = value.strip()
    return value if _NUMBER.fullmatch(value) else "'" + value.replace("'", "''") + "'"
