"""The analytic derivatives are those of the likelihood, wherever one stands."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import beta, gammaln, hyp2f1

from huifang.analytics import bg_nbd, newton, pareto_nbd, renewal, spending
from huifang.analytics.newton import Likelihood
from huifang.analytics.purchases import Purchases, group

places = st.floats(0.2, 8.0)
CUSTOMERS = Purchases(
    np.array([0, 0, 0, 1, 1, 2, 5, 5, 30], np.int32),
    np.array([0, 0, 0, 1, 90, 200, 80, 80, 300], np.int32),
    np.array([0, 40, 300, 300, 91, 200, 333, 333, 301], np.int32),
)


def likelihoods(monkeypatch: pytest.MonkeyPatch) -> dict[str, Likelihood]:
    """What each model hands to the search."""
    found: dict[str, Likelihood] = {}

    def caught(model: str, names: object, likelihood: Likelihood, start: object, customers: int) -> newton.Fit:
        found[model] = likelihood
        return newton.Fit(model, {"q": 2.0}, 0.0, customers, 1, converged=True)

    monkeypatch.setattr(newton, "fit", caught)
    for module in (bg_nbd, pareto_nbd, spending):
        monkeypatch.setattr(module, "FEWEST", 1)
    bg_nbd.fit(CUSTOMERS)
    pareto_nbd.fit(CUSTOMERS)
    spending.fit(np.array([1, 2, 9], np.int32), np.array([3.0, 40.0, 7.5]))
    renewal.fit(renewal.Ended({1: 20, 2: 5}, {1: 40, 2: 30, 3: 20}))
    return found


@pytest.fixture(scope="module")
def models() -> dict[str, Likelihood]:
    with pytest.MonkeyPatch.context() as patch:
        return likelihoods(patch)


@pytest.mark.parametrize(("model", "size"), [("bg-nbd", 4), ("pareto-nbd", 4), ("gamma-gamma", 3), ("shifted-beta-geometric", 2)])
@given(st.data())
def test_gradient_and_hessian_are_the_slopes(models: dict[str, Likelihood], model: str, size: int, data: st.DataObject) -> None:
    at = np.array([data.draw(places) for _ in range(size)])
    likelihood = models[model]
    _, gradient, hessian = likelihood(at)
    step = 1e-5
    for place in range(size):
        there, back = at.copy(), at.copy()
        there[place] += step
        back[place] -= step
        up, down = likelihood(there), likelihood(back)
        assert gradient[place] == pytest.approx((up[0] - down[0]) / (2 * step), rel=1e-4, abs=1e-4)
        assert hessian[place] == pytest.approx((up[1] - down[1]) / (2 * step), rel=1e-4, abs=1e-3)


@given(places, places, places, places)
def test_pareto_nbd_is_the_likelihood_with_hypergeometric_functions(r: float, alpha: float, s: float, rate: float) -> None:
    """The textbook form by `scipy.special.hyp2f1`, customer by customer."""
    x, t, age = 3, 5.0, 9.0

    def part(y: float) -> float:
        if alpha >= rate:
            return hyp2f1(r + s + x, s + 1, r + s + x + 1, (alpha - rate) / (alpha + y)) / (alpha + y) ** (r + s + x)
        return hyp2f1(r + s + x, r + x, r + s + x + 1, (rate - alpha) / (rate + y)) / (rate + y) ** (r + s + x)

    bracket = (alpha + age) ** -(r + x) * (rate + age) ** -s + s / (r + s + x) * (part(t) - part(age))
    wanted = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(rate) + np.log(bracket)
    numbers = (np.array([one]) for one in (float(x), t, age, 1.0))
    assert pareto_nbd._chunk(np.array([r, alpha, s, rate]), *numbers)[0] == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize(("x", "age"), [(0, 400.0), (1500, 1500.0)])
def test_the_integral_holds_for_customers_who_buy_hardly_ever_and_daily(x: int, age: float) -> None:
    r, alpha, s, rate = at = np.array([0.5, 0.01, 0.6, 30.0])
    _, log = pareto_nbd._integrand(at, np.array([float(x)]), np.array([0.0]), np.array([age]))
    wanted, _ = quad(lambda y: s * (1 + y / alpha) ** -(r + x) * (rate + y) ** -(s + 1), 0, age, points=[1e-6, 1e-4, 0.01, 1], limit=500)
    assert np.exp(log + (r + x) * np.log(alpha)).sum() == pytest.approx(wanted, rel=1e-6)


def test_equal_customers_are_counted_together_and_nobody_is_lost() -> None:
    groups = group(CUSTOMERS)
    assert groups.again == 5
    assert groups.number.sum() == len(CUSTOMERS)
    assert groups.number.tolist() == [1, 1, 1, 2, 1, 1, 1, 1]
    assert groups.repeats.tolist() == [1, 1, 2, 5, 30, 0, 0, 0]
    assert groups.age[5:].tolist() == [0, 40, 300]


def test_one_sort_of_customer_only() -> None:
    once = group(Purchases(*(np.zeros(3, np.int32) for _ in range(3))))
    assert (once.again, once.number.tolist()) == (0, [3.0])
    again = group(Purchases(*(np.full(3, 4, np.int32) for _ in range(3))))
    assert (again.again, again.number.tolist()) == (1, [3.0])


def one(x: int, t: float, age: float) -> Purchases:
    return Purchases(np.array([x], np.int32), np.array([t], np.int32), np.array([age], np.int32), unit=1.0)


@pytest.mark.parametrize("scored", [bg_nbd.scored, pareto_nbd.scored], ids=["bg-nbd", "pareto-nbd"])
def test_expected_purchases_grow_with_the_time_ahead(scored: Callable[..., tuple[np.ndarray, np.ndarray]]) -> None:
    at = np.array([0.6, 5.0, 1.0, 2.0])  # a = 1 and s = 1: where the formulas divide by zero
    near, far = (scored(at, one(3, 50, 60), days)[1][0] for days in (10, 100))
    beside = scored(at * [1, 1, 1 + 1e-5, 1], one(3, 50, 60), 100)[1][0]
    assert 0 < near < far
    assert far == pytest.approx(beside, rel=1e-4)


def test_p_active_of_bg_nbd_is_the_formula() -> None:
    r, alpha, a, b = at = np.array([0.6, 5.0, 0.8, 2.0])
    x, t, age = 3, 50, 60
    gone = beta(a + 1, b + x - 1) / beta(a, b) * (alpha + t) ** -(r + x)
    there = beta(a, b + x) / beta(a, b) * (alpha + age) ** -(r + x)
    assert bg_nbd.scored(at, one(x, t, age), 1)[0][0] == pytest.approx(there / (there + gone))
    assert bg_nbd.scored(at, one(0, 0, 60), 1)[0][0] == 1


def test_a_daily_buyer_who_is_gone_for_years_has_a_chance_of_nothing() -> None:
    at = np.array([0.6, 5.0, 0.8, 2.0])
    assert bg_nbd.scored(at, one(3000, 3000, 9000), 30)[0][0] == 0
