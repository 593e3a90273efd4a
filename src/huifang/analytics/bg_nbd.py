"""BG/NBD: who buys at will, at a rate of his own, and after any purchase may stop for good without saying so.

Purchases come at a rate λ ~ Gamma(r, α) while the customer is active; after each one he stops with chance p ~ Beta(a, b). For a customer
with x repeat purchases, the last at t, seen for T (Fader, Hardie, Lee 2005, “Counting Your Customers” the Easy Way, equations 6 to 10):

    L = Γ(r+x) α^r / Γ(r) · B(a, b+x)/B(a, b) · [ (α+T)^-(r+x) + [x>0] · a/(b+x-1) · (α+t)^-(r+x) ]

Only repeat buyers tie x, t and T together; all else is a sum over x or over T alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, gammaln, hyp2f1, zeta

from huifang.analytics import newton
from huifang.analytics.newton import Array, Fit
from huifang.analytics.purchases import Grouped, Purchases
from huifang.domain.words import Words

NAME = "bg-nbd"
PARAMETERS = ("r", "alpha", "a", "b")
FEWEST = 30
"""Fewer repeat buyers than this teach nothing that could be told apart from chance."""
_CHUNK = 1 << 13
"""So many rows at a time stay in the cache, and below the size at which BLAS starts threads that mostly wait."""
TOO_FEW = Words("再次购买的客户不足 {fewest} 位（{number} 位）。", "Fewer than {fewest} customers have bought again ({number}).")


def fit(purchases: Purchases, start: Fit | None = None) -> Fit:
    """The likeliest r, α, a, b (time in `purchases.unit` days), from `start` where an earlier fit is at hand."""
    again = int((purchases.repeats > 0).sum())
    if again < FEWEST:
        return newton.refused(NAME, len(purchases), TOO_FEW.fill({"fewest": FEWEST, "number": again}))
    first = start.values if start is not None and start.converged else beginning(purchases)
    return newton.fit(NAME, PARAMETERS, _Likelihood(purchases.grouped), first, len(purchases))


def beginning(purchases: Purchases) -> Array:
    """Where the search begins: the rate of purchases as it is on average, half of it certain."""
    rate = purchases.repeats.mean(dtype=float) / max(purchases.age.mean(dtype=float) / purchases.unit, 1e-9)
    return np.array([0.5, 0.5 / max(float(rate), 1e-9), 1.0, 2.5])


class _Likelihood:
    """The logarithm of the likelihood with gradient and Hessian, for one set of groups."""

    def __init__(self, groups: Grouped) -> None:
        self.groups = groups
        x, inverse = np.unique(groups.repeats, return_inverse=True)
        self.x, self.of_x = x.astype(float), np.bincount(inverse, groups.number)
        ages, inverse_age = np.unique(groups.age, return_inverse=True)
        self.ages = ages / groups.unit
        self.of_age = np.bincount(inverse_age, groups.number)
        self.x_of_age = np.bincount(inverse_age, groups.number * groups.repeats)
        last, inverse_last = np.unique(groups.last[: groups.again], return_inverse=True)
        self.last = last / groups.unit
        small = [one[: groups.again].astype(np.int32) for one in (inverse, inverse_last, inverse_age)]
        self.places = list(zip(*(np.array_split(one, -(-groups.again // _CHUNK)) for one in small), strict=True))
        self.numbers = np.array_split(groups.number[: groups.again], -(-groups.again // _CHUNK))

    def __call__(self, at: Array) -> tuple[float, Array, Array]:
        value, slope, bend = self._by_x(at)
        for part in (self._by_age(at), self._coupled(at)):
            value, slope, bend = value + part[0], slope + part[1], bend + part[2]
        return value, slope, bend

    def _by_x(self, at: Array) -> tuple[float, Array, Array]:
        """Terms of x alone: ln Γ(r+x) - ln Γ(r) + r ln α + ln B(a, b+x) - ln B(a, b)."""
        r, alpha, a, b = at
        x, n = self.x, self.of_x
        value = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
        value += gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
        both = digamma(a + b) - digamma(a + b + x)
        slope = np.stack(
            [digamma(r + x) - digamma(r) + np.log(alpha), np.full_like(x, r / alpha), both, both + digamma(b + x) - digamma(b)]
        )
        bend = np.zeros((4, 4, len(x)))
        bend[0, 0] = zeta(2, r + x) - zeta(2, r)
        bend[0, 1] = bend[1, 0] = 1 / alpha
        bend[1, 1] = -r / alpha**2
        bend[2, 2] = bend[2, 3] = bend[3, 2] = zeta(2, a + b) - zeta(2, a + b + x)
        bend[3, 3] = bend[2, 2] + zeta(2, b + x) - zeta(2, b)
        return float(value @ n), slope @ n, bend @ n

    def _by_age(self, at: Array) -> tuple[float, Array, Array]:
        """-(r+x) ln(α+T), of which only the sum of x at each T is needed."""
        r, alpha = at[:2]
        whole = r * self.of_age + self.x_of_age
        log, inverse = np.log(alpha + self.ages), 1 / (alpha + self.ages)
        bend = np.zeros((4, 4))
        bend[0, 1] = bend[1, 0] = -(self.of_age @ inverse)
        bend[1, 1] = whole @ inverse**2
        return float(-(whole @ log)), np.array([-(self.of_age @ log), -(whole @ inverse), 0.0, 0.0]), bend

    def _coupled(self, at: Array) -> tuple[float, Array, Array]:
        """ln(1 + e^z) over repeat buyers, z = ln a - ln(b+x-1) + (r+x) ln((α+T)/(α+t)); weight w = e^z/(1+e^z)."""
        r, alpha, a, b = at
        rx, stop = r + self.x, np.maximum(b + self.x - 1, 1e-300)
        chance, per_stop = np.log(a) - np.log(stop), 1 / stop
        log_last, log_age = np.log(alpha + self.last), np.log(alpha + self.ages)
        by_last, by_age = 1 / (alpha + self.last), 1 / (alpha + self.ages)
        value, slope, bend = 0.0, np.zeros(4), np.zeros((4, 4))
        for (x, last, age), number in zip(self.places, self.numbers, strict=True):
            times, since, until = rx[x], by_last[last], by_age[age]
            spread = log_age[age] - log_last[last]
            z = chance[x] + times * spread
            value += float(number @ np.logaddexp(0, z))
            weight = 1 / (1 + np.exp(-z))
            much = number * weight
            steep = np.stack([spread, times * (until - since), np.full_like(z, 1 / a), -per_stop[x]])
            slope += steep @ much
            bend += (steep * (much * (1 - weight))) @ steep.T
            bend[0, 1] += much @ (until - since)
            bend[1, 1] += much @ (times * (since**2 - until**2))
            bend[2, 2] -= much.sum() / a**2
            bend[3, 3] += much @ per_stop[x] ** 2
        bend[1, 0] = bend[0, 1]
        return value, slope, bend


def scored(parameters: Array, purchases: Purchases, days: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The chance that each customer still buys, and the purchases to be expected of each in the next so many days (equation 10).

    The chance is 1 for who has bought once (he has had no purchase to stop after), else 1/(1 + e^z).
    """
    chances, numbers = np.empty(len(purchases)), np.empty(len(purchases))
    tables = _Tables(parameters, purchases, days)
    for begin in range(0, len(purchases), _CHUNK):
        part = slice(begin, begin + _CHUNK)
        chances[part] = tables.active(purchases.repeats[part], purchases.last[part], purchases.age[part])
        numbers[part] = chances[part] * tables.coming[tables.row[purchases.repeats[part]] + purchases.age[part]]
    return chances, numbers


