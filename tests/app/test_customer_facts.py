"""Facts in the product are what the plan makes of the same rows."""

from __future__ import annotations

from datetime import date

import pytest

from huifang.app.queries.customer_facts import FactRows, aggregate
from huifang.playbooks.facts import facts
from tests.engine.business import context, facts_of, given, playbook

DAY = date(2026, 9, 16)
QUESTIONS = {
    "cars": {"type": "number"},
    "moved": {"type": "yes-no"},
    "born": {"type": "date"},
    "why": {"options": {"price": "p", "place": "q"}},
    "speed": {"type": "scale"},
}
SAID = (("cars", "2", None), ("cars", "10.5", None), ("moved", "no", None), ("born", "2024-02-29", None), ("why", "place", None),
        ("speed", "4", 4.0))  # fmt: skip
PLAN = playbook(
    "shop",
    questionnaires={"q": {"title": "t", "questions": [{"key": key, "ask": "t", **one} for key, one in QUESTIONS.items()]}},
    facts={
        "last_cars": "last(answer.cars)", "cars": "sum(answer.cars)", "most": "max(answer.cars)", "times": "count(answer.cars)",
        "many": {"value": "count(answer.cars)", "where": "value > 9"}, "twelvefold": "last_cars * 12", "moved": "last(answer.moved)",
        "stayed": {"value": "count(answer.moved)", "where": "not value"}, "born": "max(answer.born)", "why": "last(answer.why)",
        "whys": "count(answer.why)", "speed": "mean(answer.speed)",
    },
)  # fmt: skip
EXPECTED = {
    "last_cars": 10.5, "cars": 12.5, "most": 10.5, "times": 2, "many": 1, "moved": False, "stayed": 1, "born": date(2024, 2, 29),
    "why": "place", "whys": 1, "speed": 4.0,
}  # fmt: skip


@pytest.mark.parametrize("name", EXPECTED)
def test_an_answer_that_was_written_is_a_number_a_date_or_a_yes_in_facts(name: str) -> None:
    rows = [{"kind": question, "day": date(2026, 9, 1 + at), "score": score, "value": value}
            for at, (question, value, score) in enumerate(SAID)]  # fmt: skip
    fact = next(one for one in facts(PLAN) if one.name == name)
    assert aggregate(fact, FactRows({"answer": rows}, DAY).of(fact), DAY) == EXPECTED[name]


def test_the_plan_makes_the_same_of_them() -> None:
    rows = [{"customer_id": 1, "programme": "p", "question": question, "day": date(2026, 9, 1 + at), "score": score, "value": value}
            for at, (question, value, score) in enumerate(SAID)]  # fmt: skip
    found = facts_of(given({"customers": [{"customer_id": 1}], "answers": rows}), context(DAY, PLAN))[1]
    assert {name: found[f"shop__{name}"] for name in (*EXPECTED, "twelvefold")} == EXPECTED | {"twelvefold": 126.0}
