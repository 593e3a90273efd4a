"""What cannot be learned is said, not guessed."""

from __future__ import annotations

import numpy as np
import pytest

from huifang.analytics import bg_nbd, newton, pareto_nbd, renewal, spending
from huifang.analytics.newton import Array
from huifang.analytics.purchases import Purchases
from tests.analytics import cdnow


def everybody(repeats: int, last: int, age: int, number: int = 200) -> Purchases:
    return Purchases(np.full(number, repeats, np.int32), np.full(number, last, np.int32), np.full(number, age, np.int32))


@pytest.mark.parametrize("model", [bg_nbd, pareto_nbd], ids=["bg-nbd", "pareto-nbd"])
@pytest.mark.parametrize(
    ("purchases", "said"),
    [
        (everybody(0, 0, 300), "Fewer than 30 customers have bought again (0)."),
        (everybody(4, 100, 300, number=1), "Fewer than 30 customers have bought again (1)."),
        (Purchases(*(np.zeros(0, np.int32) for _ in range(3))), "Fewer than 30 customers have bought again (0)."),
    ],
    ids=["nobody-came-back", "one-customer", "no-customer"],
)
def test_too_few_are_not_tried(model: object, purchases: Purchases, said: str) -> None:
    fit = model.fit(purchases)  # type: ignore[attr-defined]  # a module
    assert not fit.converged
    assert fit.why is not None
    assert fit.why.en == said
    assert np.isnan(fit.log_likelihood)


@pytest.mark.parametrize("model", [bg_nbd, pareto_nbd], ids=["bg-nbd", "pareto-nbd"])
def test_customers_who_are_all_alike_pin_nothing_down(model: object) -> None:
    fit = model.fit(everybody(5, 290, 300))  # type: ignore[attr-defined]  # a module
    assert not fit.converged
    assert fit.why is not None
    assert "Parameter" in fit.why.en


@pytest.mark.parametrize("model", [bg_nbd, pareto_nbd], ids=["bg-nbd", "pareto-nbd"])
def test_a_search_may_begin_where_an_earlier_one_ended(model: object) -> None:
    purchases = cdnow.known().purchases
    first = model.fit(purchases)  # type: ignore[attr-defined]  # a module
    again = model.fit(purchases, first)  # type: ignore[attr-defined]  # a module
    assert first.converged
    assert again.steps < first.steps
    assert again.values == pytest.approx(first.values, rel=1e-4)


def test_one_amount_for_all_is_told() -> None:
    fit = spending.fit(np.full(50, 3, np.int32), np.full(50, 99.0))
    assert fit.why == spending.CONSTANT


def test_too_few_amounts_are_told() -> None:
    fit = spending.fit(np.array([0, 2, 3], np.int32), np.array([0.0, 0.0, 5.0]))
    assert (fit.customers, fit.converged) == (1, False)


def test_amounts_too_far_apart_have_no_mean() -> None:
    chance = np.random.default_rng(2)
    rate = chance.gamma(0.5, 1.0, 4000)
    mean = chance.gamma(8.0, 1 / rate) / 2
    fit = spending.fit(np.full(4000, 2, np.int32), mean)
    assert fit.parameters["q"] < 1
    assert fit.why == spending.WILD


@pytest.mark.parametrize(
    ("ended", "why"),
    [
        (renewal.Ended({}, {}), "Fewer than 30"),
        (renewal.Ended({1: 40}, {}), "renewed, or none"),
        (renewal.Ended({}, {1: 40, 2: 40}), "renewed, or none"),
        (renewal.Ended({1: 20}, {1: 20}), "at one age"),
    ],
)
def test_contracts_that_teach_nothing(ended: renewal.Ended, why: str) -> None:
    fit = renewal.fit(ended)
    assert fit.why is not None
    assert why in fit.why.en


def test_without_a_model_the_share_of_renewed_contracts_stands_in() -> None:
    ended = renewal.Ended({1: 5}, {1: 15})
    assert renewal.renewal_chance(renewal.fit(ended), ended, np.array([1, 4])).tolist() == [0.75, 0.75]
    nothing = renewal.Ended({}, {})
    assert np.isnan(renewal.renewal_chance(renewal.fit(nothing), nothing, np.array([1])))


def test_with_a_model_long_customers_are_likelier_to_stay() -> None:
    ended = renewal.Ended({1: 369, 2: 163, 3: 86}, {1: 631, 2: 468, 3: 382})
    chances = renewal.renewal_chance(renewal.fit(ended), ended, np.array([1, 2, 9]))
    assert chances[0] < chances[1] < chances[2] < 1


def test_the_hazard_is_counted_with_an_interval() -> None:
    first, second = renewal.hazards(renewal.Ended({1: 5}, {1: 15, 2: 10}))
    assert (first.age, first.ended, first.left, first.counted) == (1, 20, 5, 0.25)
    assert (round(first.low, 3), round(first.high, 3)) == (0.112, 0.469)
    assert (second.counted, second.low) == (0, 0)


def parabola(top: float) -> newton.Likelihood:
    """A likelihood with its top where the parameter's logarithm is `top`."""

    def likelihood(at: Array) -> tuple[float, Array, Array]:
        place = float(np.log(at[0])) - top
        slope, bend = -2 * place / at[0], (2 * place - 2) / at[0] ** 2
        return -(place**2), np.array([slope]), np.array([[bend]])

    return likelihood


def test_a_top_is_found_in_one_step() -> None:
    fit = newton.fit("m", ["p"], parabola(1.0), [1.0], 1)
    assert fit.converged
    assert fit.values == pytest.approx([np.e])
    assert fit.errors is not None
    assert fit.errors["p"] == pytest.approx(np.sqrt(0.5))


def test_a_parameter_that_runs_away_is_named() -> None:
    fit = newton.fit("m", ["p"], parabola(20.0), [1.0], 1)
    assert fit.why is not None
    assert fit.why.en == "Parameter p runs away: the data do not hold it."


def test_a_search_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newton, "MOST_STEPS", 1)
    fit = newton.fit("m", ["p"], parabola(9.0), [1.0], 1)
    assert fit.why is not None
    assert "1 steps" in fit.why.en


def test_a_likelihood_that_does_not_rise_is_no_top() -> None:
    fit = newton.fit("m", ["p"], lambda at: (0.0, np.array([1.0]), np.array([[-1.0]])), [1.0], 1)
    assert fit.why is not None
    assert "no top" in fit.why.en


def test_a_saddle_is_no_top() -> None:
    fit = newton.fit("m", ["p"], lambda at: (0.0, np.array([0.0]), np.array([[1.0]])), [1.0], 1)
    assert (fit.converged, fit.errors) == (False, None)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("wrong", [np.inf, np.nan, 1e300])
def test_an_amount_that_is_no_amount_ends_the_search_and_is_told(wrong: float) -> None:
    means = np.array([wrong, *np.linspace(10, 90, 60)])
    fit = spending.fit(np.full(61, 3, np.int32), means)
    assert not fit.converged
    assert fit.why is not None
