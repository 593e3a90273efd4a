"""No reader can work out a small group from what is shown: by sums and differences, or by what the sums leave open."""

from __future__ import annotations

import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from huifang.domain.small_groups import DELICATE, ORDINARY, Shown, may_be_named, protect

tables = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(st.integers(0, 30), min_size=width, max_size=width), min_size=1, max_size=6)
)


def whole(table: list[list[int]]) -> np.ndarray:
    rows = [[*line, sum(line)] for line in table]
    return np.array([*rows, [sum(column) for column in zip(*rows, strict=True)]])


def seen(shown: Shown) -> list[list[int | None]]:
    return [[*line, end] for line, end in zip(shown.cells, shown.rows, strict=True)] + [[*shown.columns, shown.total]]


def equations(shape: tuple[int, int], unknown: list[tuple[int, int]], known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What a reader knows: in each row and column the parts are the total. Coefficients of the hidden cells, and the right-hand sides."""
    height, width = shape
    lines = [[(i, j) for j in range(width)] for i in range(height)] + [[(i, j) for i in range(height)] for j in range(width)]
    left, right = np.zeros((len(lines), len(unknown))), np.zeros(len(lines))
    for number, line in enumerate(lines):
        for place, cell in enumerate(line):
            sign = -1 if place == len(line) - 1 else 1
            if cell in unknown:
                left[number, unknown.index(cell)] = sign
            else:
                right[number] -= sign * known[cell]
    return left, right


def recovered(table: list[list[int]], k: int) -> list[tuple[int, int]]:
    """The small cells that an attacker works out exactly: a combination of the equations names them, or nothing else is possible."""
    full = whole(table)
    unknown = [(i, j) for i, line in enumerate(seen(protect(table, k))) for j, count in enumerate(line) if count is None]
    if not unknown:
        return []
    left, right = equations(full.shape, unknown, full)
    rank, found = np.linalg.matrix_rank(left), []
    for place, cell in enumerate(unknown):
        if not 0 < full[cell] < k:
            continue
        only = np.zeros(len(unknown))
        only[place] = 1
        named = np.linalg.matrix_rank(np.vstack([left, only])) == rank
        if named or pinned(left, right, place, [min(1, full[each]) for each in unknown], full[cell]):
            found.append(cell)
    return found


def pinned(left: np.ndarray, right: np.ndarray, place: int, least: list[int], real: int) -> bool:
    """Whether nothing else than the real count fits the sums; the attacker even knows which groups are not empty."""
    aim = np.zeros(left.shape[1])
    aim[place] = 1
    for sign in (1, -1) if real > 1 else (-1, 1):
        end = linprog(sign * aim, A_eq=left, b_eq=right, bounds=[(low, None) for low in least], method="highs")
        if end.status != 0 or abs(sign * end.fun - real) >= 1:
            return False
    return True


def test_an_attack_by_sums_and_differences_on_a_thousand_tables_recovers_no_small_cell():
    draw, attacked = random.Random(20_261_122), 0
    for _ in range(1000):
        table = [
            [draw.choice((0, 1, 2, 3, 4, 6, 9, 14, 25)) for _ in range(width)]
            for width in [draw.randint(2, 4)]
            for _ in range(draw.randint(2, 5))
        ]
        attacked += sum(0 < count < ORDINARY for line in table for count in line)
        assert recovered(table, ORDINARY) == [], table
    assert attacked > 4000


def test_without_hiding_more_than_the_small_cells_the_same_attack_succeeds():
    full = whole([[8, 3], [9, 7]])
    left, right = equations(full.shape, [(0, 1)], full)
    assert pinned(left, right, 0, [1], 3)


@given(tables, st.sampled_from((ORDINARY, DELICATE)))
def test_no_small_count_is_ever_shown_and_what_is_shown_is_true(table: list[list[int]], k: int):
    for line, truth in zip(seen(protect(table, k)), whole(table), strict=True):
        for count, real in zip(line, truth, strict=True):
            assert count is None or count == real
            assert not 0 < real < k or count is None


@given(tables)
def test_where_no_group_is_small_everything_is_shown(table: list[list[int]]):
    large = [[0 if count == 0 else count + ORDINARY for count in line] for line in table]
    assert all(count is not None for line in seen(protect(large)) for count in line)


def test_a_small_group_alone_takes_its_totals_with_it():
    assert seen(protect([[3]])) == [[None, None], [None, None]]


def test_two_circles_joined_by_one_cell_do_not_give_that_cell_away():
    table = [[2, 3, 40, 40], [3, 2, 40, 40], [40, 2, 2, 3], [40, 40, 3, 3]]
    assert recovered(table, ORDINARY) == []


@given(st.dictionaries(st.integers(), st.integers(0, 40), max_size=8), st.integers(0, 20))
def test_named_groups_are_large_and_so_is_what_is_left_beside_them(people: dict[int, int], without: int):
    named = may_be_named(people, without)
    rest = without + sum(number for group, number in people.items() if group not in named)
    assert all(people[group] >= DELICATE for group in named)
    assert rest == 0 or rest >= DELICATE or not named
    large = {group for group, number in people.items() if number >= DELICATE}
    assert len(large - named) <= 1, "no more are left out than it takes"
    assert named == large or all(people[group] <= people[other] for group in large - named for other in named)