class _Tables:
    """Everything that depends on x, on t, on T, or on x and T, worked out once: scoring a customer is looking up."""

    def __init__(self, parameters: Array, purchases: Purchases, days: float) -> None:
        r, alpha, a, b = parameters
        x = np.arange(int(purchases.repeats.max(initial=0)) + 1)
        longest = int(max(purchases.age.max(initial=0), purchases.last.max(initial=0))) + 1
        self.logs = np.log(alpha + np.arange(longest) / purchases.unit)
        self.times = r + x
        self.chance = np.log(a) - np.log(np.maximum(b + x - 1, 1e-300))
        self.chance[0] = -np.inf
        self.row = (x * longest).astype(np.int64)
        self.coming = np.zeros(len(x) * longest)
        there = np.zeros(len(self.coming), dtype=bool)
        for begin in range(0, len(purchases), _CHUNK):
            there[self.row[purchases.repeats[begin : begin + _CHUNK]] + purchases.age[begin : begin + _CHUNK]] = True
        pairs = np.flatnonzero(there)
        self.coming[pairs] = while_active(parameters, pairs // longest, (pairs % longest) / purchases.unit, days / purchases.unit)

    def active(self, repeats: NDArray[np.int32], last: NDArray[np.int32], age: NDArray[np.int32]) -> NDArray[np.float64]:
        """1/(1 + e^z); a z beyond what a number holds is a chance of 0."""
        z = self.logs[age]
        z -= self.logs[last]
        z *= self.times[repeats]
        z += self.chance[repeats]
        with np.errstate(over="ignore"):
            np.exp(z, out=z)
        chances: NDArray[np.float64] = 1 / (1 + z)
        return chances


def while_active(parameters: Array, x: NDArray[np.int64], age: NDArray[np.float64], ahead: float) -> NDArray[np.float64]:
    """Purchases to be expected in the time `ahead` of a customer who is active: equation 10 without its denominator."""
    r, alpha, a, b = parameters
    if abs(a - 1) < 1e-9:
        a = 1 + 1e-9  # the limit of the formula, to the precision of a number
    part = ahead / (alpha + age + ahead)
    grown = (1 - part) ** (r + x) * hyp2f1(r + x, b + x, a + b + x - 1, part)
    found: NDArray[np.float64] = (a + b + x - 1) / (a - 1) * (1 - grown)
    return found
