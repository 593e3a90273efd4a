"""The straightforward way: the likelihood row by row, minimised by scipy without derivatives of ours; scores by the formula."""

import sys

import numpy as np
from scipy.optimize import minimize
from scipy.special import hyp2f1
from value_formula import CDNOW, WEEKS_AHEAD, log_likelihood, read

path, what = sys.argv[1:]
x, t, age = read(path)
if what == "read":
    print(f"{len(x):,} customers")
elif what == "fit":
    found = minimize(
        lambda place: -log_likelihood(np.exp(place), x, t, age) / len(x),
        np.log([0.5, 5.0, 1.0, 2.5]),
        method="L-BFGS-B",
        options={"ftol": 1e-14, "gtol": 1e-8},
    )
    print(f"log-likelihood {-found.fun * len(x):.3f}, converged {found.success}")
else:
    r, alpha, a, b = CDNOW.values()
    z = np.where(x > 0, a / (b + np.maximum(x, 1) - 1) * ((alpha + age) / (alpha + t)) ** (r + x), 0)
    part = WEEKS_AHEAD / (alpha + age + WEEKS_AHEAD)
    grown = (1 - part) ** (r + x) * hyp2f1(r + x, b + x, a + b + x - 1, part)
    print(f"active {(1 / (1 + z)).sum():.3f}, expected {((a + b + x - 1) / (a - 1) * (1 - grown) / (1 + z)).sum():.3f}")
