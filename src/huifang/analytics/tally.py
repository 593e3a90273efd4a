"""What one aggregate of facts counts, sums or finds, as columns of rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import ibis.expr.operations as ops


@dataclass(frozen=True, slots=True)
class Tally:
    """One aggregate, and the names of its column, of the column with its condition (1: holds), and of that with its values."""

    what: ops.Reduction
    kind: Literal["count", "sum", "first", "last"]
    name: str
    holds: str
    value: str
