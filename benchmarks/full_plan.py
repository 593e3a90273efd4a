"""The full plan: 1,000,000 customers, 10,000,000 events, or as many as are named: ``python benchmarks/full_plan.py 10000000 100000000``."""

import sys

from measure import compare

compare(*([int(each) for each in sys.argv[1:3]] or [1_000_000, 10_000_000]), times=1)
