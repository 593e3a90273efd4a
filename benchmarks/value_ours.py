"""Fits (and scores) BG/NBD with Huifang: reads the customers' numbers, prints log-likelihood or sums."""

import sys

import numpy as np

from huifang.analytics import bg_nbd
from huifang.analytics.purchases import Purchases

CDNOW = np.array([0.243, 4.414, 0.793, 2.426])
YEAR = 365
path, what = sys.argv[1:]
given = np.load(path)
purchases = Purchases(given["repeats"], given["last"], given["age"])
if what == "read":
    print(f"{len(purchases):,} customers")
elif what == "fit":
    found = bg_nbd.fit(purchases)
    groups = len(purchases.grouped.repeats)
    print(f"log-likelihood {found.log_likelihood:.3f}, converged {found.converged}, {found.steps} steps, {groups:,} groups")
else:
    chances, coming = bg_nbd.scored(CDNOW, purchases, YEAR)
    print(f"active {chances.sum():.3f}, expected {coming.sum():.3f}")
