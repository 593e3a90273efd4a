"""How many requests a key may make: a bucket for each key in this server process, filled again evenly."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from threading import Lock

PER_MINUTE = 600
"""Requests a minute for a key; as many may come at once after a pause."""


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Buckets:
    """Buckets by name. `at` are seconds of any steady clock."""

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self._buckets: dict[int, _Bucket] = {}
        self._lock = Lock()

    def take(self, name: int, at: float) -> tuple[int, int]:
        """Take one: how many are left and 0, or 0 and the whole seconds until there is one again.

        >>> buckets = Buckets(2)
        >>> buckets.take(1, 0.0), buckets.take(1, 0.0), buckets.take(1, 0.0), buckets.take(1, 30.0)
        ((1, 0), (0, 0), (0, 30), (0, 0))
        """
        speed = self.per_minute / 60
        with self._lock:
            bucket = self._buckets.setdefault(name, _Bucket(self.per_minute, at))
            bucket.left = min(self.per_minute, bucket.left + max(0.0, at - bucket.at) * speed)
            bucket.at = at
            if bucket.left < 1:
                return 0, ceil((1 - bucket.left) / speed)
            bucket.left -= 1
            return int(bucket.left), 0
