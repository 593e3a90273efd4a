"""Rates of many customers in a few clusters, learned together: who was seen little is read with the help of the others.

    cluster mean   m_c = (K_c + M0 x m) / (N_c + M0)         m: share over everybody
    customer       p_i = (k_i + M1 x m_i) / (n_i + M1)    m_i: m_c, or what a related rate of the customer lets expect

(k of n: how often it happened; capitals are sums over a cluster). M0 and M1 say how alike clusters, and customers within a cluster, are;
they are the maximum of the beta-binomial likelihood (empirical Bayes; Efron and Morris 1975; Gelman et al., Bayesian Data Analysis, ch. 5).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from huifang.analytics.contact_arms import Numbers

FEWEST, MOST = 1.0, 10_000.0
"""Bounds of M: hardly alike, all the same."""


class NotConverged(ArithmeticError):
    """The search for how alike customers are has come to no end: nothing may be read from these counts."""


@dataclass(frozen=True, slots=True)
class Rates:
    """A posterior for each customer, `mean` and `variance`; `cluster` has the clusters' means."""

    mean: Numbers
    variance: Numbers
    cluster: Numbers


def likeness(happened: Numbers, of: Numbers, mean: Numbers) -> float:
    """M: the concentration of the beta distribution around `mean` that makes the counts likeliest, between `FEWEST` and `MOST`.

    Raises `NotConverged`.
    """
    from scipy.optimize import minimize_scalar
    from scipy.special import betaln

    rows, times = np.unique(np.stack([happened, of, np.clip(mean, 1e-6, 1 - 1e-6)]), axis=1, return_counts=True)
    k, n, m = rows[:, rows[1] > 0]
    weight = times[rows[1] > 0]

    def unlikely(log: float) -> float:
        size = np.exp(log)
        return -float(np.sum(weight * (betaln(k + size * m, n - k + size * (1 - m)) - betaln(size * m, size * (1 - m)))))

    if not len(k):
        return MOST
    found = minimize_scalar(unlikely, bounds=(np.log(FEWEST), np.log(MOST)), method="bounded")
    if not found.success:
        raise NotConverged(found.message)
    return float(np.exp(found.x))


def pooled(happened: Numbers, of: Numbers, cluster: NDArray[np.integer], clusters: int, beside: Rates | None = None) -> Rates:
    """Rates of customers from `happened` of `of`; `cluster` numbers their clusters 0.. below `clusters`.

    With `beside`, the rate of the same thing under other circumstances, clusters and customers are expected to differ from each other as
    they do there: it is the difference of log odds that is pooled, over all and then within a cluster. Otherwise scarce data would be
    drawn to a common mean, and their difference from the better known rate would look like an effect.
    """
    happened_c: Numbers = np.bincount(cluster, happened, clusters).astype(float)
    of_c: Numbers = np.bincount(cluster, of, clusters).astype(float)
    share = (happened_c.sum() + 0.5) / (of_c.sum() + 1)
    if beside is None:
        mean_c, spread_c = _posterior(happened_c, of_c, np.full(clusters, share))[:2]
        mean, spread = mean_c[cluster], spread_c[cluster]
    else:
        expected = (of_c @ beside.cluster + 0.5) / (of_c.sum() + 1)
        mean_c, spread_c = _posterior(happened_c, of_c, _shifted(beside.cluster, _log_odds(share) - _log_odds(expected)))[:2]
        mean = _shifted(beside.mean, (_log_odds(mean_c) - _log_odds(beside.cluster))[cluster])
        spread = spread_c[cluster] + beside.variance
    posterior, variance, own = _posterior(happened, of, mean)
    return Rates(posterior, variance + own**2 * spread, mean_c)


def _posterior(happened: Numbers, of: Numbers, mean: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Mean and variance where `mean` was expected, and the weight that the expectation has kept."""
    alike = likeness(happened, of, mean)
    kept = alike / (of + alike)
    found = kept * mean + (1 - kept) * happened / np.maximum(of, 1)
    return found, found * (1 - found) / (of + alike + 1), kept


def _shifted(share: Numbers, by: Numbers) -> Numbers:
    moved: Numbers = 1 / (1 + np.exp(-_log_odds(share) - by))
    return moved


def _log_odds(share: Numbers) -> Numbers:
    kept = np.clip(share, 1e-6, 1 - 1e-6)
    odds: Numbers = np.log(kept / (1 - kept))
    return odds
