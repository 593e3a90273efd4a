"""Whether "80 % sure" is right eight times in ten: reliability curve, expected calibration error, and the temperature that mends it.

Temperature scaling divides the logits by one number, chosen on examples the model has not learned from by their log loss (C. Guo et al.,
On Calibration of Modern Neural Networks, ICML 2017, section 4.2). It never changes which class comes first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

Matrix = NDArray[np.float64]
BINS = 15


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of about the same confidence: how many, their mean confidence and the share that was right."""

    number: int
    confidence: float
    right: float


def softmax(logits: Matrix) -> Matrix:
    """Probabilities of each row's logits."""
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float64)


def temperature(logits: Matrix, truth: NDArray[np.int64]) -> float:
    """The divisor between 0.2 and 20 with the least log loss; `truth` holds column numbers."""
    rows = np.arange(len(truth))

    def loss(log_temperature: float) -> float:
        return float(-np.log(softmax(logits / np.exp(log_temperature))[rows, truth] + 1e-12).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(np.log(0.2), np.log(20.0)), method="bounded").x))


def reliability(confidence: Matrix, right: NDArray[np.bool_], bins: int = BINS) -> list[Bin]:
    """The curve: bins of equal width from 0 to 1 that hold an answer, in order."""
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    kept = [(place == each) for each in range(bins)]
    return [Bin(int(held.sum()), float(confidence[held].mean()), float(right[held].mean())) for held in kept if held.any()]


def calibration_error(curve: list[Bin]) -> float:
    """Expected calibration error: the distance of confidence and right share, weighed by how many. 0 of nothing."""
    total = sum(each.number for each in curve)
    return sum(each.number * abs(each.confidence - each.right) for each in curve) / total if total else 0.0
