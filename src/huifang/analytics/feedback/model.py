"""Logistic regression over characters and rules, with calibrated probabilities; kept as plain arrays."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from huifang.analytics.feedback.calibration import STRAIGHT, Bend, bend_of, bent, softmax, temperature
from huifang.analytics.feedback.features import Grams, Rules, together
from huifang.analytics.feedback.meaning import Floats, Meaning

STRENGTH = 4.0
"""Inverse of the penalty."""
FOLDS, FOLDS_OF_FEW, FEW = 3, 5, 1_000
"""Held-out folds for the calibration; more of them below `FEW` texts, because a model of two thirds of few texts knows much less than one
of all, and would make the one of all doubt itself."""
Folds = list[tuple[NDArray[np.int64], NDArray[np.int64]]]


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
    bend: Bend = STRAIGHT
    meaning: Meaning | None = None
    """Where it was fitted with one, the same."""

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """A row for each text, a column for each class; rows sum to 1."""
        if not texts:
            return np.zeros((0, len(self.classes)))
        return bent(softmax(self._logits(texts) / self.temperature), self.bend)

    def _logits(self, texts: Sequence[str]) -> Floats:
        return np.asarray(together(self.grams, self.rules, texts, self.meaning) @ self.coefficients.T + self.intercepts)

    def to_bytes(self) -> bytes:
        """The arrays as an npz file; read again by `from_bytes`. Holds no Python objects."""
        file = io.BytesIO()
        np.savez_compressed(
            file, classes=np.array(self.classes, dtype=np.str_), vocabulary=self.grams.vocabulary, weights=self.grams.weights,
            coefficients=self.coefficients.astype(np.float32), intercepts=self.intercepts,
            temperature=np.array(self.temperature), bend=np.array(self.bend),
        )  # fmt: skip
        return file.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes, rules: Rules, meaning: Meaning | None = None) -> Model:
        """A kept model. Raises ValueError for anything but such a file."""
        with np.load(io.BytesIO(content), allow_pickle=False) as held:
            a, b, g = (float(each) for each in held["bend"])
            return cls(
                tuple(str(each) for each in held["classes"]), Grams(held["vocabulary"], held["weights"]),
                held["coefficients"].astype(np.float64), held["intercepts"], float(held["temperature"]), rules,
                (a, b, g), meaning,
            )  # fmt: skip


def fit(texts: Sequence[str], labels: Sequence[str], weights: Sequence[float], rules: Rules, meaning: Meaning | None = None) -> Model:
    """Learn from cleaned texts with their true labels; a text weighs as much as its weight says.

    Temperature and bend come from folds that were held out, each read by a model without it, of `weights` above the mean where there are
    such: confidence is to be right for what the business gets, not for what the product brought. A text that comes several times, with
    one label or with several, is held out whole. Raises ValueError below two classes.
    """
    classes = tuple(sorted(set(labels)))
    if len(classes) < 2:
        raise ValueError("at least two classes")
    given = _Given(
        texts, np.array([classes.index(label) for label in labels]), np.asarray(weights, dtype=np.float64), classes, rules, meaning
    )
    found, folds = given.fitted(np.arange(len(texts))), _folds(texts, given.truth, len(classes))
    if not folds:
        return found
    own = given.weights >= given.weights.mean()
    logits, truth = given.read_apart(folds)[own], given.truth[own]
    degree = temperature(logits, truth)
    return replace(found, temperature=degree, bend=bend_of(softmax(logits / degree), truth))


@dataclass(frozen=True, slots=True)
class _Given:
    """What is learned from; `truth` holds column numbers."""

    texts: Sequence[str]
    truth: NDArray[np.int64]
    weights: Floats
    classes: tuple[str, ...]
    rules: Rules
    meaning: Meaning | None

    def fitted(self, rows: NDArray[np.int64]) -> Model:
        """A model of these rows, not calibrated."""
        texts = [self.texts[place] for place in rows]
        grams = Grams.of(texts, 2 if len(texts) >= 100 else 1)
        learned = LogisticRegression(C=STRENGTH, max_iter=300, tol=1e-3)
        learned.fit(together(grams, self.rules, texts, self.meaning), self.truth[rows], sample_weight=self.weights[rows])
        coefficients, starts = np.asarray(learned.coef_, dtype=np.float64), np.asarray(learned.intercept_, dtype=np.float64)
        if len(coefficients) == 1:
            coefficients, starts = np.vstack([np.zeros_like(coefficients), coefficients]), np.array([0.0, starts[0]])
        return Model(self.classes, grams, coefficients, starts, 1.0, self.rules, meaning=self.meaning)

    def read_apart(self, folds: Folds) -> Floats:
        """The logits of every row by a model that has not seen its text."""
        logits = np.zeros((len(self.texts), len(self.classes)))
        for learn, held in folds:
            logits[held] = self.fitted(learn)._logits([self.texts[place] for place in held])
        return logits


def _folds(texts: Sequence[str], truth: NDArray[np.int64], classes: int) -> Folds:
    """Rows to learn from and rows held out, all rows of a text on one side; none where a class has too few texts of its own."""
    _, first, text_of = np.unique(np.array(texts, dtype=object), return_index=True, return_inverse=True)
    fewest = min(np.bincount(truth[first], minlength=classes))
    if fewest < FOLDS:
        return []
    number = min(FOLDS_OF_FEW, int(fewest)) if len(first) < FEW else FOLDS
    parts = StratifiedKFold(number, shuffle=True, random_state=1).split(first, truth[first])
    held = [np.isin(text_of, part) for _, part in parts]
    return [(np.flatnonzero(~each), np.flatnonzero(each)) for each in held]
