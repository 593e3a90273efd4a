"""The rule behind a decision, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from huifang.domain.contact import DECISION_WORDS, DecisionKind
from huifang.domain.words import Words
from huifang.engine import reasons
from huifang.engine.rules import RULES


def rule_words(row: Mapping[str, Any]) -> Words | None:
    """The words of an occurrence's or decision's rule; `row` has ``rule``, and ``detail``, ``until``, ``due``, ``expires`` where known."""
    if row["rule"] not in RULES:
        return None
    named = {name: row.get(name) for name in ("until", "due", "expires", "attempts")}
    return reasons.rule_words(row["rule"], named | (row.get("detail") or {}))


def decision_words(decision: str) -> Words:
    """``顺延`` / ``Deferred``."""
    return DECISION_WORDS[DecisionKind(decision)]
