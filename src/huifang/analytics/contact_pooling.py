"""Rates of many customers in a few clusters, learned together: who was seen little is read with the help of the others.

    cluster mean   m_c = (K_c + M0 x m) / (N_c + M0)         m: share over everybody
    customer       p_i = (k_i + M1 x m_c) / (n_i + M1)

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


@dataclass(frozen=True, slots=True)
class Rates:
    """A posterior for each customer: `mean`, `variance`, how many own observations `seen`; `cluster` has the clusters' means."""

    mean: Numbers
    variance: Numbers
    seen: Numbers
    cluster: Numbers
    likeness: float
    """M1."""


def likeness(happened: Numbers, of: Numbers, mean: Numbers) -> float:
    """M: the concentration of the beta distribution around `mean` that makes the counts likeliest, between `FEWEST` and `MOST`."""
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
    return float(np.exp(minimize_scalar(unlikely, bounds=(np.log(FEWEST), np.log(MOST)), method="bounded").x))


def pooled(happened: Numbers, of: Numbers, cluster: NDArray[np.integer], clusters: int, *, own: bool = True) -> Rates:
    """Rates of customers from `happened` of `of`; `cluster` numbers their clusters 0.. below `clusters`.

    `own=False` leaves a customer's own counts out: everybody has the mean of the cluster.
    """
    happened_c = np.bincount(cluster, happened, clusters)
    of_c = np.bincount(cluster, of, clusters)
    overall = (happened_c.sum() + 0.5) / (of_c.sum() + 1)
    between = likeness(happened_c, of_c, np.full(clusters, overall))
    mean_c = (happened_c + between * overall) / (of_c + between)
    spread_c = mean_c * (1 - mean_c) / (of_c + between + 1)
    mean, spread = mean_c[cluster], spread_c[cluster]
    if not own:
        return Rates(mean, spread, of, mean_c, MOST)
    within = likeness(happened, of, mean)
    posterior = (happened + within * mean) / (of + within)
    variance = posterior * (1 - posterior) / (of + within + 1) + (within / (of + within)) ** 2 * spread
    return Rates(posterior, variance, of, mean_c, within)
