"""The condition language: a small, whitelisted subset of SQL expressions, parsed by sqlglot, never evaluated as code.

    jobs_12m >= 4 and spent_12m >= 6000
    days_since(last_job) >= 180
    tier in ('core', 'important') and not lost

`parse` turns text into a tree of the node classes and refuses everything else with the column of the fault; `infer`
types a tree against the names available; `evaluate` computes it over plain values with SQL's three-valued logic; the
engine compiles the same tree to ibis (`engine.conditions`). The two agree, and a property test says so.
"""

from __future__ import annotations

from huifang.playbooks.expression_parser import parse
from huifang.playbooks.expression_tree import (
    Binary,
    Call,
    Constant,
    NameRef,
    Node,
    OneOf,
    Unary,
    ValueType,
    children,
    names,
    walk,
)
from huifang.playbooks.expression_types import infer
from huifang.playbooks.expression_values import evaluate

__all__ = [
    "Binary",
    "Call",
    "Constant",
    "NameRef",
    "Node",
    "OneOf",
    "Unary",
    "ValueType",
    "children",
    "evaluate",
    "infer",
    "names",
    "parse",
    "walk",
]
