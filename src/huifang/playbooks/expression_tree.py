"""The tree of a condition: six node classes, the value types, and the functions that may be called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from huifang.domain.words import Words


class ValueType(StrEnum):
    """Type of a value in a condition."""

    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"


TYPE_WORDS = {
    ValueType.NUMBER: Words("数字", "a number"),
    ValueType.TEXT: Words("文字", "text"),
    ValueType.BOOLEAN: Words("是/否", "true or false"),
    ValueType.DATE: Words("日期", "a date"),
}


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, text or truth value (`None` is never written in a file). A date is written as ISO text."""

    value: float | int | str | bool | None


@dataclass(frozen=True, slots=True)
class NameRef:
    """A fact, class, attribute or answer."""

    name: str


@dataclass(frozen=True, slots=True)
class Unary:
    """``not x``, ``-x``, ``x is null``, ``x is not null``."""

    op: Literal["not", "-", "is null", "is not null"]
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary:
    """Comparison, arithmetic (division by zero is null), ``and``, ``or``."""

    op: Literal["=", "<>", "<", "<=", ">", ">=", "+", "-", "*", "/", "and", "or"]
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class OneOf:
    """``x in (…)``; the list holds constants only."""

    operand: Node
    options: tuple[Constant, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function of `FUNCTIONS` with its arguments."""

    function: str
    arguments: tuple[Node, ...]


Node = Constant | NameRef | Unary | Binary | OneOf | Call

FUNCTIONS: dict[str, tuple[int, int]] = {
    "days_since": (1, 1),
    "months_since": (1, 1),
    "days_until": (1, 1),
    "coalesce": (2, 9),
    "abs": (1, 1),
    "least": (2, 9),
    "greatest": (2, 9),
    "round": (1, 2),
    "lower": (1, 1),
    "contains": (2, 2),
}
"""Every function with the least and the most arguments it takes."""
COMPARISONS = frozenset({"=", "<>", "<", "<=", ">", ">="})
DEEPEST = 64
"""A tree deeper than this is refused, so that no reader of it needs a guard of its own."""


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below."""
    match node:
        case Unary() | OneOf():
            return (node.operand,)
        case Binary():
            return (node.left, node.right)
        case Call():
            return node.arguments
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it."""
    yield node
    for child in children(node):
        yield from walk(child)


def names(node: Node) -> frozenset[str]:
    """Every name that a condition speaks of."""
    return frozenset(found.name for found in walk(node) if isinstance(found, NameRef))


def depth(node: Node) -> int:
    """How many nodes lie on the longest way down."""
    return 1 + max((depth(child) for child in children(node)), default=0)
