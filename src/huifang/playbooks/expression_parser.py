"""Text to tree: sqlglot reads, this module lets through what the language has and refuses the rest with its place."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Literal, NoReturn

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from huifang.domain.errors import Place, PlaybookError, Problem
from huifang.domain.words import Words
from huifang.playbooks.expression_tree import (
    DEEPEST,
    FUNCTIONS,
    Binary,
    Call,
    Constant,
    NameRef,
    Node,
    OneOf,
    Unary,
    depth,
)
from huifang.playbooks.nearest import nearest

LONGEST = 2000
_Op = Literal["=", "<>", "<", "<=", ">", ">=", "+", "-", "*", "/", "and", "or"]
_BINARY: dict[type[exp.Expr], _Op] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
    exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.And: "and", exp.Or: "or",
}  # fmt: skip
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_OUTSIDE_TEXT = re.compile(r"'(?:[^']|'')*'|(--|/\*|#|;|\{|\\|\")")
_READ = Words(
    "条件只用比较、加减乘除、and、or、not、in (…)、between、is null 和文档列出的函数。",
    "A condition has comparisons, + - * /, and, or, not, in (…), between, is null and the documented functions.",
)


@lru_cache(maxsize=4096)
def parse(text: str) -> Node:
    """The tree of a condition; the same text again is the same tree.

    Raises `PlaybookError` with a code, the 1-based column and a remedy for everything that the language lacks.
    """
    if not text.strip():
        _refuse("expression.empty", 1, Words("条件是空的。", "The condition is empty."), _READ)
    if len(text) > LONGEST:
        _refuse(
            "expression.long",
            1,
            Words(f"条件超过 {LONGEST} 个字符。", f"The condition is longer than {LONGEST} characters."),
            Words("请拆成几个事实或分类。", "Divide it into several facts or classes."),
        )
    _refuse_marks(text)
    try:
        node = _Reader(text).read(sqlglot.parse_one(text))
        deep = depth(node) > DEEPEST
    except SqlglotError as error:
        _unreadable(text, error)
    except RecursionError:
        deep = True
    if deep:
        _refuse(
            "expression.deep",
            1,
            Words(f"条件嵌套超过 {DEEPEST} 层。", f"The condition is nested more than {DEEPEST} levels."),
            Words("请拆成几个事实或分类。", "Divide it into several facts or classes."),
        )
    return node


def _refuse(code: str, column: int, what: Words, remedy: Words) -> NoReturn:
    where = Words(f"（第 {column} 个字符）", f" (at character {column})")
    said = Words(what.zh.rstrip("。") + where.zh + "。", what.en.rstrip(".") + where.en + ".")
    raise PlaybookError(Problem(code, said, remedy, Place(column=column)))


def _refuse_marks(text: str) -> None:
    for found in _OUTSIDE_TEXT.finditer(text):
        if found[1] == '"':
            _refuse(
                "expression.double-quotes",
                found.start() + 1,
                Words("双引号在条件里不表示文字。", "Double quotes do not make a text here."),
                Words("文字请用单引号，例如 'gold'。", "Write a text in single quotes, as in 'gold'."),
            )
        if found[1]:
            _refuse(
                "expression.mark",
                found.start() + 1,
                Words(f"条件里不能有“{found[1]}”。", f"“{found[1]}” has no place in a condition."),
                _READ,
            )


def _unreadable(text: str, error: SqlglotError) -> NoReturn:
    details: list[dict[str, object]] = getattr(error, "errors", [])
    column = len(text.rstrip())
    if details:
        line, last = int(str(details[0].get("line") or 1)), int(str(details[0].get("col") or 1))
        before = sum(len(one) for one in text.splitlines(keepends=True)[: line - 1])
        mark = str(details[0].get("highlight") or "")
        column = max(1, before + last - max(len(mark), 1) + 1)
    _refuse(
        "expression.unreadable",
        column,
        Words("这个条件读不懂。", "This condition cannot be read."),
        Words(
            "请检查括号、引号和比较符号是否完整，例如 jobs_12m >= 4 and not lost。",
            "Check that brackets, quotes and comparisons are complete, as in jobs_12m >= 4 and not lost.",
        ),
    )


class _Reader:
    """Walks sqlglot's tree; `text` is kept for the places."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.readers: dict[type[exp.Expr], Callable[[exp.Expr], Node]] = {
            exp.Paren: lambda found: self.read(found.this),
            exp.Column: self._name,
            exp.Literal: self._literal,
            exp.Boolean: lambda found: Constant(bool(found.this)),
            exp.Not: self._not,
            exp.Neg: self._negative,
            exp.Is: self._is_null,
            exp.In: self._one_of,
            exp.Between: self._between,
        }

    def read(self, found: exp.Expr) -> Node:
        kind = type(found)
        if kind in _BINARY:
            return Binary(_BINARY[kind], self.read(found.this), self.read(found.expression))
        if kind in self.readers:
            return self.readers[kind](found)
        if isinstance(found, exp.Func) and "start" in found.meta:
            return self._call(found)
        if isinstance(found, exp.Null):
            return self._refuse(
                found,
                "expression.null",
                Words("不能与 null 比较。", "Nothing can be compared with null."),
                Words("请写 x is null 或 x is not null。", "Write x is null or x is not null."),
            )
        return self._refuse(
            found,
            "expression.unknown",
            Words("条件里有不支持的写法。", "This form is not part of the language."),
            _READ,
        )

    def _refuse(self, found: exp.Expr, code: str, what: Words, remedy: Words) -> NoReturn:
        starts: list[int] = []
        about: exp.Expr | None = found
        while about is not None and not starts:
            starts = [int(node.meta["start"]) for node in about.walk() if "start" in node.meta]
            about = about.parent
        _refuse(code, min(starts, default=0) + 1, what, remedy)

    def _name(self, found: exp.Expr) -> Node:
        said = ".".join(part.name for part in found.parts) if isinstance(found, exp.Column) else found.name
        if not _NAME.fullmatch(said):
            self._refuse(
                found,
                "expression.name",
                Words(f"“{said}”不能作名称。", f"“{said}” cannot be a name."),
                Words(
                    "名称用小写字母、数字和下划线；带点的事件值请先在 facts 里起名。",
                    "Names are lower-case letters, digits and underscores; name a dotted value under facts first.",
                ),
            )
        return NameRef(said)

    def _literal(self, found: exp.Expr) -> Node:
        if found.args.get("is_string"):
            return Constant(str(found.this))
        value = float(found.this)
        if not math.isfinite(value) or abs(value) > 1e15:
            self._refuse(
                found,
                "expression.number",
                Words("这个数太大。", "This number is too large."),
                Words("请写绝对值不超过 10¹⁵ 的数。", "Write a number of at most 10¹⁵."),
            )
        return Constant(int(found.this) if str(found.this).isdecimal() else value)

    def _not(self, found: exp.Expr) -> Node:
        inner = self.read(found.this)
        if isinstance(inner, Unary) and inner.op == "is null" and isinstance(found.this, exp.Is):
            return Unary("is not null", inner.operand)
        return Unary("not", inner)

    def _negative(self, found: exp.Expr) -> Node:
        inner = self.read(found.this)
        if isinstance(inner, Constant) and isinstance(inner.value, (int, float)) and not isinstance(inner.value, bool):
            return Constant(-inner.value)
        return Unary("-", inner)

    def _is_null(self, found: exp.Expr) -> Node:
        if not isinstance(found.expression, exp.Null):
            self._refuse(
                found,
                "expression.is",
                Words("is 后面只能是 null 或 not null。", "Only null or not null may follow is."),
                Words("请用 = 比较，或直接写名称。", "Compare with =, or write the name alone."),
            )
        return Unary("is null", self.read(found.this))

    def _one_of(self, found: exp.Expr) -> Node:
        options = [self.read(option) for option in found.expressions]
        constants = tuple(option for option in options if isinstance(option, Constant))
        if not options or len(constants) < len(options) or set(found.args) - {"this", "expressions"}:
            self._refuse(
                found,
                "expression.in",
                Words("in 后面要有一列固定值。", "A list of fixed values must follow in."),
                Words("例如 tier in ('core', 'important')。", "As in tier in ('core', 'important')."),
            )
        return OneOf(self.read(found.this), constants)

    def _between(self, found: exp.Expr) -> Node:
        value = self.read(found.this)
        low, high = self.read(found.args["low"]), self.read(found.args["high"])
        return Binary("and", Binary(">=", value, low), Binary("<=", value, high))

    def _call(self, found: exp.Expr) -> Node:
        name = self.text[found.meta["start"] : found.meta["end"] + 1].lower()
        if name not in FUNCTIONS:
            close = nearest(name, FUNCTIONS)
            self._refuse(
                found,
                "expression.function",
                Words(f"没有函数“{name}”。", f"There is no function “{name}”."),
                Words(f"是不是“{close}”？", f"Did you mean “{close}”?")
                if close
                else Words(
                    "可用的函数：" + "、".join(FUNCTIONS) + "。汇总请写在 facts 里。",
                    "Functions: " + ", ".join(FUNCTIONS) + ". Aggregates belong under facts.",
                ),
            )
        parts = found.expressions if isinstance(found, exp.Anonymous) else self._arguments(found)
        low, high = FUNCTIONS[name]
        if not low <= len(parts) <= high:
            need = str(low) if low == high else f"{low}–{high}"
            self._refuse(
                found,
                "expression.arguments",
                Words(f"函数“{name}”要 {need} 个值。", f"“{name}” takes {need} values."),
                Words("请增减括号里的值。", "Add or remove values in the brackets."),
            )
        return Call(name, tuple(self.read(part) for part in parts))

    @staticmethod
    def _arguments(found: exp.Expr) -> list[exp.Expr]:
        parts: list[exp.Expr] = []
        for value in found.args.values():
            parts.extend(one for one in (value if isinstance(value, list) else [value]) if isinstance(one, exp.Expression))
        return parts
