"""The same with the package lifetimes, as it is."""

import sys
import warnings

import numpy as np
from value_formula import CDNOW, WEEKS_AHEAD, log_likelihood, read

warnings.filterwarnings("ignore")  # it is no longer kept and uses what pandas has announced to drop
from lifetimes import BetaGeoFitter  # noqa: E402

path, what = sys.argv[1:]
x, t, age = read(path)
if what == "read":
    print(f"{len(x):,} customers")
elif what == "fit":
    model = BetaGeoFitter().fit(x, t, age)
    print(f"log-likelihood {log_likelihood(model.params_[list(CDNOW)].to_numpy(), x, t, age):.3f}")
else:
    import pandas as pd

    model = BetaGeoFitter()
    model.params_ = pd.Series(CDNOW)
    chances = model.conditional_probability_alive(x, t, age)
    coming = model.conditional_expected_number_of_purchases_up_to_time(WEEKS_AHEAD, x, t, age)
    print(f"active {np.sum(chances):.3f}, expected {np.sum(coming):.3f}")
