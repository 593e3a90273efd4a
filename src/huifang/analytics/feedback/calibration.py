"""Whether "80 % sure" is right eight times in ten: reliability curve, expected calibration error, and the temperature that mends it.

Temperature scaling divides the logits by one number, chosen on examples the model has not learned from by their log loss (C. Guo et al.,
On Calibration of Modern Neural Networks, ICML 2017, section 4.2). What a single number cannot mend, a curve that is too flat in the middle
or at an end, beta calibration of the first class's chance does (M. Kull, T. Silva Filho, P. Flach, Beta calibration, AISTATS 2017):
logit c = a ln p - b ln(1 - p) + g. Neither changes which class comes first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar

Matrix = NDArray[np.float64]
BINS = 15
Bend = tuple[float, float, float]
"""a, b and g of beta calibration."""
STRAIGHT: Bend = (1.0, 1.0, 0.0)
"""The one that changes nothing."""
LEEWAY, ENOUGH = 10.0, 400
"""Variance of the bend's normal prior about `STRAIGHT` with `ENOUGH` examples; with fewer it falls by the third power of their share. So
chosen by the log loss on parts of 20 to 495 texts of hotels, cars and car topics (`docs/benchmarks.md`).
"""
_LEAST = 1e-9


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
    """The divisor between 0.2 and 20 with the least log loss; `truth` holds column numbers.

    Its logarithm has a standard normal prior, so a handful of examples leaves it near 1, where nothing is changed.
    """
    rows = np.arange(len(truth))

    def loss(log_temperature: float) -> float:
        return float(-np.log(softmax(logits / np.exp(log_temperature))[rows, truth] + 1e-12).sum() + log_temperature**2 / 2)

    return float(np.exp(minimize_scalar(loss, bounds=(np.log(0.2), np.log(20.0)), method="bounded").x))


def bend_of(chances: Matrix, truth: NDArray[np.int64]) -> Bend:
    """The bend with the least log loss of "the first class is right"; a few examples move it little from `STRAIGHT` (normal prior)."""
    first = np.clip(chances.max(axis=1), _LEAST, 1 - _LEAST)
    leeway = LEEWAY * min(len(truth) / ENOUGH, 1.0) ** 3
    right, seen = chances.argmax(axis=1) == truth, np.stack([np.log(first), -np.log1p(-first), np.ones_like(first)], axis=1)

    def loss(parts: Matrix) -> tuple[float, Matrix]:
        odds, off = seen @ parts, parts - np.array(STRAIGHT)
        slope = seen.T @ (1 / (1 + np.exp(-odds)) - right) + off / leeway
        return float(np.logaddexp(0, odds).sum() - odds[right].sum() + (off**2).sum() / (2 * leeway)), slope

    a, b, g = minimize(loss, np.array(STRAIGHT), jac=True, method="L-BFGS-B", bounds=[(0, None), (0, None), (None, None)]).x
    return float(a), float(b), float(g)


def bent(chances: Matrix, bend: Bend) -> Matrix:
    """Chances whose first class has its bent chance, the others the rest in their old proportions; the first stays first."""
    rows, place = np.arange(len(chances)), chances.argmax(axis=1)
    first = np.clip(chances[rows, place], _LEAST, 1 - _LEAST)
    second = np.partition(chances, -2, axis=1)[:, -2]
    a, b, g = bend
    wanted = 1 / (1 + np.exp(-(a * np.log(first) - b * np.log1p(-first) + g)))
    wanted = np.maximum(wanted, second / (1 - first + second) + _LEAST)
    found = chances * ((1 - wanted) / (1 - first))[:, None]
    found[rows, place] = wanted
    return np.asarray(found / found.sum(axis=1, keepdims=True), dtype=np.float64)


def reliability(confidence: Matrix, right: NDArray[np.bool_], bins: int = BINS) -> list[Bin]:
    """The curve: bins of equal width from 0 to 1 that hold an answer, in order."""
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    kept = [(place == each) for each in range(bins)]
    return [Bin(int(held.sum()), float(confidence[held].mean()), float(right[held].mean())) for held in kept if held.any()]


def calibration_error(curve: list[Bin]) -> float:
    """Expected calibration error: the distance of confidence and right share, weighed by how many. 0 of nothing."""
    total = sum(each.number for each in curve)
    return sum(each.number * abs(each.confidence - each.right) for each in curve) / total if total else 0.0
