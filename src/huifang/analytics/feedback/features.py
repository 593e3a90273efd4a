"""A text as numbers: TF-IDF of its characters in ones, twos and threes, beside what the rules see in it, and where wanted what it means."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.preprocessing import normalize

from huifang.analytics.feedback.meaning import Floats, Meaning

MOST = 60_000
"""So many n-grams at most are kept, the most frequent."""
_SHORTEST, _LONGEST = 1, 3
Rules = Callable[[str], Sequence[float]]


class Grams:
    """The n-grams of a vocabulary with their weights. Plain arrays in and out."""

    def __init__(self, vocabulary: NDArray[np.str_], weights: Floats) -> None:
        self.vocabulary, self.weights = vocabulary, weights
        self._counter = CountVectorizer(
            analyzer="char", ngram_range=(_SHORTEST, _LONGEST), lowercase=False, dtype=np.float64,
            vocabulary={str(gram): place for place, gram in enumerate(vocabulary)},
        )  # fmt: skip

    @classmethod
    def of(cls, texts: Sequence[str], rarest: int) -> Grams:
        """The n-grams that stand in at least `rarest` of the cleaned texts."""
        made = TfidfVectorizer(
            analyzer="char", ngram_range=(_SHORTEST, _LONGEST), sublinear_tf=True, lowercase=False, min_df=rarest, max_features=MOST
        ).fit(texts)
        return cls(np.array(made.get_feature_names_out(), dtype=np.str_), np.asarray(made.idf_, dtype=np.float64))

    def rows(self, texts: Sequence[str]) -> tuple[csr_matrix, Floats]:
        """One row for each cleaned text, of length 1 (or 0 where nothing of it is known), and the share of its n-grams that are known."""
        counts = self._counter.transform(texts)
        all_of = [sum(max(len(text) + 1 - size, 0) for size in range(_SHORTEST, _LONGEST + 1)) for text in texts]
        known = np.asarray(counts.sum(axis=1), dtype=np.float64).ravel() / np.maximum(all_of, 1)
        counts.data = (1 + np.log(counts.data)) * self.weights[counts.indices]
        return normalize(counts, copy=False), known


def together(rows: csr_matrix, rules: Rules, texts: Sequence[str], meaning: Meaning | None = None) -> csr_matrix:
    """The n-grams of each cleaned text as `Grams.rows` gave them, its figures by `rules`, and last what it means, if `meaning`."""
    parts = [rows, csr_matrix(np.array([rules(text) for text in texts], dtype=np.float64))]
    if meaning is not None:
        parts.append(csr_matrix(meaning(texts)))
    return hstack(parts, format="csr")
