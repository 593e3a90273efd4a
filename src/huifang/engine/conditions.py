"""Conditions as ibis expressions: the same meaning as `playbooks.expressions.evaluate`, computed for a whole table at once."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date

import ibis
import ibis.expr.types as ir

from huifang.engine.portable import rounded
from huifang.playbooks.expressions import Binary, Constant, NameRef, Node, OneOf, Unary

Resolve = Callable[[str], ir.Value]
"""From a name in a condition to the column that holds it."""


def value(node: Node, resolve: Resolve, today: date) -> ir.Value:
    """The value of a condition on the day `today`, null where it is unknown; the tree must have passed `infer`."""
    return _Compiler(resolve, today).of(node)


def holds(node: Node, resolve: Resolve, today: date) -> ir.BooleanValue:
    """Whether a condition holds: true or false, unknown counts as false."""
    return value(node, resolve, today).fill_null(False)


class _Compiler:
    def __init__(self, resolve: Resolve, today: date) -> None:
        self.resolve = resolve
        self.today = today

    def of(self, node: Node) -> ir.Value:
        match node:
            case Constant():
                return _constant(node.value)
            case NameRef():
                return self.resolve(node.name)
            case Unary():
                return _unary(node.op, self.of(node.operand))
            case Binary(op="and"):
                return self.of(node.left) & self.of(node.right)
            case Binary(op="or"):
                return self.of(node.left) | self.of(node.right)
            case Binary():
                return self._binary(node)
            case OneOf():
                operand = self.of(node.operand)
                return operand.isin([_alike(operand, option.value) for option in node.options])
            case _:
                return self._call(node.function, [self.of(argument) for argument in node.arguments])

    def _binary(self, node: Binary) -> ir.Value:
        left, right = self.of(node.left), self.of(node.right)
        if node.op not in _COMPARE:
            return _arithmetic(node.op, left.cast("float64"), right.cast("float64"))
        if isinstance(node.right, Constant):
            right = _alike(left, node.right.value)
        elif isinstance(node.left, Constant):
            left = _alike(right, node.left.value)
        return _COMPARE[node.op](left, right)

    def _call(self, function: str, given: list[ir.Value]) -> ir.Value:
        match function:
            case "days_since":
                return ibis.literal(self.today).delta(given[0], unit="day")
            case "days_until":
                return given[0].delta(ibis.literal(self.today), unit="day")
            case "months_since":
                return _months_since(given[0], self.today)
        return _FUNCTIONS[function](*given)


_COMPARE: dict[str, Callable[[ir.Value, ir.Value], ir.Value]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def _constant(given: float | str | bool | None) -> ir.Value:
    return ibis.null("float64") if given is None else ibis.literal(given)


def _alike(other: ir.Value, given: float | str | bool | None) -> ir.Value:
    """A constant; ISO text stands for a date where the other side is one."""
    if isinstance(given, str) and other.type().is_date():
        return ibis.literal(date.fromisoformat(given))
    return _constant(given)


def _unary(op: str, operand: ir.Value) -> ir.Value:
    match op:
        case "not":
            return ~operand
        case "-":
            return -operand
        case "is null":
            return operand.isnull()
        case _:
            return operand.notnull()


def _arithmetic(op: str, left: ir.Value, right: ir.Value) -> ir.Value:
    match op:
        case "+":
            result = left + right
        case "-":
            result = left - right
        case "*":
            result = left * right
        case _:
            result = left / right.nullif(0.0)
    return ibis.ifelse(result.isinf(), ibis.null("float64"), result)


def _months_since(day: ir.Value, today: date) -> ir.Value:
    """Whole months from `day` to `today`; in a shorter month its last day completes the month."""
    months = (today.year - day.year()) * 12 + (today.month - day.month())
    last_of_month = today.day == monthrange(today.year, today.month)[1]
    return months if last_of_month else months - (day.day() > today.day).cast("int64")


def _round(number: ir.Value, digits: ir.Value | None = None) -> ir.Value:
    return rounded(number, 0 if digits is None else digits.op().value)


_FUNCTIONS: dict[str, Callable[..., ir.Value]] = {
    "coalesce": ibis.coalesce,
    "abs": lambda number: number.abs(),
    "least": ibis.least,
    "greatest": ibis.greatest,
    "round": _round,
    "lower": lambda text: text.lower(),
    "contains": lambda text, part: text.contains(part),
}
