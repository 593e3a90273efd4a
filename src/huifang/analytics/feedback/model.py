"""Logistic regression over characters and rules, with calibrated probabilities; kept as plain arrays."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from huifang.analytics.feedback.calibration import softmax, temperature
from huifang.analytics.feedback.features import Grams, Rules, together

Floats = NDArray[np.float64]
STRENGTH = 4.0
"""Inverse of the penalty."""
FOLDS = 3


@dataclass(frozen=True, slots=True)
class Model:
    """Reads cleaned texts into one of `classes`. `rules` must be the function it was fitted with."""

    classes: tuple[str, ...]
    grams: Grams
    coefficients: Floats
    """A row for each class."""
    intercepts: Floats
    temperature: float
    rules: Rules

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """A row for each text, a column for each class; rows sum to 1."""
        if not texts:
            return np.zeros((0, len(self.classes)))
        return softmax(self._logits(texts) / self.temperature)

    def _logits(self, texts: Sequence[str]) -> Floats:
        return np.asarray(together(self.grams, self.rules, texts) @ self.coefficients.T + self.intercepts)

    def to_bytes(self) -> bytes:
        """The arrays as an npz file; read again by `from_bytes`. Holds no Python objects."""
        file = io.BytesIO()
        np.savez_compressed(
            file, classes=np.array(self.classes, dtype=np.str_), vocabulary=self.grams.vocabulary, weights=self.grams.weights,
            coefficients=self.coefficients.astype(np.float32), intercepts=self.intercepts, temperature=np.array(self.temperature),
        )  # fmt: skip
        return file.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes, rules: Rules) -> Model:
        """A kept model. Raises ValueError for anything but such a file."""
        with np.load(io.BytesIO(content), allow_pickle=False) as held:
            return cls(
                tuple(str(each) for each in held["classes"]), Grams(held["vocabulary"], held["weights"]),
                held["coefficients"].astype(np.float64), held["intercepts"], float(held["temperature"]), rules,
            )  # fmt: skip


def fit(texts: Sequence[str], labels: Sequence[str], weights: Sequence[float], rules: Rules) -> Model:
    """Learn from cleaned texts with their true labels; a text weighs as much as its weight says.

    The temperature comes from folds that were held out, each read by a model fitted without it, of `weights` above the mean where there are
    such: confidence is to be right for what the business gets, not for what the product brought. Raises ValueError below two classes.
    """
    classes = tuple(sorted(set(labels)))
    if len(classes) < 2:
        raise ValueError("at least two classes")
    truth, shares = np.array([classes.index(label) for label in labels]), np.asarray(weights, dtype=np.float64)
    if min(np.bincount(truth)) < FOLDS:
        return _fitted(texts, truth, shares, classes, rules, 1.0)
    logits = np.zeros((len(texts), len(classes)))
    for learn, held in StratifiedKFold(FOLDS, shuffle=True, random_state=1).split(texts, truth):
        part = _fitted([texts[place] for place in learn], truth[learn], shares[learn], classes, rules, 1.0)
        logits[held] = part._logits([texts[place] for place in held])
    own = shares >= shares.mean()
    return _fitted(texts, truth, shares, classes, rules, temperature(logits[own], truth[own]))


def _fitted(
    texts: Sequence[str], truth: NDArray[np.int64], weights: Floats, classes: tuple[str, ...], rules: Rules, degree: float
) -> Model:
    grams = Grams.of(texts, 2 if len(texts) >= 100 else 1)
    learned = LogisticRegression(C=STRENGTH, max_iter=300, tol=1e-3)
    learned.fit(together(grams, rules, texts), truth, sample_weight=weights)
    rows, starts = np.asarray(learned.coef_, dtype=np.float64), np.asarray(learned.intercept_, dtype=np.float64)
    if len(rows) == 1:
        rows, starts = np.vstack([np.zeros_like(rows), rows]), np.array([0.0, starts[0]])
    return Model(classes, grams, rows, starts, degree, rules)
