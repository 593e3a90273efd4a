"""A plan that would contact nearly everybody on one day is mostly a slip: it is made only when the number is confirmed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from huifang.domain.errors import Conflict, Problem
from huifang.domain.words import Words

SHARE, FEWEST = 0.5, 20
"""Half of the active customers, and at least so many, are nearly everybody."""
_DECISIONS = ("planned.", "bundled.")
NOBODY_FREE = ("deferred.no-capacity", "expired.no-capacity")
"""Nobody has room for them today, or they would be contacted too."""


class EveryoneContacted(Conflict):
    """The plan would contact nearly everybody; `wanted` of `customers`."""

    def __init__(self, wanted: int, customers: int) -> None:
        what = Words(
            f"今天要联络 {wanted:,} 位客户，共有 {customers:,} 位（{wanted / customers:.0%}）。",
            f"This would contact {wanted:,} of {customers:,} customers today ({wanted / customers:.0%}).",
        )
        remedy = Words(
            f"若确实如此，请确认人数 {wanted}；否则请检查方案的触发条件和适用范围。",
            f"If that is meant, confirm the number {wanted}; else look at the playbook's triggers and whom it is for.",
        )
        super().__init__(Problem("plan.everyone", what, remedy))
        self.wanted, self.customers = wanted, customers


def wants(rule: str) -> bool:
    """Whether a decision by that rule means that the customer is to be contacted today.

    >>> wants("planned.first"), wants("deferred.no-capacity"), wants("deferred.cap")
    (True, True, False)
    """
    return rule.startswith(_DECISIONS) or rule in NOBODY_FREE


def number_wanted(decisions: Iterable[Mapping[str, object]]) -> int:
    """How many customers are to be contacted, from rows of decisions."""
    return len({row["customer_id"] for row in decisions if wants(str(row["rule"]))})


def check(wanted: int, customers: int, confirmed: int | None) -> None:
    """Raises `EveryoneContacted` where nearly everybody is wanted and the number that was confirmed is another one, or none."""
    if wanted >= FEWEST and wanted >= SHARE * customers and confirmed != wanted:
        raise EveryoneContacted(wanted, max(customers, wanted))
