"""A plan that would contact nearly everybody on one day is mostly a slip: it is made only when the number is confirmed.

The day is the plan's own, or the next one on which anybody may be contacted: what waits for that day because this one is not a working day
counts for it. Where that would be nearly everybody the next day's own plan is asked, with its caps and rests.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from huifang.domain.errors import Conflict, Problem
from huifang.domain.words import Words

SHARE, FEWEST = 0.5, 20
"""Half of the active customers, and at least so many, are nearly everybody."""
_DECISIONS = ("planned.", "bundled.")
_NOBODY_FREE = ("deferred.no-capacity", "expired.no-capacity", "deferred.full-", "expired.full-")
"""Nobody has room for them today, or not at that time of day, or they would be contacted too."""
CLOSED = "deferred.not-working-day"
"""What waits only because nobody is contacted on this day."""


class EveryoneContacted(Conflict):
    """The plan would contact nearly everybody; `wanted` of `customers`, on the day of the plan or, where `on` is given, on that day."""

    def __init__(self, wanted: int, customers: int, on: date | None = None) -> None:
        share = f"{wanted / customers:.0%}"
        what = Words(
            f"今天要联络 {wanted:,} 位客户，共有 {customers:,} 位（{share}）。",
            f"This would contact {wanted:,} of {customers:,} customers today ({share}).",
        )
        if on is not None:
            what = Words(
                f"下一个可联络日（{on}）要联络 {wanted:,} 位客户，共有 {customers:,} 位（{share}）。",
                f"This would contact {wanted:,} of {customers:,} customers on the next possible day, {on} ({share}).",
            )
        remedy = Words(
            f"若确实如此，请确认人数 {wanted}；否则请检查方案的触发条件和适用范围。",
            f"If that is meant, confirm the number {wanted}; else look at the playbook's triggers and whom it is for.",
        )
        super().__init__(Problem("plan.everyone", what, remedy))
        self.wanted, self.customers, self.on = wanted, customers, on


def wants(rule: str) -> bool:
    """Whether a decision by that rule means that the customer is to be contacted today, or on the next day on which that is allowed.

    >>> wants("planned.first"), wants("deferred.no-capacity"), wants("deferred.not-working-day"), wants("deferred.cap")
    (True, True, True, False)
    """
    return rule.startswith((*_DECISIONS, *_NOBODY_FREE, CLOSED))


def wanted_on(rule: str, until: date | None, today: date) -> date | None:
    """The day on which a decision of `today` wants its customer contacted; None where it does not.

    >>> wanted_on("deferred.not-working-day", date(2026, 3, 2), date(2026, 2, 28))
    datetime.date(2026, 3, 2)
    """
    return None if not wants(rule) else until if rule == CLOSED else today


def busier(numbers: Mapping[date, int], today: date) -> tuple[int, date | None]:
    """The larger number of `today` and of the first day after it, with that day where it is the later one.

    >>> busier({date(2026, 3, 2): 4, date(2026, 3, 3): 9}, date(2026, 2, 28))
    (4, datetime.date(2026, 3, 2))
    """
    ahead = min((day for day in numbers if day > today), default=today)
    now, then = numbers.get(today, 0), numbers.get(ahead, 0)
    return (then, ahead) if then > now else (now, None)


Decisions = Iterable[Mapping[str, object]]
"""Rows of a plan's decisions: `customer_id`, `rule`, `until`."""


def nearly_everybody(wanted: int, customers: int) -> bool:
    """Whether so many of all `customers` need their number to be confirmed.

    >>> nearly_everybody(19, 19), nearly_everybody(49, 100), nearly_everybody(50, 100)
    (False, False, True)
    """
    return wanted >= FEWEST and wanted >= SHARE * customers


def number_wanted(decisions: Decisions, today: date, customers: int, plan: Callable[[date], Decisions]) -> tuple[int, date | None]:
    """`busier` over today's decisions; each customer counts once a day. `plan` makes the decisions of a later day: it is asked only where
    nearly everybody of the `customers` waits for that day, and counts in place of those who wait.
    """
    numbers = _numbers(decisions, today)
    wanted, ahead = busier(numbers, today)
    if ahead is None or not nearly_everybody(wanted, customers):
        return wanted, ahead
    return busier({today: numbers.get(today, 0), ahead: _numbers(plan(ahead), ahead).get(ahead, 0)}, today)


def _numbers(decisions: Decisions, today: date) -> dict[date, int]:
    """Day → customers wanted on it."""
    people: dict[date, set[object]] = defaultdict(set)
    for row in decisions:
        until = row["until"]
        day = wanted_on(str(row["rule"]), until if isinstance(until, date) else None, today)
        if day is not None:
            people[day].add(row["customer_id"])
    return {day: len(each) for day, each in people.items()}


def check(wanted: int, customers: int, confirmed: int | None, on: date | None = None) -> None:
    """Raises `EveryoneContacted` where nearly everybody is wanted and the number that was confirmed is another one, or none."""
    if nearly_everybody(wanted, customers) and confirmed != wanted:
        raise EveryoneContacted(wanted, max(customers, wanted), on)
