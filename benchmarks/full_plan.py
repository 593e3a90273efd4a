"""The full plan: 1,000,000 customers, 10,000,000 events, the best of three, or as many as are named, once:

python benchmarks/full_plan.py 10000000 100000000
"""

import sys

from measure import compare

sizes = [int(each) for each in sys.argv[1:3]]
compare(*(sizes or [1_000_000, 10_000_000]), times=1 if sizes else 3)
