"""Logistic regression over characters and rules, with calibrated probabilities; kept as plain arrays.

How sure it may be depends on how well it knows a text: on the share of the text's n-grams that stand in what was learned. That covariate
shift makes confidence wrong and that distance tells of it is known (Y. Ovadia et al., Can You Trust Your Model's Uncertainty?, NeurIPS
2019); a mixture of readers gated by the input is R. Jacobs et al., Adaptive Mixtures of Local Experts, Neural Computation 3, 1991.
"""

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
NEAR, FAR = 1.0, 3.0
"""So many standard deviations less known than held-out texts usually are, a text begins to be strange, and is strange altogether."""
MANY = 200
"""From so many texts on an n-gram that stands in one of them only is not kept."""
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
    slope: float = 0.0
    """By so much the logarithm of the temperature falls from a text of which nothing is known to one of which all is."""
    usual: tuple[float, float] = (0.0, 0.0)
    """Mean and standard deviation of what was known of held-out texts; without a deviation no text is strange."""
    elsewhere: Model | None = None
    """Who reads, with the same classes, what is strange to this one; not kept with it."""

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """A row for each text, a column for each class; rows sum to 1. The stranger a text, the more `elsewhere` has to say."""
        if not texts:
            return np.zeros((0, len(self.classes)))
        logits, known = self.read(texts)
        found = bent(softmax(logits / (self.temperature * np.exp(-self.slope * known))[:, None]), self.bend)
        strange = self.strangeness(known)
        others = [int(place) for place in np.flatnonzero(strange)]
        if self.elsewhere and others:
            told = self.elsewhere.probabilities([texts[place] for place in others])
            found[others] = np.add(found[others], strange[others][:, None] * np.subtract(told, found[others]))
        return found

    def strangeness(self, known: Floats) -> Floats:
        """From 0 (as held-out texts were) to 1, by the share of a text that is known."""
        mean, deviation = self.usual
        if not deviation:
            return np.zeros(len(known))
        return np.asarray(np.clip(((mean - known) / deviation - NEAR) / (FAR - NEAR), 0, 1), dtype=np.float64)

    def read(self, texts: Sequence[str]) -> tuple[Floats, Floats]:
        """Logits before any calibration, and the share of each text that is known."""
        rows, known = self.grams.rows(texts)
        return np.asarray(together(rows, self.rules, texts, self.meaning) @ self.coefficients.T + self.intercepts), known

    def to_bytes(self) -> bytes:
        """The arrays as an npz file; read again by `from_bytes`. Holds no Python objects."""
        file = io.BytesIO()
        np.savez_compressed(
            file, classes=np.array(self.classes, dtype=np.str_), vocabulary=self.grams.vocabulary, weights=self.grams.weights,
            coefficients=self.coefficients.astype(np.float32), intercepts=self.intercepts,
            temperature=np.array(self.temperature), bend=np.array(self.bend), slope=np.array(self.slope), usual=np.array(self.usual),
        )  # fmt: skip
        return file.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes, rules: Rules, meaning: Meaning | None = None, elsewhere: Model | None = None) -> Model:
        """A kept model, with what is not kept with it. Raises ValueError for anything but such a file."""
        with np.load(io.BytesIO(content), allow_pickle=False) as held:
            a, b, g = (float(each) for each in held["bend"])
            mean, deviation = (float(each) for each in held["usual"])
            return cls(
                tuple(str(each) for each in held["classes"]), Grams(held["vocabulary"], held["weights"]),
                held["coefficients"].astype(np.float64), held["intercepts"], float(held["temperature"]), rules,
                (a, b, g), meaning, float(held["slope"]), (mean, deviation), elsewhere,
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
    logits, known = given.read_apart(folds)
    logits, known, truth = logits[own], known[own], given.truth[own]
    degree = temperature(logits, truth)
    usual = float(known.mean()), float(known.std())
    return replace(found, temperature=degree, bend=bend_of(softmax(logits / degree), truth), usual=usual)


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
        grams = Grams.of(texts, 2 if len(texts) >= MANY else 1)
        learned = LogisticRegression(C=STRENGTH, max_iter=300, tol=1e-3)
        learned.fit(together(grams.rows(texts)[0], self.rules, texts, self.meaning), self.truth[rows], sample_weight=self.weights[rows])
        coefficients, starts = np.asarray(learned.coef_, dtype=np.float64), np.asarray(learned.intercept_, dtype=np.float64)
        if len(coefficients) == 1:
            coefficients, starts = np.vstack([np.zeros_like(coefficients), coefficients]), np.array([0.0, starts[0]])
        return Model(self.classes, grams, coefficients, starts, 1.0, self.rules, meaning=self.meaning)

    def read_apart(self, folds: Folds) -> tuple[Floats, Floats]:
        """The logits of every row by a model that has not seen its text, and the share of the text that it knew."""
        logits, known = np.zeros((len(self.texts), len(self.classes))), np.zeros(len(self.texts))
        for learn, held in folds:
            logits[held], known[held] = self.fitted(learn).read([self.texts[place] for place in held])
        return logits, known


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
