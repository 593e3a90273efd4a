"""The contact index of everybody and the customers with the largest, for many millions: the closed form in blocks that fit a core's
cache.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from huifang.analytics.contact_arms import Arms, Numbers, whittle

BLOCK = 32_768
_SAMPLE = 100_000


def indices(arms: Arms, state: NDArray[np.integer], discount: float) -> Numbers:
    """The Whittle index of each customer's state. Every field of `arms` has one entry for each customer; float32 is enough."""
    found = np.empty(len(state), dtype=arms.value.dtype)

    def fill(start: int) -> None:
        block = slice(start, start + BLOCK)
        found[block] = whittle(_part(arms, block), state[block], discount)

    _each(fill, range(0, len(state), BLOCK))
    return found


def _part(arms: Arms, block: slice) -> Arms:
    left, contacted, burden = ((pair[0][block], pair[1][block]) for pair in (arms.left, arms.contacted, arms.burden))
    return Arms(left, contacted, arms.value[block], burden)


def _each(do: Callable[[int], None], starts: Sequence[int]) -> None:
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as threads:
        list(threads.map(do, starts))


def largest(index: Numbers, number: int) -> NDArray[np.integer]:
    """The places of the `number` largest, the largest first, equal ones by place. Fewer where there are not so many.

    A threshold is read from an even sample, and only what lies above it is sorted; where that is too little, everything is.
    """
    number = min(number, len(index))
    step = max(1, len(index) // _SAMPLE)
    share = min(1.0, 1.2 * number / max(1, len(index)) + 0.002)
    places = np.flatnonzero(index >= np.quantile(index[::step], 1 - share)) if number else np.empty(0, dtype=np.intp)
    if len(places) < number:
        places = np.arange(len(index))
    kept = index[places]
    order = np.lexsort((places, -kept))[:number]
    found: NDArray[np.integer] = places[order]
    return found
