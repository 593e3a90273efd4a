"""Amounts are shown as money, and nothing else is."""

import pytest

from huifang.playbooks import library
from huifang.playbooks.facts import facts
from huifang.playbooks.money_facts import money_facts
from huifang.playbooks.schema import FactRule

SHOP = library.read("repair-shop").playbook


def money(**expressions: str) -> set[str]:
    """Which of the expressions are money in the repair shop's playbook."""
    more = {name: FactRule(value=text) for name, text in expressions.items()}
    playbook = SHOP.model_copy(update={"facts": {**SHOP.facts, **more}})
    return set(money_facts(facts(playbook))) & set(expressions)


def test_the_repair_shops_spending_is_money_and_its_counts_and_days_are_not():
    assert money_facts(facts(SHOP)) == {"spent_12m", "average_job"}


@pytest.mark.parametrize(
    "text",
    [
        "max(job.settled.amount)",
        "-spent_12m",
        "spent_12m + 100",
        "spent_12m * 2",
        "spent_12m / jobs_12m",
        "coalesce(spent_12m, 0)",
        "abs(spent_12m - 500)",
    ],
)
def test_amounts_stay_money_through_sums_and_shares(text):
    assert money(found=text) == {"found"}


@pytest.mark.parametrize(
    "text", ["count(job.settled.amount)", "spent_12m / spent_12m", "spent_12m > 5", "days_since(last_job)", "jobs_12m * 2", "3 / spent_12m"]
)
def test_counts_quotients_and_answers_are_not_money(text):
    assert money(found=text) == set()
