"""The likelihood of BG/NBD as it stands in the paper, row by row; and the customers' numbers in weeks."""

import numpy as np
from scipy.special import gammaln

CDNOW = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
WEEKS_AHEAD = 365 / 7


def read(path: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Repeat purchases, time of the last one, time since the first."""
    given = np.load(path)
    return given["repeats"].astype(float), given["last"] / 7, given["age"] / 7


def log_likelihood(parameters: np.ndarray, x: np.ndarray, t: np.ndarray, age: np.ndarray) -> float:
    """Of all customers."""
    r, alpha, a, b = parameters
    both = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
    alive = -(r + x) * np.log(alpha + age)
    gone = np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + t)
    return float(np.sum(both + np.where(x > 0, np.logaddexp(alive, gone), alive)))
