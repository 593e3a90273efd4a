"""Gamma-gamma: what a customer spends in one purchase, learned from what he and all others have spent.

Amounts are Gamma(p, ν) with ν ~ Gamma(q, γ); how much is spent does not hang on how often. For a customer with x repeat purchases of m
in all, z = m/x on average (Fader, Hardie 2013, “The Gamma-Gamma Model of Monetary Value”, equations 1a and 5):

    L = Γ(px+q) / (Γ(px) Γ(q)) · γ^q z^(px-1) x^px / (γ+m)^(px+q),   expected amount of a purchase = p (γ+m) / (px+q-1)

The first purchase is left out, as the authors do: it is often unlike the later ones.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, gammaln, zeta

from huifang.analytics import newton
from huifang.analytics.bg_nbd import FEWEST, TOO_FEW
from huifang.analytics.newton import Array, Fit
from huifang.domain.words import Words

NAME = "gamma-gamma"
PARAMETERS = ("p", "q", "gamma")
CONSTANT = Words("再次购买的金额几乎都一样。", "The later purchases are all of nearly the same amount.")
WILD = Words("金额相差太大，平均数没有意义。", "The amounts are so far apart that their mean says nothing.")
_CHUNK = 1 << 13


def fit(repeats: NDArray[np.int32], mean: Array) -> Fit:
    """The likeliest p, q, γ from the repeat purchases of each customer and their mean amount; who has spent nothing is passed over."""
    used = (repeats > 0) & (mean > 0)
    x, z = repeats[used].astype(float), mean[used].astype(float)
    if len(x) < FEWEST:
        return newton.refused(NAME, len(x), TOO_FEW.fill({"fewest": FEWEST, "number": len(x)}))
    typical = float(z.mean())
    if z.std() < 1e-3 * typical:
        return newton.refused(NAME, len(x), CONSTANT)
    kinds, of_kind = np.unique(x, return_inverse=True)

    def likelihood(at: Array) -> tuple[float, Array, Array]:
        value, slope, bend = 0.0, np.zeros(3), np.zeros((3, 3))
        tables = _by_repeats(at, kinds)
        for begin in range(0, len(x), _CHUNK):
            part = slice(begin, begin + _CHUNK)
            more = _chunk(at, x[part], z[part], [one[of_kind[part]] for one in tables])
            value, slope, bend = value + more[0], slope + more[1], bend + more[2]
        return value, slope, bend

    found = newton.fit(NAME, PARAMETERS, likelihood, [2.0, 3.0, typical], len(x))
    if found.converged and found.parameters["q"] <= 1:
        return replace(found, converged=False, why=WILD)
    return found


def _by_repeats(at: Array, x: Array) -> list[Array]:
    """What depends on the number of purchases alone: value, and first and second derivatives."""
    p, q, _ = at
    return [
        gammaln(p * x + q) - gammaln(p * x) - gammaln(q), x * (digamma(p * x + q) - digamma(p * x)), digamma(p * x + q) - digamma(q),
        x**2 * (zeta(2, p * x + q) - zeta(2, p * x)), x * zeta(2, p * x + q), zeta(2, p * x + q) - zeta(2, q),
    ]  # fmt: skip


def _chunk(at: Array, x: Array, z: Array, tables: list[Array]) -> tuple[float, Array, Array]:
    p, q, gamma = at
    constant, to_p, to_q, pp, pq, qq = tables
    total = x * z
    log, inverse = np.log(gamma + total), 1 / (gamma + total)
    value = float((constant + q * np.log(gamma) + p * x * np.log(total) - np.log(z) - (p * x + q) * log).sum())
    slope = np.array(
        [(to_p + x * (np.log(total) - log)).sum(), (to_q + np.log(gamma) - log).sum(), (q / gamma - (p * x + q) * inverse).sum()]
    )
    p_gamma, q_gamma = -(x * inverse).sum(), (1 / gamma - inverse).sum()
    bend = np.array(
        [[pp.sum(), pq.sum(), p_gamma], [pq.sum(), qq.sum(), q_gamma],
         [p_gamma, q_gamma, (-q / gamma**2 + (p * x + q) * inverse**2).sum()]]
    )  # fmt: skip
    return value, slope, bend


def expected(parameters: Array, repeats: NDArray[np.int32], mean: Array) -> Array:
    """What a purchase of each customer will bring: between what he has spent and what all spend, nearer to his the more he bought."""
    p, q, gamma = parameters
    x = repeats.astype(float)
    found: Array = p * (gamma + x * np.where(repeats > 0, mean, 0)) / (p * x + q - 1)
    return found
