"""Which statements say the same: the cosine of their character pairs and triples. No model, no dictionary, nothing kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import HashingVectorizer

from huifang.analytics.feedback.cleaning import clean

ALIKE, ALIKE_SAME_CUSTOMER = 0.35, 0.2
"""From these cosines on two statements about one topic are the same matter; one customer saying it again needs less."""
_VECTORS = HashingVectorizer(analyzer="char", ngram_range=(2, 3), n_features=2**18, alternate_sign=False, lowercase=False)


def vectors(texts: Sequence[str]) -> csr_matrix:
    """A row of length 1 for each text; of length 0 where a text is too short."""
    return _VECTORS.transform([clean(text) for text in texts])


def nearest(new: csr_matrix, known: csr_matrix, least: NDArray[np.float64]) -> list[int | None]:
    """For each new row the place of the known row that is most alike, by a cosine of at least `least`; None without one.

    `least` has a row for each new and a column for each known text; infinity forbids a pair.
    """
    if not known.shape[0]:
        return [None] * new.shape[0]
    alike = np.asarray((new @ known.T).todense())
    alike = np.where(alike >= least, alike, -1.0)
    best = alike.argmax(axis=1)
    return [int(place) if alike[row, place] >= 0 else None for row, place in enumerate(best)]
