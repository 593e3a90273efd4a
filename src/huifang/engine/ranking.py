"""The order of work: promises first, then by strength of purpose, then deadline (overdue first), then value, then a keyed draw.

    score = 1000 × class + (500 − days to the deadline, kept between 0 and 999) + value ÷ (value + 1000)

class: 3 promise, 2 service, 1 relationship, 0 marketing; a value below 0 counts as 0. Equal scores are ordered by
md5 of ``day|customer_id``, so that nobody is always last, then by customer and contact.
"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from huifang.engine.lookups import md5


def ranked(contacts: ir.Table, day: date) -> ir.Table:
    """Adds `score` and `draw`. `contacts` has `strength` (0 promise … 3 marketing), `deadline`, `value`, `customer_id`."""
    left = contacts.deadline.delta(ibis.literal(day), unit="day")
    urgency = ibis.greatest(ibis.least(500 - left, 999), 0)
    value = ibis.greatest(contacts.value.fill_null(0.0), 0.0)
    score = 1000 * (3 - contacts.strength) + urgency + value / (value + 1000.0)
    return contacts.mutate(score=score.cast("float64"), draw=md5(ibis.literal(f"{day.isoformat()}|") + contacts.customer_id.cast("string")))


def order(table: ir.Table) -> list[ir.Value]:
    """Sort keys of the order of work; no two contacts are equal in it."""
    return [table.score.desc(), table.draw, table.customer_id, table.contact]
