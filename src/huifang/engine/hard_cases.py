"""Which contacts are hard, by what the plan knows. A contact is hard where

* a case of the customer is open (a complaint, a repair that was done badly, a case opened again), or
* one was opened in the 90 days before (dissatisfied last time; a low score opens a case), or
* an earlier try of the same follow-up reached the customer, who did not go on with it (refused, or had no time).

Hard contacts are shared evenly among the people who can do them, after everything else has been decided (`dealing`, `fair_shares`).
"""

from __future__ import annotations

from datetime import timedelta

import ibis
import ibis.expr.types as ir

from huifang.engine.joins import beside
from huifang.engine.stages import Inputs, PlanContext

LATELY, TRIED = timedelta(days=90), timedelta(days=30)


def with_hard(context: PlanContext, inputs: Inputs, contacts: ir.Table) -> ir.Table:
    """Adds `hard`. `contacts` has `customer_id`, `programme`, `attempts`. Two joins with what few customers have; no query of its own."""
    day = ibis.literal(context.day)
    lately = inputs.cases.opened > day - ibis.interval(days=LATELY.days)
    cases = inputs.cases.filter((inputs.cases.open | lately) & (inputs.cases.opened <= day))
    in_case = cases.select("customer_id").distinct().mutate(troubled=ibis.literal(value=True))
    past = inputs.contacts.filter(
        inputs.contacts.reached, inputs.contacts.day <= day, inputs.contacts.day > day - ibis.interval(days=TRIED.days)
    )
    refused = past.select("customer_id", "programme").distinct().mutate(spoken=ibis.literal(value=True))
    joined = beside(contacts, (in_case, "customer_id"), (refused, ["customer_id", "programme"]))
    again = (joined.attempts > 0) & joined.spoken.notnull()
    return joined.mutate(hard=(joined.troubled.notnull() | again).fill_null(False))
