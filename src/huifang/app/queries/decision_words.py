"""The rule behind a decision, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from huifang.domain.contact import DECISION_WORDS, DecisionKind
from huifang.domain.words import Words
from huifang.engine.reasons import said_day
from huifang.engine.rules import RULES


def rule_words(row: Mapping[str, Any]) -> Words | None:
    """The words of an occurrence's or decision's rule; `row` has ``rule``, and ``detail``, ``until``, ``due``, ``expires`` where known."""
    rule = RULES.get(row["rule"])
    if rule is None:
        return None
    values = {name: row[name] for name in ("until", "due", "expires", "attempts") if row.get(name) is not None} | (row.get("detail") or {})
    return rule.words.fill({name: _said(value) for name, value in values.items()})


def decision_words(decision: str) -> Words:
    """``顺延`` / ``Deferred``."""
    return DECISION_WORDS[DecisionKind(decision)]


def _said(value: object) -> object:
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            return value
    return said_day(value) if isinstance(value, date) else value
