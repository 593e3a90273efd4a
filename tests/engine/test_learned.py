"""Learned numbers are facts: the latest of each name up to the day."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from huifang.domain.errors import TableError
from tests.engine.business import context, due, facts_of, given, playbook

DAY = date(2026, 3, 2)
SHOP = playbook(
    "shop",
    facts={"chance": "p_active * 100"},
    classes={"fading": {"when": "p_active < 0.3", "title": "t"}},
    ladders={"tier": {"title": "t", "steps": {"a": {"when": "recency_score = 4", "title": "t"}, "z": {"when": "else", "title": "t"}}}},
    programmes={"save": {"when": {"becomes": "fading"}}},
)


def number(customer: int, name: str, value: float | None, day: date) -> dict[str, Any]:
    return {"customer_id": customer, "name": name, "value": value, "as_of": day, "model": "bg-nbd"}


TABLES = {
    "customers": [{"customer_id": 1}, {"customer_id": 2}, {"customer_id": 3}],
    "learned": [
        number(1, "p_active", 0.8, date(2026, 2, 23)), number(1, "p_active", 0.2, DAY), number(1, "p_active", 0.9, date(2026, 3, 9)),
        number(1, "recency_score", 4, date(2026, 2, 23)), number(2, "p_active", 0.1, date(2026, 2, 23)), number(2, "p_active", None, DAY),
    ],
}  # fmt: skip


def test_the_latest_number_counts_and_tomorrows_does_not() -> None:
    found = facts_of(given(TABLES), context(DAY, SHOP))
    assert [found[customer]["p_active"] for customer in (1, 2, 3)] == [0.2, 0.1, None]
    assert [found[customer]["shop__fading"] for customer in (1, 2, 3)] == [True, True, False]
    assert [found[customer]["shop__tier"] for customer in (1, 2, 3)] == ["a", "z", "z"]
    assert found[1]["shop__chance"] == pytest.approx(20)


def test_a_number_that_falls_makes_a_programme_due_once() -> None:
    """Customer 2 has been low for a week, and an earlier plan has seen that."""
    seen = {"playbook": "shop", "programme": "save", "customer_id": 2, "cause": "2026-02-23", "due": DAY, "expires": DAY, "open": False}
    calendars = [{"calendar": "CN", "day": DAY, "working": True, "final": True}]
    found = due(given({**TABLES, "known": [seen], "calendar_days": calendars}), context(DAY, SHOP, since=date(2026, 3, 1)))
    assert [(row["customer_id"], row["programme"]) for row in found] == [(1, "save")]


def test_unknown_names_are_told_with_what_was_meant() -> None:
    rows = [number(1, "p_aktive", 0.5, DAY), number(1, "churn", 0.5, DAY)]
    with pytest.raises(TableError) as refused:
        given({"customers": [{"customer_id": 1}], "learned": rows})
    other, close = refused.value.problems
    assert close.what.en == "There is no learned number “p_aktive”."
    assert close.remedy.en == "Did you mean “p_active”?"
    assert "customer_value" in other.remedy.en
    assert close.place.file == "learned"
