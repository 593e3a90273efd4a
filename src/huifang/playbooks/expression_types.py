"""Typing a condition: every name must exist and every operation must get what it can work on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from huifang.domain.errors import PlaybookError, Problem
from huifang.domain.words import Words
from huifang.playbooks.expression_tree import (
    COMPARISONS,
    TYPE_WORDS,
    Binary,
    Call,
    Constant,
    NameRef,
    Node,
    OneOf,
    Unary,
    ValueType,
)
from huifang.playbooks.nearest import suggestion

NUMBER, TEXT, BOOLEAN, DATE = ValueType.NUMBER, ValueType.TEXT, ValueType.BOOLEAN, ValueType.DATE
_FUNCTION_TYPES: dict[str, tuple[tuple[ValueType, ...], ValueType]] = {
    "days_since": ((DATE,), NUMBER),
    "months_since": ((DATE,), NUMBER),
    "days_until": ((DATE,), NUMBER),
    "abs": ((NUMBER,), NUMBER),
    "round": ((NUMBER, NUMBER), NUMBER),
    "lower": ((TEXT,), TEXT),
    "contains": ((TEXT, TEXT), BOOLEAN),
}


def infer(node: Node, types: Mapping[str, ValueType]) -> ValueType:
    """The type of a condition over names of the given types; raises `PlaybookError` with all that does not fit.

    A text constant in ISO form (``'2026-01-31'``) stands for a date where it is compared with a date, and only there.
    """
    typing = _Typing(types)
    found = typing.of(node)
    if typing.problems or found is None:
        raise PlaybookError(*typing.problems)
    return found


def is_iso_date(value: object) -> bool:
    """Whether a constant can stand for a date."""
    try:
        return isinstance(value, str) and len(value) == 10 and date.fromisoformat(value) is not None
    except ValueError:
        return False


class _Typing:
    """Collects every problem of a tree; a part that has one has no type, and nothing more is said about what contains it."""

    def __init__(self, types: Mapping[str, ValueType]) -> None:
        self.types = types
        self.problems: list[Problem] = []

    def of(self, node: Node) -> ValueType | None:
        match node:
            case Constant():
                return _constant(node)
            case NameRef():
                return self._name(node.name)
            case Unary():
                return self._unary(node)
            case Binary():
                return self._binary(node)
            case OneOf():
                for option in node.options:
                    self._comparable(node.operand, option, ordered=False)
                return BOOLEAN
            case _:
                return self._call(node)

    def _tell(self, code: str, what: Words, remedy: Words) -> None:
        problem = Problem(code, what, remedy)
        if problem not in self.problems:
            self.problems.append(problem)

    def _need(self, found: ValueType | None, wanted: ValueType, whose: str) -> None:
        if found is None or found is wanted:
            return
        self._tell(
            "expression.type",
            Words(
                f"“{whose}”要的是{TYPE_WORDS[wanted].zh}，这里是{TYPE_WORDS[found].zh}。",
                f"“{whose}” needs {TYPE_WORDS[wanted].en}, and this is {TYPE_WORDS[found].en}.",
            ),
            Words("请换用类型相符的名称或值。", "Use a name or value of that type."),
        )

    def _name(self, name: str) -> ValueType | None:
        if name in self.types:
            return self.types[name]
        self._tell(
            "expression.unknown-name",
            Words(f"没有名称“{name}”。", f"There is no name “{name}”."),
            suggestion(name, self.types),
        )
        return None

    def _unary(self, node: Unary) -> ValueType | None:
        found = self.of(node.operand)
        if node.op == "not":
            self._need(found, BOOLEAN, "not")
            return BOOLEAN
        if node.op == "-":
            self._need(found, NUMBER, "-")
            return NUMBER
        return BOOLEAN

    def _binary(self, node: Binary) -> ValueType | None:
        if node.op in COMPARISONS:
            self._comparable(node.left, node.right, ordered=node.op not in {"=", "<>"})
            return BOOLEAN
        wanted = BOOLEAN if node.op in {"and", "or"} else NUMBER
        left, right = self.of(node.left), self.of(node.right)
        if wanted is NUMBER and DATE in {left, right}:
            self._tell(
                "expression.date-arithmetic",
                Words("日期不能加减。", "Dates are not added or subtracted."),
                Words("请用 days_since、months_since 或 days_until。", "Use days_since, months_since or days_until."),
            )
            return NUMBER
        self._need(left, wanted, node.op)
        self._need(right, wanted, node.op)
        return wanted

    def _comparable(self, left: Node, right: Node, *, ordered: bool) -> None:
        a, b = self.of(left), self.of(right)
        if a is None or b is None:
            return
        for kind, other in ((a, right), (b, left)):
            if kind is DATE and isinstance(other, Constant) and is_iso_date(other.value):
                return
        if a is not b:
            date_hint = Words("日期请写成 '2026-01-31'。", "Write a date as '2026-01-31'.")
            type_hint = Words("请换用类型相符的名称或值。", "Use names or values of one type.")
            self._tell(
                "expression.type",
                Words(
                    f"{TYPE_WORDS[a].zh}不能与{TYPE_WORDS[b].zh}比较。",
                    f"{TYPE_WORDS[a].en.capitalize()} cannot be compared with {TYPE_WORDS[b].en}.",
                ),
                date_hint if DATE in {a, b} else type_hint,
            )
        elif ordered and a in {TEXT, BOOLEAN}:
            self._tell(
                "expression.order",
                Words(f"{TYPE_WORDS[a].zh}没有大小之分。", f"There is no less or more for {TYPE_WORDS[a].en}."),
                Words("请用 =、<> 或 in (…)。", "Use =, <> or in (…)."),
            )

    def _call(self, node: Call) -> ValueType | None:
        found = [self.of(argument) for argument in node.arguments]
        if node.function in {"coalesce", "least", "greatest"}:
            return self._alike(node.function, found)
        wanted, gives = _FUNCTION_TYPES[node.function]
        for one, want in zip(found, wanted, strict=False):
            self._need(one, want, node.function)
        if node.function == "round" and len(node.arguments) == 2 and node.arguments[1] not in [Constant(n) for n in range(7)]:
            self._tell(
                "expression.digits",
                Words("round 的第二个值要是 0 到 6。", "The second value of round must be 0 to 6."),
                Words("例如 round(spent / jobs, 2)。", "As in round(spent / jobs, 2)."),
            )
        return gives

    def _alike(self, function: str, found: Sequence[ValueType | None]) -> ValueType | None:
        known = [one for one in found if one is not None]
        for one in known[1:]:
            self._need(one, known[0], function)
        if known and function != "coalesce" and known[0] in {TEXT, BOOLEAN}:
            self._need(known[0], NUMBER, function)
        return known[0] if known else None


def _constant(node: Constant) -> ValueType:
    if isinstance(node.value, bool):
        return BOOLEAN
    return TEXT if isinstance(node.value, str) else NUMBER
