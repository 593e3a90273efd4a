"""Everybody's classes on a day, with what each stands on; reasons for those who ask."""

from __future__ import annotations

from datetime import timedelta

from huifang.domain.words import Words
from huifang.engine.class_standings import standings
from tests.engine.coming import EVENTS, firm, settled
from tests.engine.planning import MONDAY, playbook

BOOK = playbook(
    {"asked": {}},
    events=EVENTS,
    facts={"jobs": "count(job.settled)", "likely": "p_active * 100"},
    classes={"often": {"when": "jobs >= 2", "title": "often"}, "active": {"when": "likely >= 50", "title": "active"}},
    ladders={
        "tier": {
            "title": {"zh": "tier", "en": "tier"},
            "steps": {"top": {"when": "money_score >= 4", "title": "top"}, "rest": {"when": "else", "title": "rest"}},
        },
    },
)


def learned(customer: int, name: str, value: float, model: str, days: int = 0) -> dict[str, object]:
    return {"customer_id": customer, "name": name, "value": value, "model": model, "as_of": MONDAY - timedelta(days=days)}


def test_what_is_held_and_what_it_stands_on():
    events = [settled(1, -3, 1), settled(1, -2, 2), settled(2, -2, 3)]
    numbers = [
        learned(1, "p_active", 0.9, "rule", 7), learned(1, "p_active", 0.8, "bg-nbd"), learned(2, "p_active", 1.0, "rule"),
        learned(2, "money_score", 5, "rfm"), learned(3, "p_active", 0.1, "bg-nbd"),
    ]  # fmt: skip
    with firm(BOOK, events=events, learned=numbers) as (context, given):
        [everybody] = standings(context, given)
        found = {one.customer: dict(one.held) for one in everybody}
        reasons = {one.customer: one.reasons() for one in everybody}
        said = [one.reasons() for one in next(standings(context, given, lambda _: {"money_score": Words("很多", "a lot")}))]
    assert list(found) == [1, 2, 3]
    assert found == {
        1: {("shop", "often", ""): "facts", ("shop", "active", ""): "model", ("shop", "tier", "rest"): "facts"},
        2: {("shop", "active", ""): "rule", ("shop", "tier", "top"): "facts"},
        3: {("shop", "tier", "rest"): "facts"},
    }
    for customer, spells in reasons.items():
        assert {spell.key: spell.by for spell in spells} == found[customer]
        assert {spell.since for spell in spells} == {MONDAY}
    assert reasons[1][0].reason.en == "jobs 2 (≥ 2)"
    assert [spell.reason.en for spell in said[1] if spell.step == "top"] == ["a lot"]


def test_many_come_in_parts(monkeypatch):
    monkeypatch.setattr("huifang.engine.class_standings._BATCH", 2)
    with firm(BOOK) as (context, given):
        assert [[one.customer for one in part] for part in standings(context, given)] == [[1, 2], [3]]
