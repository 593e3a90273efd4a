"""The condition language: a small, whitelisted subset of SQL expressions, parsed by sqlglot, never evaluated as code.

    jobs_12m >= 4 and spent_12m >= 6000
    days_since(last_job) >= 180
    tier in ('core', 'important') and not lost

`parse` turns text into a tree of the node classes below and refuses everything else with the column of the fault; `infer` types a tree
against the names available; `evaluate` computes it over plain values with SQL's three-valued logic; the engine compiles the same tree
to ibis (`engine.conditions`). The two agree, and a property test says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class ValueType(StrEnum):
    """Type of a value in a condition."""

    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, text, truth value or null."""

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
    """A whitelisted function: ``days_since(date)``, ``months_since(date)``, ``days_until(date)``, ``coalesce(x, y, …)``, ``abs``, ``least``, ``greatest``,
    ``round``, ``lower``, ``contains(text, part)``.
    """

    function: str
    arguments: tuple[Node, ...]


Node = Constant | NameRef | Unary | Binary | OneOf | Call
