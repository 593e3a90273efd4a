"""What cannot be right in the tables, counted: rows of customers nobody knows, events after the day, events before the customer was born.

What is of unknown customers, and what lies ahead, stays out of the plan; an event before the birth counts as it stands. Events up to the
day are looked at from the last plan on; for a first plan all of them, of more than `_LARGE` those of the last `_BACK`, which is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import reduce

import ibis
import ibis.expr.types as ir

from huifang.domain.words import Words
from huifang.engine.joins import matched, not_among
from huifang.engine.keeping import fetch
from huifang.engine.stages import Inputs, PlanContext
from huifang.engine.without_rows import rowless

_LARGE, _BACK = 5_000_000, timedelta(days=31)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Rows that cannot be right. `future`: events after the day; of unknown customers: `strangers` events, `promises`, and `open`
    occurrences of earlier plans; `unborn`: events before their customer's birth. `since`: the first day (ISO) whose events were looked at,
    where a first plan did not look at all of them.
    """

    future: int = 0
    strangers: int = 0
    unborn: int = 0
    promises: int = 0
    open: int = 0
    since: str = ""

    def words(self) -> Iterator[Words]:
        """A sentence for each kind that there is, and one where not every event was looked at."""
        for name, number in asdict(self).items():
            if number and name != "since":
                yield _WORDS[name].fill({"number": f"{number:,}"})
        if self.since:
            yield _WORDS["since"].fill({"since": self.since, "large": f"{_LARGE:,}"})


_WORDS = {
    "future": Words("{number} 条业务事件的日期在计划日之后，未计入。", "Events dated after the day of the plan, left out: {number}."),
    "strangers": Words("{number} 条业务事件的客户不在客户表中，未计入。", "Events of unknown customers, left out: {number}."),
    "unborn": Words(
        "{number} 条业务事件早于客户的出生日期，请核对日期。",
        "Events before their customer was born, counted as they stand; check the dates: {number}."
    ),
    "promises": Words("{number} 个约定的客户不在客户表中，未安排。", "Promises to unknown customers, not planned: {number}."),
    "open": Words("{number} 项未结应访事项的客户不在客户表中，未安排。", "Open occurrences of unknown customers, not planned: {number}."),
    "since": Words(
        "这是首次计划，业务事件超过 {large} 条：只核对了 {since} 起的事件的客户与日期。",
        "A first plan with more than {large} events: only those from {since} on were checked for unknown customers and impossible days."
    ),
}  # fmt: skip


def left_out(context: PlanContext, inputs: Inputs) -> LeftOut:
    """The counts. One query, for a first plan one more."""
    day, events, customers = context.day, inputs.events, inputs.customers.select("customer_id")
    begin = None if context.since else _first(context, events)
    first = context.since or begin
    seen = events.select("customer_id", "day").filter(events.day <= day)
    if first is not None:
        seen = seen.filter(seen.day >= first)
    born = inputs.customers.filter(inputs.customers.birthday.notnull()).select("customer_id", "birthday")
    older = matched(seen, (born, "customer_id"))
    parts = {
        "future": events.filter(events.day > day), "strangers": not_among(seen, (customers, "customer_id")),
        "unborn": older.filter(older.day < older.birthday),
        "promises": not_among(inputs.promises, (customers, "customer_id")),
        "open": not_among(inputs.known.filter(inputs.known["open"]), (customers, "customer_id")),
    }  # fmt: skip
    counted = [table.aggregate(name=ibis.literal(name), number=table.count()) for name, table in parts.items() if not rowless(table)]
    found = dict(fetch(context.connection, reduce(lambda one, other: one.union(other, distinct=False), counted)))
    return LeftOut(**found, since=begin.isoformat() if begin else "")


def _first(context: PlanContext, events: ir.Table) -> date | None:
    """The first day whose events are looked at where there was no plan before; None: all of them."""
    ((number,),) = fetch(context.connection, events.aggregate(number=events.count()))
    return context.day - _BACK if number > _LARGE else None
