"""What the models are fitted to, made from the engine's tables in one query each: purchases by customer, contracts by term."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from huifang.analytics.purchases import Purchases
from huifang.analytics.renewal import Ended
from huifang.domain.spans import Span, shift
from huifang.engine.keeping import fetch

GRACE = timedelta(days=60)
"""A contract counts as renewed when the next one of its kind begins at most so long after its end."""


@dataclass(frozen=True)
class Buying:
    """Everybody with a purchase up to a day, in the order of `customers`.

    `mean` is the mean amount of the repeat purchases (0 without any); `number` and `spent` are those of the window; `later` is how many
    purchases came in the time after the day that was asked for.
    """

    customers: pa.Array
    purchases: Purchases
    mean: NDArray[np.float64]
    since: NDArray[np.int32]
    number: NDArray[np.int64]
    spent: NDArray[np.float64]
    later: NDArray[np.int64]


def buying(events: ir.Table, kinds: tuple[str, ...], day: date, window: Span, until: date | None = None) -> Buying:
    """The purchases of all customers up to and including `day`; those after it, up to `until`, are only counted."""
    last = until or day
    rows = events.filter(events.kind.isin(kinds), events.day <= last)
    days = rows.group_by("customer_id", "day").aggregate(amount=rows.amount.sum().fill_null(0).cast("float64"))
    known, recent = days.day <= day, (days.day <= day) & (days.day > shift(day, window, -1))
    each = days.group_by("customer_id").aggregate(
        repeats=days.day.count(where=known) - 1, first=days.day.min(where=known), latest=days.day.max(where=known),
        whole=days.amount.sum(where=known), opening=days.amount.argmin(days.day, where=known), number=days.day.count(where=recent),
        spent=days.amount.sum(where=recent).fill_null(0), later=days.day.count(where=~known),
    )  # fmt: skip
    found = each.filter(each.repeats >= 0).order_by("customer_id").to_pyarrow()
    first, latest = _days(found["first"]), _days(found["latest"])
    repeats = _whole(found["repeats"]).astype(np.int32)
    later_spent = found["whole"].to_numpy() - found["opening"].to_numpy()
    today = np.int32((day - date(1970, 1, 1)).days)
    return Buying(
        found["customer_id"].combine_chunks(),
        Purchases(repeats, latest - first, today - first),
        np.divide(later_spent, repeats, out=np.zeros(len(repeats)), where=repeats > 0),
        today - latest,
        _whole(found["number"]),
        found["spent"].to_numpy(),
        _whole(found["later"]),
    )


def _days(column: Any) -> NDArray[np.int32]:
    """Days since 1970."""
    found: NDArray[np.int32] = column.cast(pa.int32()).to_numpy()
    return found


def _whole(column: Any) -> NDArray[np.int64]:
    found: NDArray[np.int64] = column.to_numpy().astype(np.int64)
    return found


@dataclass(frozen=True)
class Contracts:
    """Contracts that have ended, by term; and of each customer with a running one, the term of that which ends first."""

    ended: Ended
    customers: pa.Array
    terms: NDArray[np.int64]


def contracts(connection: Any, agreements: ir.Table, kinds: tuple[str, ...], day: date) -> Contracts:
    """Contracts chained by customer and kind; the term counts from the chain's first.

    A contract is renewed when the next one of its kind begins at most `GRACE` after its end, and left when none has by then, or when it
    was cancelled. One that ended less than `GRACE` ago without a next one is still open and counts in neither. Rows without both days are
    passed over. Two queries.
    """
    rows = agreements.filter(agreements.kind.isin(kinds), agreements.starts.notnull(), agreements.ends.notnull(), agreements.starts <= day)
    order = ibis.window(group_by=["customer_id", "kind"], order_by=["starts", "ends", "agreement_id"])
    grace = ibis.interval(days=GRACE.days)
    cancelled = rows.status.fill_null("active") == "cancelled"
    chained = rows.mutate(
        stopped=cancelled,
        before=rows.ends.lag().over(order),
        stopped_before=cancelled.lag().over(order),
        following=rows.starts.lead().over(order),
    )
    apart = chained.before.isnull() | chained.stopped_before | (chained.starts > (chained.before + grace).cast("date"))
    chained = chained.mutate(chain=apart.cast("int64").sum().over(ibis.window(
        group_by=["customer_id", "kind"], order_by=["starts", "ends", "agreement_id"], preceding=None, following=0)))  # fmt: skip
    termed = chained.mutate(
        term=ibis.row_number().over(ibis.window(group_by=["customer_id", "kind", "chain"], order_by=["starts", "ends", "agreement_id"]))
        + 1,
        renewed=~chained.stopped & (chained.following <= (chained.ends + grace).cast("date")).fill_null(False),
    )
    over = termed.stopped | (termed.ends < day - GRACE)
    decided = termed.filter(termed.renewed | over).group_by("term").aggregate(
        renewed=ibis._.renewed.cast("int64").sum(), left=(~ibis._.renewed).cast("int64").sum()
    )  # fmt: skip
    ended = {int(term): (int(renewed), int(left)) for term, renewed, left in fetch(connection, decided.order_by("term"))}
    running = termed.filter(~termed.renewed, ~termed.stopped, termed.ends >= day)
    first = running.group_by("customer_id").aggregate(term=running.term.argmin(running.ends)).order_by("customer_id").to_pyarrow()
    return Contracts(
        Ended(
            {term: left for term, (_, left) in ended.items() if left}, {term: renewed for term, (renewed, _) in ended.items() if renewed}
        ),
        first["customer_id"].combine_chunks(),
        _whole(first["term"]),
    )
