"""One shop, from command start to list: 20,000 customers, 300,000 events."""

from measure import compare

compare(20_000, 300_000, times=3)
