"""Pareto/NBD: who buys at will, at a rate of his own, until he stops for good, unseen, at some moment.

Purchases come at a rate λ ~ Gamma(r, α) while the customer is active; he stays so for a time that is exponential with rate μ ~ Gamma(s, β).
For a customer with x repeat purchases, the last at t, seen for T (Schmittlein, Morrison, Colombo 1987; Fader, Hardie 2005, “A Note on
Deriving the Pareto/NBD Model”), y being the moment he stops, if that lies before T:

    L = Γ(r+x) α^r β^s / Γ(r) · [ (α+T)^-(r+x) (β+T)^-s + I ],   I = s ∫ from t to T of (α+y)^-(r+x) (β+y)^-(s+1) dy

The usual form of I has two Gauss hypergeometric functions. Here it stays an integral, taken by 32 Gauss-Legendre points in the logarithm
of the smaller of α+y and β+y, where what is integrated falls no faster than an exponential: that is exact to a number's precision and gives
the derivatives by the parameters at the same points.
"""

from __future__ import annotations

import numpy as np
from numpy.polynomial.legendre import leggauss
from numpy.typing import NDArray
from scipy.special import digamma, gammaln, zeta

from huifang.analytics import newton
from huifang.analytics.bg_nbd import FEWEST, TOO_FEW
from huifang.analytics.newton import Array, Fit
from huifang.analytics.purchases import Purchases

NAME = "pareto-nbd"
PARAMETERS = ("r", "alpha", "s", "beta")
_POINTS, _WEIGHTS = leggauss(32)
_DEEP = 40.0
"""Beyond e^-40 of its beginning what is integrated is nothing to a number."""
_CHUNK = 1 << 13


def fit(purchases: Purchases, start: Fit | None = None) -> Fit:
    """The likeliest r, α, s, β (time in `purchases.unit` days), from `start` where an earlier fit is at hand."""
    again = int((purchases.repeats > 0).sum())
    if again < FEWEST:
        return newton.refused(NAME, len(purchases), TOO_FEW.fill({"fewest": FEWEST, "number": again}))
    groups = purchases.grouped
    x, last, age = groups.repeats.astype(float), groups.last / groups.unit, groups.age / groups.unit

    def likelihood(at: Array) -> tuple[float, Array, Array]:
        value, slope, bend = 0.0, np.zeros(4), np.zeros((4, 4))
        for begin in range(0, len(x), _CHUNK):
            part = slice(begin, begin + _CHUNK)
            more = _chunk(at, x[part], last[part], age[part], groups.number[part])
            value, slope, bend = value + more[0], slope + more[1], bend + more[2]
        return value, slope, bend

    mean_age = max(float(purchases.age.mean(dtype=float)) / purchases.unit, 1e-9)
    rate = max(float(purchases.repeats.mean(dtype=float)) / mean_age, 1e-9)
    first = start.values if start is not None and start.converged else np.array([0.5, 0.5 / rate, 0.5, mean_age / 2])
    return newton.fit(NAME, PARAMETERS, likelihood, first, len(purchases))


def _integrand(at: Array, x: Array, last: Array, age: Array) -> tuple[Array, Array]:
    """The points y of each customer (rows) and the logarithm of what is summed there, weights and s included."""
    r, alpha, s, beta = at
    near = min(alpha, beta)
    begin = np.log(near + last)
    length = np.minimum(np.log((near + age) / (near + last)), _DEEP / (r + s + x))
    y = np.exp(begin[:, None] + length[:, None] * (1 + _POINTS) / 2) - near
    with np.errstate(divide="ignore"):  # a customer seen for no time at all has had no time to stop
        weights = np.log(length[:, None] / 2 * _WEIGHTS)
    log = np.log(s) + weights + np.log(near + y) - (r + x)[:, None] * np.log(alpha + y) - (s + 1) * np.log(beta + y)
    return y, log


def _chunk(at: Array, x: Array, last: Array, age: Array, number: Array) -> tuple[float, Array, Array]:
    """Value, gradient and Hessian of one part: the bracket is a sum of exponentials, its derivatives are means under their weights."""
    r, alpha, s, beta = at
    y, log = _integrand(at, x, last, age)
    y = np.concatenate([y, age[:, None]], axis=1)
    alive = -(r + x) * np.log(alpha + age) - s * np.log(beta + age)
    log = np.concatenate([log, alive[:, None]], axis=1)
    top = log.max(axis=1, keepdims=True)
    share = np.exp(log - top)
    total = share.sum(axis=1, keepdims=True)
    share /= total
    ends = np.ones(len(_POINTS) + 1)
    ends[-1] = 0  # 1 where the customer has stopped
    rx, to_alpha, to_beta = (r + x)[:, None], 1 / (alpha + y), 1 / (beta + y)
    terms = np.stack([-np.log(alpha + y), -rx * to_alpha, ends / s - np.log(beta + y), -(s + ends) * to_beta])
    means = (terms * share).sum(axis=2)
    slope = means @ number
    bend = np.einsum("ink,jnk,nk,n->ij", terms, terms, share, number, optimize=True) - (means * number) @ means.T
    weighted = share * number[:, None]
    cross, single = -(weighted * to_alpha).sum(), -(weighted * to_beta).sum()
    bend += np.array(
        [[0, cross, 0, 0], [cross, (weighted * rx * to_alpha**2).sum(), 0, 0],
         [0, 0, -(weighted * ends).sum() / s**2, single], [0, 0, single, (weighted * (s + ends) * to_beta**2).sum()]]
    )  # fmt: skip
    value = float((gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta) + (top + np.log(total))[:, 0]) @ number)
    all_of = number.sum()
    slope += [float((digamma(r + x) - digamma(r) + np.log(alpha)) @ number), r / alpha * all_of, np.log(beta) * all_of, s / beta * all_of]
    bend[0, 0] += (zeta(2, r + x) - zeta(2, r)) @ number
    bend += all_of * np.array([[0, 1 / alpha, 0, 0], [1 / alpha, -r / alpha**2, 0, 0], [0, 0, 0, 1 / beta], [0, 0, 1 / beta, -s / beta**2]])
    return value, slope, bend


def scored(parameters: Array, purchases: Purchases, days: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The chance that each customer is active, and the purchases to be expected of each in the next so many days."""
    r, alpha, s, beta = parameters
    ahead = days / purchases.unit
    chances, numbers = np.empty(len(purchases)), np.empty(len(purchases))
    for begin in range(0, len(purchases), _CHUNK):
        part = slice(begin, begin + _CHUNK)
        x = purchases.repeats[part].astype(float)
        last, age = purchases.last[part] / purchases.unit, purchases.age[part] / purchases.unit
        _, log = _integrand(parameters, x, last, age)
        alive = -(r + x) * np.log(alpha + age) - s * np.log(beta + age)
        chances[part] = 1 / (1 + np.exp(log - alive[:, None]).sum(axis=1))
        longer = np.log1p(ahead / (beta + age))
        lasting = longer if abs(s - 1) < 1e-9 else -np.expm1((1 - s) * longer) / (s - 1)
        numbers[part] = chances[part] * (r + x) / (alpha + age) * (beta + age) * lasting
    return chances, numbers
