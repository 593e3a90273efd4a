"""The contact index and the top 1 % of 10 million customers, beside the general way: a search for each customer's index.

    python benchmarks/contact_index.py

The rival takes any number of states: it halves the interval of the charge until making and leaving a contact are worth the same, solving a
small decision process by policy iteration at every step, customer by customer. It is run on 1,000 customers and its time scaled to all.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
from goals import goal

from huifang.analytics.contact_arms import Arms
from huifang.analytics.contact_index import indices, largest

CUSTOMERS, CHOSEN, SAMPLE, DISCOUNT = 10_000_000, 100_000, 1_000, 0.95


def business() -> tuple[Arms, np.ndarray]:
    rng = np.random.default_rng(1)

    def between(low: float, high: float) -> np.ndarray:
        return rng.uniform(low, high, CUSTOMERS).astype(np.float32)

    value = rng.lognormal(0, 0.6, CUSTOMERS).astype(np.float32)
    burden = value * np.float32(0.02)
    arms = Arms((between(0.01, 0.3), between(0.5, 0.97)), (between(0.05, 0.6), between(0.6, 0.99)), value, (burden, burden))
    return arms, rng.integers(0, 2, CUSTOMERS).astype(np.int8)


def general(moves: np.ndarray, reward: np.ndarray, state: int) -> float:
    """The index of one state: `moves[a]` is a matrix of chances, `reward[a]` a row; policy iteration at every charge."""
    low, high, every = -50.0, 200.0, np.arange(len(reward[0]))
    policy = np.zeros(len(every), dtype=int)
    while high - low > 1e-4:
        charge = (low + high) / 2
        charged = reward - np.array([[0.0], [charge]])
        while True:
            values = np.linalg.solve(np.eye(len(every)) - DISCOUNT * moves[policy, every], charged[policy, every])
            worth = charged + DISCOUNT * moves @ values
            better = np.where(worth[1] > worth[0] + 1e-12, 1, 0)
            if np.array_equal(better, policy):
                break
            policy = better
        low, high = (charge, high) if worth[1][state] > worth[0][state] else (low, charge)
    return (low + high) / 2


def searched(arms: Arms, state: np.ndarray, place: int) -> float:
    chances = [[float(pair[s][place]) for s in (0, 1)] for pair in (arms.left, arms.contacted)]
    moves = np.array([[[1 - p, p] for p in row] for row in chances])
    value, burden = float(arms.value[place]), float(arms.burden[0][place])
    return general(moves, np.array([[0, value], [-burden, value - burden]]), int(state[place]))


def timed(work: Callable[[], np.ndarray]) -> tuple[np.ndarray, float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    found = work()
    return found, time.perf_counter() - wall, time.process_time() - cpu


def main() -> None:
    arms, state = business()
    runs = []
    for _ in range(5):
        index, wall, cpu = timed(lambda: indices(arms, state, DISCOUNT))
        top, more, used = timed(lambda: largest(index, CHOSEN))  # noqa: B023 - called at once
        runs.append((wall + more, wall, more, cpu + used))
    whole, wall, more, cpu = min(runs)
    slow, seconds, _ = timed(lambda: np.array([searched(arms, state, place) for place in range(SAMPLE)]))
    apart = float(np.max(np.abs(slow - index[:SAMPLE])))
    exact = np.array_equal(np.sort(index[top]), np.sort(np.partition(index, -CHOSEN)[-CHOSEN:]))
    cores, load = len(os.sched_getaffinity(0)), os.getloadavg()[0]
    print(f"{datetime.now(UTC):%Y-%m-%d}, {cores} cores, {CUSTOMERS:,} customers, top {CHOSEN:,}, best of 5, load {load:.1f}\n")
    print("| way | wall s | CPU s | a customer | ratio |\n|---|---|---|---|---|")
    print(f"| closed form, top-k | {whole:.3f} ({wall:.3f} + {more:.3f}) | {cpu:.2f} | {whole / CUSTOMERS * 1e9:.0f} ns | 1 |")
    scaled = seconds / SAMPLE * CUSTOMERS
    print(f"| search by policy iteration, {SAMPLE:,} scaled | {scaled:,.0f} | | {1e3 * seconds / SAMPLE:.2f} ms | {scaled / whole:,.0f} |")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    goal(f"index and the highest of {CUSTOMERS:,}: seconds", whole, at_most=0.3)
    print(f"\nGreatest difference on the sample {apart:.1e}; the chosen are the largest: {exact}; peak {peak:.0f} MB, tables included.")


if __name__ == "__main__":
    main()
