"""Partial pooling: who was seen little is read with the help of the others; who was seen much stands alone."""

from __future__ import annotations

import numpy as np
import pytest

from huifang.analytics.contact_arms import worth
from huifang.analytics.contact_learning import PLANS_AHEAD, Seen, blended, learned
from huifang.analytics.contact_pooling import FEWEST, MOST, likeness, pooled


def draws(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def counts(chances: np.ndarray, times: int) -> tuple[np.ndarray, np.ndarray]:
    of = np.full(len(chances), float(times))
    return draws(11).binomial(times, chances).astype(float), of


@pytest.mark.parametrize("alike", [8.0, 60.0])
def test_how_alike_customers_are_is_found_again(alike):
    chances = draws(12).beta(alike * 0.3, alike * 0.7, 20_000)
    assert likeness(*counts(chances, 40), np.full(20_000, 0.3)) == pytest.approx(alike, rel=0.1)


def test_bounds_of_likeness():
    assert likeness(np.zeros(3), np.zeros(3), np.full(3, 0.5)) == MOST
    assert likeness(np.array([0.0, 9.0] * 50), np.full(100, 9.0), np.full(100, 0.5)) == pytest.approx(FEWEST, rel=0.01)


def test_a_rate_lies_between_ones_own_share_and_the_clusters():
    cluster = np.repeat([0, 1], 500)
    happened, of = counts(draws(13).beta(6, 14, 1000), 20)
    happened[:2], of[:2] = [4.0, 400.0], [4.0, 400.0]  # always so: seen four times, seen four hundred times
    rates = pooled(happened, of, cluster, 2)
    assert rates.cluster[0] < rates.mean[0] < 0.6
    assert rates.mean[1] > 0.95
    assert rates.variance[0] > 5 * rates.variance[1]


def test_pooled_rates_are_nearer_to_the_truth_than_bare_shares():
    chances = draws(14).beta(12, 28, 4_000)
    happened, of = counts(chances, 6)
    rates = pooled(happened, of, np.zeros(4_000, dtype=int), 1)
    assert np.mean((rates.mean - chances) ** 2) < 0.4 * np.mean((happened / of - chances) ** 2)
    assert np.mean((rates.mean - chances) ** 2) == pytest.approx(rates.variance.mean(), rel=0.2)


def test_scarce_contacts_without_effect_do_not_look_like_one():
    """A class that is seldom engaged and hardly ever contacted is not drawn to the rate of the others."""
    cluster = np.repeat([0, 1], [2_000, 60])
    chances = np.where(cluster == 0, 0.9, 0.2)
    alone = pooled(*counts(chances, 20), cluster, 2)
    of = np.where(np.arange(2_060) % 10 == 0, 1.0, 0.0)
    happened = draws(15).binomial(of.astype(int), chances).astype(float)
    assert np.abs((pooled(happened, of, cluster, 2, alone).mean - alone.mean)[cluster == 1]).mean() < 0.03
    assert (pooled(happened, of, cluster, 2).mean - alone.mean)[cluster == 1].mean() > 0.1


def seen(times: int, clusters: int = 6, customers: int = 1_200) -> tuple[Seen, np.ndarray]:
    cluster = np.arange(customers) % clusters
    low, high = np.linspace(0.05, 0.4, clusters)[cluster], np.linspace(0.95, 0.6, clusters)[cluster]
    begun = np.full((2, 2, customers), float(times))
    chances = np.array([[low, high], [low + 0.2, high + 0.02]])
    engaged = draws(16).binomial(times, chances).astype(float)
    annoyed = draws(17).binomial(10, 0.02, customers).astype(float)
    return Seen(begun, engaged, annoyed, np.full(customers, 10.0), cluster, clusters), low


def test_the_more_data_the_further_the_index_plans_ahead():
    counted = [seen(200), seen(1, customers=60), seen(0)]
    known = [learned(each, np.ones(len(each.cluster)), 2.0) for each, _ in counted]
    rich, thin, none = (blended(one, np.zeros(len(one.arms.value), dtype=int), 0.95) for one in known)
    assert (rich.reliability > PLANS_AHEAD).all()
    assert none.reliability.max() < thin.reliability.mean() < PLANS_AHEAD
    assert rich.index[0] > 2 * rich.at_once[0]
    assert none.index == pytest.approx(none.at_once)
    own = np.log(worth(known[1].arms, 0.95)[0])
    burden = known[1].arms.burden[0]
    assert np.std(np.log((thin.index + burden) / (thin.at_once + burden))) < np.std(own)


def test_effects_and_annoyance_are_learned():
    counted, low = seen(200)
    known = learned(counted, np.full(1_200, 10.0), 2.0)
    assert known.arms.effect(np.zeros(1_200, dtype=int)).mean() == pytest.approx(0.2, abs=0.01)
    assert np.abs(known.arms.left[0] - low).mean() < 0.03
    assert known.arms.burden[0].mean() == pytest.approx(0.02 * 10 * 2, rel=0.1)
