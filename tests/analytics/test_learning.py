"""Learning of a day: numbers with their origin, the rule where no model holds, and a report that says so."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from huifang.analytics.learning import Learned, learn
from huifang.analytics.report import report
from huifang.engine.stages import Inputs
from huifang.playbooks.schema import ValueRule
from huifang.stores.embedded import connect
from tests.analytics import cdnow
from tests.analytics.shop import DAY, contract, order, rows
from tests.engine.business import CONNECTION


def rule(**more: Any) -> ValueRule:
    return ValueRule.model_validate({"purchases": ["order"], **more})


def learned(given: Inputs, wanted: ValueRule, day: date = DAY) -> Learned:
    return learn(CONNECTION, given.events, given.agreements, wanted, day)


def numbers(found: Learned) -> dict[tuple[int, str], tuple[float, str]]:
    return {(row["customer_id"], row["name"]): (row["value"], row["model"]) for row in found.table().to_pylist()}


def said(found: Learned) -> str:
    return "\n".join(line.en for line in report(found))


@pytest.fixture(scope="module")
def sample() -> Learned:
    connection = connect(threads=1)
    given = cdnow.tables(connection)
    wanted = rule(recency=["30 days"], frequency=["top 20 %"], money=["100", "20"])
    return learn(connection, given.events, given.agreements, wanted, cdnow.END, split=cdnow.SPLIT)


def test_every_customer_of_cdnow_gets_every_number(sample: Learned) -> None:
    table = sample.table()
    assert table.num_rows == 2357 * 6
    assert sample.buying is not None
    assert {name: model for name, (_, model) in sample.buying.numbers.items()} == {
        "p_active": "bg-nbd", "expected_purchases_12m": "bg-nbd", "customer_value": "bg-nbd, gamma-gamma",
        "recency_score": "rfm", "frequency_score": "rfm", "money_score": "rfm",
    }  # fmt: skip
    assert set(table["as_of"].to_pylist()) == {cdnow.END}


def test_the_report_of_cdnow_says_what_is_known_of_it(sample: Learned) -> None:
    text = said(sample)
    assert "2,357 customers have bought, 1,139 of them again" in text
    assert "Expected 1,653 purchases, real 1,882." in text
    assert "7+ repeat purchases before: 64 customers, expected 6.16 each, real 6.36" in text
    assert "Ranking: plain frequency ranks as well (rank correlation 0.49, the model 0.45)" in text
    assert "Money score, cuts: at least 100; at least 20." in text


def test_pareto_nbd_is_taken_where_the_playbook_says_so() -> None:
    connection = connect(threads=1)
    given = cdnow.tables(connection)
    found = learn(connection, given.events, given.agreements, rule(model="pareto-nbd"), cdnow.SPLIT)
    assert found.buying is not None
    assert found.buying.numbers["p_active"][1] == "pareto-nbd"
    assert found.buying.calibration is not None
    assert found.buying.calibration.until - found.buying.calibration.split == timedelta(days=68)


ONCE = [order(customer, customer * 10, 10.0 * customer) for customer in range(1, 21)]


def test_when_nobody_came_back_the_rule_stands_in_and_is_marked() -> None:
    found = learned(rows(ONCE), rule(**{"active for": "100 days"}))
    assert numbers(found)[10, "p_active"] == (1.0, "rule")
    assert numbers(found)[11, "p_active"] == (0.0, "rule")
    assert numbers(found)[11, "expected_purchases_12m"] == (1.0, "rule")
    assert numbers(found)[11, "customer_value"] == (110.0, "rule")
    text = said(found)
    assert "BG/NBD model of buying did not converge: Fewer than 30 customers have bought again (0)." in text
    assert "The rule stands in: active is who bought within 100 days" in text
    assert "gamma-gamma model of amounts did not converge" in text


def test_a_playbook_may_ask_for_the_rule() -> None:
    assert "The playbook asks for the rule, not for a model." in said(learned(rows(ONCE), rule(model="rule")))


def test_a_shop_without_any_purchase_learns_nothing_and_says_so() -> None:
    found = learned(rows(customers=[1, 2]), rule(frequency=["top 20 %"]))
    assert found.table().num_rows == 0
    assert "0 customers have bought" in said(found)


def shop(span: int, amount: float | None = None) -> list[dict[str, Any]]:
    """300 customers who buy at their own rates and stop after any purchase with a chance of 0.2, as often as not later in a short life."""
    chance = np.random.default_rng(7)
    found = []
    for customer in range(300):
        ago, gap, stop = int(chance.integers(1, span)), chance.gamma(2, span / 20) + 1, chance.beta(0.8, 2.5)
        while ago > 0:
            found.append(order(customer, ago, amount or float(round(chance.gamma(6, 20 / chance.gamma(4, 1)), 2))))
            if chance.random() < stop:
                break
            ago -= int(chance.exponential(gap)) + 1
    return found


def test_constant_amounts_leave_the_model_of_buying_in_force() -> None:
    found = learned(rows(shop(600, amount=50.0)), rule())
    assert found.buying is not None
    origins = {name: model for name, (_, model) in found.buying.numbers.items()}
    assert origins == {"p_active": "bg-nbd", "expected_purchases_12m": "bg-nbd", "customer_value": "rule"}
    assert "For customer_value the rule stands in: what the last 12 months saw." in said(found)


def test_a_model_of_a_short_history_is_not_tried() -> None:
    found = learned(rows(shop(100)), rule())
    assert found.buying is not None
    assert (found.buying.activity.converged, found.buying.calibration) == (True, None)
    assert "The history is too short for the model to be tried." in said(found)


def test_a_model_that_could_not_have_been_fitted_earlier_is_not_tried() -> None:
    given = rows(shop(600))
    found = learn(CONNECTION, given.events, given.agreements, rule(), DAY, split=DAY - timedelta(days=598))
    assert found.buying is not None
    assert found.buying.calibration is None


def cohort(there: list[int]) -> list[dict[str, Any]]:
    """Contracts of a year each, of customers who all began in 2019; so many are there in each year."""
    years = [(date(2019 + place, 1, 1), date(2019 + place, 12, 31)) for place in range(len(there))]
    return [contract(customer, *years[place]) for place, number in enumerate(there) for customer in range(number)]


def test_contracts_teach_the_chance_of_renewal() -> None:
    found = learned(rows(contracts=cohort([100, 63, 47, 38, 33, 29, 26, 24])), rule(purchases=[], contracts=["contract"]))
    assert found.buying is None
    value, model = numbers(found)[0, "renewal_chance"]
    assert model == "shifted-beta-geometric"
    assert 0.88 < value < 0.97
    text = said(found)
    assert "shifted beta-geometric model of renewal: alpha 0.70" in text
    assert "  term 1: 100 ended, 37 left, 37.0% (28.2% to 46.8%)" in text
    assert "of a new cohort the model expects to stay after 1 to 5 terms: 63%, 4" in text


def test_few_contracts_give_the_share_that_was_renewed() -> None:
    found = learned(rows(contracts=cohort([4, 3, 3, 3, 3, 3, 3, 3])), rule(purchases=[], contracts=["contract"]))
    assert numbers(found)[2, "renewal_chance"] == (21 / 22, "rule")
    assert "For renewal_chance the rule stands in" in said(found)


def test_before_any_contract_has_ended_nothing_is_said_of_renewal() -> None:
    found = learned(rows(contracts=[contract(1, date(2026, 1, 1), date(2026, 12, 31))]), rule(purchases=[], contracts=["contract"]))
    assert numbers(found) == {}


def test_a_model_that_ranks_better_is_called_so() -> None:
    """Customers who bought much, long ago, and others who buy now and then until today."""
    orders = [order(customer, 900 - 3 * step) for customer in range(60) for step in range(8 + customer % 4)]
    orders += [order(customer, ago) for customer in range(60, 160) for ago in range(customer % 40 + 1, 900, 160 + customer)]
    orders += [order(customer, 300 + customer) for customer in range(160, 300)]
    found = learned(rows(orders), rule(model="pareto-nbd"))
    assert found.buying is not None
    assert "ranks better than plain frequency" in said(found), said(found)
