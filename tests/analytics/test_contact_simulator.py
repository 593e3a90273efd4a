"""The made business, the bound, and what is promised of the policies in it."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from huifang.analytics.contact_bound import relaxed, upper_bound
from huifang.analytics.contact_policies import policies
from huifang.analytics.contact_simulator import Turn, World, glimpsed, lived, made, run

DISCOUNT, PERIODS = 0.95, 60
BUDGETS = (0.01, 0.025, 0.05, 0.10)
SIZE = 2_000


def test_luck_is_shared_between_policies():
    world = made(300, 4, 200, seed=1)
    once, again = (run(copy.deepcopy(world), None, 0, 20, DISCOUNT, seed=3) for _ in range(2))
    assert once == again
    nobody = run(copy.deepcopy(world), lambda turn: np.empty(0, dtype=int), 0, 20, DISCOUNT, seed=3)
    assert nobody == once


def test_without_contacts_the_mean_is_what_backward_induction_says():
    world = made(20_000, 8, 200, seed=2)
    expected = relaxed(world.arms, world.state, 1e9, DISCOUNT, PERIODS)[0]
    assert run(world, None, 0, PERIODS, DISCOUNT, seed=5) == pytest.approx(expected, rel=0.01)


def test_the_bound_is_reached_where_everybody_may_be_contacted_and_is_nothing_without_a_budget():
    world = made(500, 4, 200, seed=3)
    free = relaxed(world.arms, world.state, 0.0, DISCOUNT, PERIODS)[0]
    nothing = relaxed(world.arms, world.state, 1e9, DISCOUNT, PERIODS)[0]
    assert upper_bound(world.arms, world.state, 500, DISCOUNT, PERIODS) == pytest.approx(free)
    assert upper_bound(world.arms, world.state, 0, DISCOUNT, PERIODS) == pytest.approx(nothing)
    several = [upper_bound(world.arms, world.state, budget, DISCOUNT, PERIODS) for budget in (0, 5, 25, 100, 500)]
    assert several == sorted(several)


def test_a_past_is_counted():
    world = made(400, 4, 200, seed=4)
    lived(world, 10, 0.1, seed=4)
    assert world.seen.begun.sum() == 4_000
    assert world.seen.begun[1].sum() == world.seen.contacts.sum() == pytest.approx(400, rel=0.3)
    assert (world.seen.engaged <= world.seen.begun).all()
    assert (world.seen.annoyed <= world.seen.contacts).all()
    thin = made(400, 4, 200, seed=4)
    glimpsed(thin, 30, seed=4)
    assert thin.seen.begun.sum() == pytest.approx(120, rel=0.4)


def test_every_policy_keeps_its_budget():
    world = made(300, 4, 200, seed=5)
    lived(world, 6, 0.2, seed=5)
    for name, policy in policies(DISCOUNT).items():
        chosen = policy()(Turn(world, 20, 0, np.random.default_rng(1)))
        assert len(set(chosen.tolist())) == len(chosen) == 20, name


def test_unpooled_shares_stay_as_they_were_at_the_beginning():
    world = made(300, 4, 200, seed=5)
    lived(world, 6, 0.2, seed=5)
    first = Turn(world, 20, 0, np.random.default_rng(1))
    before = policies(DISCOUNT)["myopic, unpooled"]()
    chosen = before(first).tolist()
    world.seen.engaged[1][:] = 0
    assert before(first).tolist() == chosen
    assert policies(DISCOUNT)["myopic, unpooled"]()(first).tolist() != chosen


def test_a_cadence_comes_round_sooner_for_the_valuable():
    world = made(300, 4, 200, seed=6)
    run(world, policies(DISCOUNT)["fixed cadence"](), 10, 60, DISCOUNT, seed=6)
    high = world.arms.value > np.quantile(world.arms.value, 2 / 3)
    assert world.seen.contacts[high].mean() > 2 * world.seen.contacts[~high].mean()


def gain(world: World, name: str, share: float, seed: int) -> float:
    earned = run(copy.deepcopy(world), policies(DISCOUNT)[name](), round(SIZE * share), PERIODS, DISCOUNT, seed)
    return earned - run(copy.deepcopy(world), None, 0, PERIODS, DISCOUNT, seed)


@pytest.fixture(scope="module", params=["rich", "thin"])
def gains(request) -> tuple[str, dict[tuple[str, float], float]]:
    """Summed over three worlds."""
    found: dict[tuple[str, float], float] = {}
    for seed in range(3):
        world = made(SIZE, 16, 200, seed)
        if request.param == "rich":
            lived(world, 24, 0.1, seed)
        else:
            glimpsed(world, 30, seed)
        nobody = relaxed(world.arms, world.state, 1e9, DISCOUNT, PERIODS)[0]
        for share in BUDGETS:
            bound = upper_bound(world.arms, world.state, round(SIZE * share), DISCOUNT, PERIODS) - nobody
            found["bound", share] = found.get(("bound", share), 0) + bound
            for name in ("round-robin", "risk x value", "myopic, learned", "adaptive"):
                found[name, share] = found.get((name, share), 0) + gain(world, name, share, seed)
    return request.param, found


def test_the_learned_policy_is_never_below_the_myopic_one(gains):
    _, found = gains
    for share in BUDGETS:
        assert found["adaptive", share] >= found["myopic, learned", share], share
        assert found["adaptive", share] > found["risk x value", share] > found["round-robin", share], share


def test_the_learned_policy_reaches_nine_tenths_of_the_bound(gains):
    past, found = gains
    for share in (0.05, 0.10):
        ratio = found["adaptive", share] / found["bound", share]
        assert ratio >= 0.90 if past == "rich" else ratio > 0.6, (share, ratio)
