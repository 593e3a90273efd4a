"""Money for contacts: today's take what their programme has left of the month's budget in their order of work, the rest wait for the next.

Spent are this month's past contacts of the programme, each at what its channel costs (`costs` of the playbook). A promise is kept whatever
is left, and counts. No query of its own where no programme has a budget.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir

from huifang.domain.budget import month_of
from huifang.domain.contact import Channel
from huifang.engine.findings import figures
from huifang.engine.keeping import keep
from huifang.engine.ranking import order
from huifang.engine.stages import Inputs, PlanContext

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class _Limited:
    playbook: str
    programme: str
    budget: float
    costs: dict[Channel, float]


def without_money(context: PlanContext, inputs: Inputs, contacts: ir.Table) -> ir.Table | None:
    """The contacts that find no money: `customer_id`, `contact`, `rule`, `until`, `detail`; None where nothing has a budget.

    `contacts` are ranked, with the lead's `playbook`, `programme`, `channel` and `promised`. One query.
    """
    limited = [
        _Limited(book.playbook, key, rule.budget, book.costs)
        for book in context.playbooks
        for key, rule in book.programmes.items()
        if rule.budget is not None and book.costs
    ]
    if not limited:
        return None
    first, following = month_of(context.day)
    past = inputs.contacts
    past = past.filter(past.day >= ibis.literal(first), past.day <= ibis.literal(context.day))
    mine = reduce(or_, [(contacts.playbook == one.playbook) & (contacts.programme == one.programme) for one in limited])
    table = contacts.filter(mine)
    table = table.mutate(
        price=ibis.cases(*((_is(table, one), _cost(table.channel, one)) for one in limited), else_=0.0),
        budget=ibis.cases(*((_is(table, one), one.budget) for one in limited), else_=0.0),
        spent=ibis.cases(*((_is(table, one), _spent(past, one)) for one in limited), else_=0.0).fill_null(0.0),
    )
    line = ibis.window(group_by=[table.playbook, table.programme], order_by=[~table.promised, *order(table)], following=0)
    table = table.mutate(needed=table.spent + table.price.sum().over(line))
    over = ~table.promised & (table.price > 0) & (table.needed > table.budget + _ROUNDING)
    refused = table.filter(over).select(
        "customer_id", "contact", rule=ibis.literal("deferred.budget"), until=ibis.literal(following),
        detail=figures(budget=table.budget.round().cast("int64"), spent=table.spent.round().cast("int64")),
    )  # fmt: skip
    return keep(context.connection, "penniless", refused)


def _is(table: ir.Table, one: _Limited) -> ir.BooleanValue:
    return (table.playbook == one.playbook) & (table.programme == one.programme)


def _cost(channel: ir.StringValue, one: _Limited) -> ir.FloatingValue:
    priced = [(channel == name.value, float(cost)) for name, cost in sorted(one.costs.items())]
    return ibis.cases(*priced, else_=0.0)


def _spent(past: ir.Table, one: _Limited) -> ir.FloatingValue:
    theirs = past.filter(past.programme == one.programme)
    return theirs.aggregate(spent=_cost(theirs.channel, one).sum()).as_scalar()
