"""Every planned message is accounted for: planned = sent + failed + unknown + blocked + pending, at every moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from huifang.app.reach import BY_ITSELF
from huifang.app.records.models import Attempt, FollowUp, Message

_LIVE = (FollowUp.State.OPEN, FollowUp.State.CLAIMED)
ARRIVED = ("sent", "delivered")


@dataclass(frozen=True, slots=True)
class Account:
    """Follow-ups of a day that channels send by themselves, each counted once by where it stands."""

    planned: int
    sent: int
    failed: int
    unknown: int
    blocked: int
    pending: int

    @property
    def balanced(self) -> bool:
        """Whether nothing is missing and nothing is counted twice."""
        return self.planned == self.sent + self.failed + self.unknown + self.blocked + self.pending


def planned_messages(followups: QuerySet[FollowUp], day: date) -> QuerySet[FollowUp]:
    """Those of `followups` that a channel is to send on `day`; taken off the plan before anything was tried is not planned any more."""
    return followups.filter(BY_ITSELF, day=day).filter(Q(state__in=_LIVE) | Exists(Message.objects.filter(followup=OuterRef("pk"))))


_OVER = ~Q(state__in=_LIVE)
_ENDED = _OVER & Q(ended=Attempt.State.ENDED)
PARTS: dict[str, Q] = {
    "sent": _ENDED & Q(came__in=ARRIVED),
    "failed": _ENDED & ~Q(came__in=ARRIVED),
    "unknown": _OVER & Q(ended=Attempt.State.UNKNOWN),
    "blocked": _OVER & ~Q(stopped_by=""),
    "pending": Q(state__in=_LIVE),
}
"""Where a follow-up of `with_standing` stands, each part by a condition of its own over the ledger."""


def with_standing(followups: QuerySet[FollowUp]) -> QuerySet[FollowUp, FollowUp]:
    """Adds what the last message says: `ended` and `came` (state and outcome of its attempt), `stopped_by` (the rule)."""
    last = Message.objects.filter(followup=OuterRef("pk")).order_by("-pk")
    return followups.annotate(
        ended=Subquery(last.values("attempt__state")[:1]),
        came=Subquery(last.values("attempt__outcome")[:1]),
        stopped_by=Subquery(last.values("rule")[:1]),
    )


def account(followups: QuerySet[FollowUp], day: date) -> Account:
    """Count a day's. One query."""
    rows = with_standing(planned_messages(followups, day))
    parts = {name: Count("pk", filter=condition) for name, condition in PARTS.items()}
    return Account(**rows.aggregate(planned=Count("pk"), **parts))
