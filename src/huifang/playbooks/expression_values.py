"""Computing a condition over plain values, as tables would: null is unknown, and unknown is neither true nor false."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from huifang.domain.spans import add_months
from huifang.playbooks.expression_tree import COMPARISONS, Binary, Constant, NameRef, Node, OneOf, Unary


def evaluate(node: Node, values: Mapping[str, object], today: date) -> object:
    """The value of a condition on the day `today`; a name that is absent from `values` is null.

    Values are numbers, texts, truth values, dates or None. Three-valued logic: ``null and false`` is false, ``null or
    true`` is true, every other operation on null is null; ``least`` and ``greatest`` pass over nulls. Division by zero and
    results beyond a float are null. ``round`` takes halves away from zero. The tree must have passed `infer`.
    """
    match node:
        case Constant():
            return node.value
        case NameRef():
            return values.get(node.name)
        case Unary():
            return _unary(node.op, evaluate(node.operand, values, today))
        case Binary(op="and" | "or"):
            return _logic(node.op, evaluate(node.left, values, today), evaluate(node.right, values, today))
        case Binary():
            return _binary(node.op, evaluate(node.left, values, today), evaluate(node.right, values, today))
        case OneOf():
            value = evaluate(node.operand, values, today)
            return None if value is None else any(_binary("=", value, option.value) for option in node.options)
        case _:
            return _call(node.function, [evaluate(argument, values, today) for argument in node.arguments], today)


def months_between(earlier: date, later: date) -> int:
    """Whole months from one day to another: the most months that `earlier` can be moved without passing `later`.

    >>> months_between(date(2026, 1, 31), date(2026, 2, 28))
    1
    >>> months_between(date(2026, 1, 31), date(2026, 2, 27))
    0
    """
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    return months - (add_months(earlier, months) > later)


def _unary(op: str, value: Any) -> object:
    if op == "is null":
        return value is None
    if op == "is not null":
        return value is not None
    if value is None:
        return None
    return not value if op == "not" else -value


def _logic(op: str, left: object, right: object) -> bool | None:
    decides = op == "or"
    if left is decides or right is decides:
        return decides
    return None if left is None or right is None else not decides


_OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b if b else None,
}


def _binary(op: str, left: Any, right: Any) -> object:
    if left is None or right is None:
        return None
    if op in COMPARISONS:
        if isinstance(left, date) and isinstance(right, str):
            right = date.fromisoformat(right)
        elif isinstance(right, date) and isinstance(left, str):
            left = date.fromisoformat(left)
        return bool(_OPERATIONS[op](left, right))
    try:
        result = _OPERATIONS[op](left, right)
        return result if result is not None and math.isfinite(result) else None
    except OverflowError:
        return None


def _round(value: float, digits: int = 0) -> float:
    scaled = abs(value) * 10**digits
    whole = math.floor(scaled)
    return math.copysign((whole + (scaled - whole >= 0.5)) / 10**digits, value)


def _call(function: str, given: list[Any], today: date) -> object:
    present = [value for value in given if value is not None]
    match function:
        case "coalesce":
            return present[0] if present else None
        case "least":
            return min(present, default=None)
        case "greatest":
            return max(present, default=None)
    return _ON_PRESENT[function](today, *given) if len(present) == len(given) else None


_ON_PRESENT: dict[str, Callable[..., object]] = {
    "days_since": lambda today, day: (today - day).days,
    "days_until": lambda today, day: (day - today).days,
    "months_since": lambda today, day: months_between(day, today),
    "abs": lambda _, value: abs(value),
    "round": lambda _, value, digits=0: _round(value, digits),
    "lower": lambda _, value: value.lower(),
    "contains": lambda _, value, part: part in value,
}
