"""Contact policies under one budget in a made business, beside the most that any policy could earn.

    python benchmarks/contact_policy.py          # the two main tables, and the sensitive ones
    python benchmarks/contact_policy.py 20       # with 20 worlds each

Values are what a policy earns over contacting nobody, in per cent of that, averaged over worlds with a 95 % interval; "of bound" is their
ratio to the bound; "below myopic" counts the worlds in which a policy earned less than the myopic one that knows as much.
"""

from __future__ import annotations

import copy
import sys
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from goals import goal

from huifang.analytics.contact_bound import relaxed, upper_bound
from huifang.analytics.contact_policies import policies
from huifang.analytics.contact_simulator import World, glimpsed, lived, made, run

CUSTOMERS, CLUSTERS, PERIODS, DISCOUNT = 3_000, 16, 80, 0.95
BUDGETS = (0.01, 0.025, 0.05, 0.10)
BOUND = "bound"
RIVAL = {f"Whittle, {known}": f"myopic, {known}" for known in ("true", "unpooled", "learned")}
RIVAL |= dict.fromkeys(("adaptive, no slice", "adaptive"), "myopic, learned")


@dataclass(frozen=True)
class Case:
    title: str
    alike: float
    past: Callable[[World, int], None]


CASES = (
    Case("Two years of monthly periods, one customer in ten contacted at random", 200, lambda world, seed: lived(world, 24, 0.1, seed)),
    Case("Thin data: 30 observations a cluster", 200, lambda world, seed: glimpsed(world, 30, seed)),
    Case("Two years, customers of a cluster less alike", 40, lambda world, seed: lived(world, 24, 0.1, seed)),
)


def gains(number: int, seed: int) -> dict[tuple[str, float], float]:
    """By policy and budget, what is earned over contacting nobody, in per cent, in one world."""
    case = CASES[number]
    world = made(CUSTOMERS, CLUSTERS, case.alike, seed)
    case.past(world, seed)
    nobody = relaxed(world.arms, world.state, 1e9, DISCOUNT, PERIODS)[0]
    idle = run(copy.deepcopy(world), None, 0, PERIODS, DISCOUNT, seed)
    found = {}
    for share in BUDGETS:
        budget = round(CUSTOMERS * share)
        found[BOUND, share] = 100 * (upper_bound(world.arms, world.state, budget, DISCOUNT, PERIODS) / nobody - 1)
        for name, policy in policies(DISCOUNT).items():
            earned = run(copy.deepcopy(world), policy(), budget, PERIODS, DISCOUNT, seed)
            found[name, share] = 100 * (earned - idle) / nobody
    return found


def table(case: Case, worlds: list[dict[tuple[str, float], float]]) -> None:
    print(f"\n{case.title} (alike = {case.alike:.0f}); {len(worlds)} worlds of {CUSTOMERS:,} customers, {PERIODS} periods\n")
    print("| policy | " + " | ".join(f"{share:.1%}" for share in BUDGETS) + " | of bound at 5 % | at 10 % | below myopic |")
    print("|---|" + "---|" * (len(BUDGETS) + 3))
    every = defaultdict(list)
    for world in worlds:
        for key, value in world.items():
            every[key].append(value)
    for name in (*policies(DISCOUNT), BOUND):
        cells = [np.array(every[name, share]) for share in BUDGETS]
        said = [f"{cell.mean():.2f} ± {1.96 * cell.std(ddof=1) / len(cell) ** 0.5:.2f}" for cell in cells]
        ratios = [f"{np.mean(every[name, share]) / np.mean(every[BOUND, share]):.3f}" for share in (0.05, 0.10)]
        rival = [every[RIVAL[name], share] for share in BUDGETS] if name in RIVAL else []
        below = [str(int(np.sum(cell < np.array(other)))) for cell, other in zip(cells, rival, strict=False)]
        print(f"| {name} | {' | '.join(said)} | {' | '.join(ratios)} | {' / '.join(below)} |", flush=True)
    lead = [np.array(every["adaptive", share]) - np.array(every["myopic, learned", share]) for share in BUDGETS]
    shown = ", ".join(f"{each.mean():+.2f} ± {1.96 * each.std(ddof=1) / len(each) ** 0.5:.2f}" for each in lead)
    print(f"\nadaptive less myopic, learned, in the same world: {shown}")
    for share, each in zip(BUDGETS, lead, strict=True):
        goal(f"{case.title}: adaptive less myopic at {share:.1%}, mean of the worlds in %", float(each.mean()), at_least=0)
    for share in (0.05, 0.10):
        part = float(np.mean(every["adaptive", share]) / np.mean(every[BOUND, share]))
        goal(f"{case.title}: adaptive at {share:.0%}, of the bound", part, at_least=0.9)


def main(worlds: int) -> None:
    with ProcessPoolExecutor(2) as processes:
        for number, case in enumerate(CASES):
            table(case, list(processes.map(partial(gains, number), range(worlds))))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 12)
