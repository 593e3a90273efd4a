"""The likeliest parameters of a model, by Newton's method in the logarithms of the parameters, with analytic derivatives.

A likelihood is a function of positive parameters that gives its logarithm, the gradient and the Hessian. Steps are shortened until the
likelihood rises; directions in which it is not yet concave are turned round. Some ten steps are usual.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from huifang.domain.words import Words

Array = NDArray[np.float64]
Likelihood = Callable[[Array], tuple[float, Array, Array]]
MOST_STEPS = 100
CLOSE = 1e-6
"""It is enough when no further step promises more likelihood than this (in units of the logarithm)."""
FARTHEST = 15.0
"""A parameter whose logarithm leaves ±15 runs away: the data do not hold it."""
LOOSEST = 2.0
"""A standard error of a parameter's logarithm above 2 (a factor of 7) means that the data do not say what it is."""


@dataclass(frozen=True, slots=True)
class Fit:
    """What a model has learned: parameters by name, the log-likelihood, from how many customers, and whether it can be used.

    `errors` are the standard errors of the logarithms of the parameters. `why` says what is wrong where it has not `converged`.
    """

    model: str
    parameters: Mapping[str, float]
    log_likelihood: float
    customers: int
    steps: int
    converged: bool
    why: Words | None = None
    errors: Mapping[str, float] | None = None

    @property
    def values(self) -> Array:
        """The parameters in their order."""
        return np.array(list(self.parameters.values()))


def refused(model: str, customers: int, why: Words) -> Fit:
    """A fit that was not tried, because the data cannot hold it."""
    return Fit(model, {}, float("nan"), customers, 0, converged=False, why=why)


def fit(model: str, names: Sequence[str], likelihood: Likelihood, start: Sequence[float] | Array, customers: int) -> Fit:
    """The parameters that make the data likeliest, looked for from `start`; without convergence the last ones, and why."""
    place = np.log(np.asarray(start, dtype=float))
    here = _in_logarithms(likelihood, place)
    why: Words | None = Words(f"{MOST_STEPS} 步内没有收敛。", f"It did not settle within {MOST_STEPS} steps.")
    steps = 0
    while steps < MOST_STEPS:
        steps += 1
        value, slope, bend = here
        if not np.isfinite(bend).all():
            why = Words("数据里有过大或不是数字的值。", "The data hold a number that is too large, or none.")
            break
        step = _uphill(slope, bend)
        if abs(slope @ step) / 2 < CLOSE:
            why = None
            break
        place, here = _risen(likelihood, place, value, step)
        if here[0] <= value:
            why = Words("似然无法再上升，但也没有到达顶点。", "The likelihood can be raised no further, yet this is no top.")
            break
        if np.abs(place).max() > FARTHEST:
            name = names[int(np.abs(place).argmax())]
            why = Words(f"参数 {name} 没有界限：数据定不下它。", f"Parameter {name} runs away: the data do not hold it.")
            break
    errors = _errors(here[2])
    if why is None and (errors is None or errors.max() > LOOSEST):
        name = names[int(errors.argmax())] if errors is not None else names[0]
        why = Words(f"参数 {name} 定不准：数据太少或太齐一。", f"Parameter {name} is not pinned down: too few data, or too much alike.")
    found = dict(zip(names, (float(one) for one in np.exp(place)), strict=True))
    loose = None if errors is None else dict(zip(names, (float(one) for one in errors), strict=True))
    return Fit(model, found, here[0], customers, steps, converged=why is None, why=why, errors=loose)


def _in_logarithms(likelihood: Likelihood, place: Array) -> tuple[float, Array, Array]:
    """Value, gradient and Hessian with respect to the logarithms, by the chain rule."""
    at = np.exp(place)
    value, gradient, hessian = likelihood(at)
    slope = gradient * at
    return value, slope, hessian * np.outer(at, at) + np.diag(slope)


def _uphill(slope: Array, bend: Array) -> Array:
    """Newton's step where the likelihood is concave; along its convex directions the step is turned to lead up. At most 3 long."""
    curves, axes = np.linalg.eigh(bend)
    sizes = np.maximum(np.abs(curves), 1e-9 * max(1.0, float(np.abs(curves).max())))
    step: Array = axes @ ((axes.T @ slope) / sizes)
    length = float(np.linalg.norm(step))
    return step * (3 / length) if length > 3 else step


def _risen(likelihood: Likelihood, place: Array, value: float, step: Array) -> tuple[Array, tuple[float, Array, Array]]:
    """The first of ever shorter steps that raises the likelihood, with what is found there."""
    for halving in range(40):
        there = place + step * 0.5**halving
        found = _in_logarithms(likelihood, there)
        if np.isfinite(found[0]) and found[0] > value:
            return there, found
    return place, _in_logarithms(likelihood, place)


def _errors(bend: Array) -> Array | None:
    """Standard errors from the Hessian; None where it is no top."""
    if not np.isfinite(bend).all():
        return None
    curves, axes = np.linalg.eigh(-bend)
    if curves.min() <= 0:
        return None
    errors: Array = np.sqrt(((axes**2) / curves).sum(axis=1))
    return errors
