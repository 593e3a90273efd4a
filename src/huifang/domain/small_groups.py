"""Counts of people that may be shown without telling on a few of them: small cells hidden, and enough others that none can be worked out.

A table is shown with the totals of its rows and columns. Whoever reads it can add and subtract, so hiding the small cells alone is no
protection: one hidden cell beside a total is the total less the others. `protect` hides further cells (complementary suppression; the
totals count as cells) until, for every small cell, (1) no sum and difference of what is shown gives it: in the graph whose nodes are the
lines and whose edges are the hidden cells it lies on a circle (Gusfield 1988, A graph theoretic approach to statistical data security);
and (2) what the lines' sums leave open is at least `k` wide, though a reader knows that every hidden cell holds somebody.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

ORDINARY, DELICATE = 5, 10
"""The least people of a group that is shown; for health, complaints and free words twice as many."""
Cell = tuple[int, int]
G = TypeVar("G", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Shown:
    """What may be shown: None where it may not. `cells` by row and column, then the totals of rows, of columns, and of all."""

    cells: tuple[tuple[int | None, ...], ...]
    rows: tuple[int | None, ...]
    columns: tuple[int | None, ...]
    total: int | None


def protect(table: Sequence[Sequence[int]], k: int = ORDINARY) -> Shown:
    """Which counts of a table (rows of equal length, nothing negative) may be shown when groups under `k` may not.

    >>> protect([[8, 3], [9, 7]]).cells
    ((None, None), (None, None))
    >>> protect([[8, 9], [9, 7]]).cells
    ((8, 9), (9, 7))
    """
    whole = _with_totals(table)
    hidden = {(i, j) for i, line in enumerate(whole) for j, count in enumerate(line) if 0 < count < k}
    small = frozenset(hidden)
    while len(hidden) < len(whole) * len(whole[0]) and (weak := _weak(whole, hidden, small, k)) is not None:
        hidden.add(_another(whole, hidden, weak))
    seen = [[None if (i, j) in hidden else count for j, count in enumerate(line)] for i, line in enumerate(whole)]
    return Shown(tuple(tuple(line[:-1]) for line in seen[:-1]), tuple(line[-1] for line in seen[:-1]), tuple(seen[-1][:-1]), seen[-1][-1])


def may_be_named(people: Mapping[G, int], without: int = 0, k: int = DELICATE) -> frozenset[G]:
    """Which groups may be named beside what they said: those of at least `k` people. The others, and those `without` a group, stand
    together as the rest; where these are too few, the smallest group that could be named stands with them.

    >>> sorted(may_be_named({"south": 20, "north": 12, "west": 3}))
    ['south']
    >>> sorted(may_be_named({"south": 20, "north": 12}))
    ['north', 'south']
    """
    named = {group for group, number in people.items() if number >= k}
    rest = without + sum(number for group, number in people.items() if group not in named)
    if named and 0 < rest < k:
        named.remove(min(named, key=lambda group: people[group]))
    return frozenset(named)


def _with_totals(table: Sequence[Sequence[int]]) -> list[list[int]]:
    rows = [[*line, sum(line)] for line in table]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]]


def _weak(whole: list[list[int]], hidden: set[Cell], small: frozenset[Cell], k: int) -> Cell | None:
    """A small cell that could still be worked out, or narrowed down to less than `k` possibilities."""
    bridges = _bridges(hidden) & small
    if bridges:
        return min(bridges)
    bounds = left_open(whole, hidden)
    return next((cell for cell in sorted(small) if bounds[cell][1] - bounds[cell][0] < k - 1), None)


def _another(whole: list[list[int]], hidden: set[Cell], weak: Cell) -> Cell:
    """The next cell to hide: in a line of the weak one where there is any left, a count before a total, a small one before a large."""
    last = len(whole) - 1, len(whole[0]) - 1
    crossed = {i for i, _ in hidden}, {j for _, j in hidden}
    free = [(i, j) for i, line in enumerate(whole) for j, _ in enumerate(line) if (i, j) not in hidden]

    def cost(cell: Cell) -> tuple[bool, bool, bool, bool, int]:
        i, j = cell
        beside = i == weak[0] or j == weak[1]
        helps = (i in crossed[0]) and (j in crossed[1])
        return not beside, whole[i][j] == 0, i == last[0] or j == last[1], not helps, whole[i][j]

    return min(free, key=lambda cell: (cost(cell), cell))


def left_open(whole: list[list[int]], hidden: set[Cell]) -> dict[Cell, tuple[int, int]]:
    """The least and the most that each hidden cell can be, by the sums of its lines, when none is guessed to be empty.

    Where the sums set no end, twice the whole and some are taken for one: narrower than what a reader has, so
    nothing is thought safe that is not.
    """
    bounds = {(i, j): (min(1, whole[i][j]), 2 * whole[-1][-1] + 4 * DELICATE) for i, j in hidden}
    lines = list(_lines(whole, hidden))
    changed = True
    while changed:
        changed = False
        for known, parts, total in lines:
            for cell, low, high in _narrowed(known, parts, total, bounds):
                new = max(bounds[cell][0], low), min(bounds[cell][1], high)
                if new != bounds[cell]:
                    bounds[cell], changed = new, True
    return bounds


def _lines(whole: list[list[int]], hidden: set[Cell]) -> Iterator[tuple[int, list[Cell], Cell | int]]:
    """Each row and column with something hidden: the sum of its shown parts, its hidden parts, and its total (hidden or shown)."""
    height, width = len(whole), len(whole[0])
    rows = [[(i, j) for j in range(width)] for i in range(height)]
    columns = [[(i, j) for i in range(height)] for j in range(width)]
    for line in (*rows, *columns):
        *parts, end = line
        if hidden & set(line):
            known = sum(whole[i][j] for i, j in parts if (i, j) not in hidden)
            yield known, [cell for cell in parts if cell in hidden], end if end in hidden else whole[end[0]][end[1]]


def _narrowed(known: int, parts: list[Cell], total: Cell | int, bounds: dict[Cell, tuple[int, int]]) -> Iterator[tuple[Cell, int, int]]:
    least, most = bounds[total] if isinstance(total, tuple) else (total, total)
    low, high = sum(bounds[cell][0] for cell in parts), sum(bounds[cell][1] for cell in parts)
    for cell in parts:
        own = bounds[cell]
        yield cell, least - known - (high - own[1]), most - known - (low - own[0])
    if isinstance(total, tuple):
        yield total, known + low, known + high


def _bridges(hidden: set[Cell]) -> set[Cell]:
    """Hidden cells on no circle of the graph that joins their row and their column: sums and differences give them away."""
    joined: dict[tuple[str, int], list[tuple[tuple[str, int], Cell]]] = {}
    for i, j in hidden:
        joined.setdefault(("row", i), []).append((("column", j), (i, j)))
        joined.setdefault(("column", j), []).append((("row", i), (i, j)))
    order: dict[tuple[str, int], int] = {}
    lowest: dict[tuple[str, int], int] = {}
    found: set[Cell] = set()
    for start in joined:
        if start not in order:
            _search(start, joined, order, lowest, found)
    return found


def _search(
    start: tuple[str, int],
    joined: dict[tuple[str, int], list[tuple[tuple[str, int], Cell]]],
    order: dict[tuple[str, int], int],
    lowest: dict[tuple[str, int], int],
    found: set[Cell],
) -> None:
    """Depth first, by a stack of its own: a table may have thousands of lines."""
    order[start] = lowest[start] = len(order)
    stack: list[tuple[tuple[str, int], Cell | None, Iterator[tuple[tuple[str, int], Cell]]]] = [(start, None, iter(joined[start]))]
    while stack:
        node, came_by, ways = stack[-1]
        step = next(ways, None)
        if step is None:
            stack.pop()
            if came_by is not None:
                above = stack[-1][0]
                lowest[above] = min(lowest[above], lowest[node])
                if lowest[node] > order[above]:
                    found.add(came_by)
        elif step[1] != came_by:
            other, cell = step
            if other in order:
                lowest[node] = min(lowest[node], order[other])
            else:
                order[other] = lowest[other] = len(order)
                stack.append((other, cell, iter(joined[other])))
