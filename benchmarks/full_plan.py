"""The full plan: 1,000,000 customers, 10,000,000 events."""

from measure import compare

compare(1_000_000, 10_000_000, times=1)
