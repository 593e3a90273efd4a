"""The order of work: promises first, then by strength of purpose, then by urgency, then value, then a keyed draw.

    score = 1000 × class + urgency + value ÷ (value + 1000)

class: 3 promise, 2 service, 1 relationship, 0 marketing; a value below 0 counts as 0; rounded to nine digits. Urgency, the highest of a
contact's occurrences:
999 for what must be done today (its deadline or its last day is the day), 999 − days missed (500 at the least) for what is overdue, the
most recently missed first, and 500 − days left (0 at the least) for what has time. Equal scores are ordered by md5 of
``day|customer_id``, so that nobody is always last, then by customer and contact.
"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from huifang.engine.lookups import md5
from huifang.engine.portable import SCORE_DIGITS, rounded

_TODAY, _MIDDLE = 999, 500


def urgency(table: ir.Table, day: date) -> ir.IntegerValue:
    """999 today, 998 … 500 overdue, 499 … 0 with days left. `table` has `deadline` and `expires`.

    Worked example, on 2 March: deadline 2 March → 999; 1 March → 998; 20 February → 989; 3 March → 499, but 999 where it expires today.
    """
    today = ibis.literal(day)
    left = table.deadline.delta(today, unit="day")
    overdue, waiting = ibis.greatest(_TODAY + left, _MIDDLE), ibis.greatest(_MIDDLE - left, 0)
    now = (table.deadline == today) | (table.expires == today)
    return ibis.cases((now, ibis.literal(_TODAY, "int64")), (left < 0, overdue), else_=waiting).cast("int64")


def ranked(contacts: ir.Table, day: date) -> ir.Table:
    """Adds `score` and `draw`. `contacts` has `strength` (0 promise … 3 marketing), `urgency`, `value`, `customer_id`."""
    value = ibis.greatest(contacts.value.fill_null(0.0), 0.0)
    score = 1000 * (3 - contacts.strength) + contacts.urgency + value / (value + 1000.0)
    return contacts.mutate(
        score=rounded(score, SCORE_DIGITS),
        draw=md5(ibis.literal(f"{day.isoformat()}|") + contacts.customer_id.cast("string")),
    )


def order(table: ir.Table) -> list[ir.Value]:
    """Sort keys of the order of work; no two contacts are equal in it."""
    return [table.score.desc(), table.draw, table.customer_id, table.contact]
