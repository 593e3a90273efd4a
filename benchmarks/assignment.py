"""5,000 contacts for 40 people: Huifang's optimum beside scipy's linear_sum_assignment and the dealing in turn, in one run."""

from __future__ import annotations

from random import Random
from time import perf_counter

import numpy as np
from scipy.optimize import linear_sum_assignment

from huifang.analytics.assignment import best, quality
from huifang.engine.dealing import Work, in_turn
from huifang.engine.presence import at_work

CONTACTS, PEOPLE, PLACES = 5_000, 40, 110
draw = Random(7)
staff = [
    {
        "staff_id": number, "branch_id": str(number % 4), "capacity": PLACES, "active": True,
        "skills": "claims" if draw.random() < 0.4 else "",
    }
    for number in range(PEOPLE)
]  # fmt: skip
presence = at_work(staff, [], "2026-11-20")


def work() -> Work:
    """A contact: half prefer somebody, a fifth needs a skill."""
    desk = str(draw.randrange(4))
    needs = frozenset({"claims"}) if draw.random() < 0.2 else frozenset()
    able = presence.pool(desk, needs)
    preferred = able[int(len(able) * draw.random() ** 2)].staff_id if draw.random() < 0.5 else None
    return Work(preferred, desk, needs, promised=False)


def rival(works: list[Work]) -> tuple[int, int]:
    """Dense matrix of contacts × places; made and kept."""
    columns = [person for person in presence.people.values() for _ in range(person.capacity)]
    cost = np.full((len(works), len(columns)), 1e12)
    keys = np.array([person.staff_id for person in columns])
    for number, each in enumerate(works):
        able = np.isin(keys, [person.staff_id for person in presence.pool(each.desk, each.needs)])
        cost[number, able] = -1e5 * (len(works) - number) + (0 if each.preferred is None else 1)
        cost[number, able & (keys == each.preferred)] -= 1
    rows, found = linear_sum_assignment(cost)
    made = [(row, column) for row, column in zip(rows, found, strict=True) if cost[row, column] < 1e11]
    return len(made), sum(works[row].preferred == keys[column] for row, column in made)


def main() -> None:
    """Prints one line for each."""
    works = [work() for _ in range(CONTACTS)]
    best(presence, works[:10])
    ours = best(presence, works)
    print(f"optimum     {ours.seconds:8.3f} s  {ours.quality}  gap 0")
    begun = perf_counter()
    dealt = in_turn(presence, works)
    print(f"in turn     {perf_counter() - begun:8.3f} s  {quality(presence, works, dealt)}")
    begun = perf_counter()
    made, kept = rival(works)
    print(f"scipy       {perf_counter() - begun:8.3f} s  made {made}, kept {kept} (fairness not in it)")


main()
