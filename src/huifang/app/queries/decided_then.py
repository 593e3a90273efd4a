"""What a morning has decided about one customer, as it was kept, and the playbooks that were in force then.

An occurrence's row holds what was last decided about it; the history has a line wherever that was something new. So what a morning decided
is the row where that was its last word, else the history's last line up to that day. A follow-up that was in hand over night is left as it
is by the next mornings: what was decided before holds on them too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, time
from typing import Any

from django.db.models import Min, Q

from huifang.app.access import occurrences_for
from huifang.app.business_time import business_day, business_moment
from huifang.app.queries.playbooks import playbook_of
from huifang.app.records.models import Decision, FollowUp, PlanRun, PlaybookVersion, Staff
from huifang.playbooks.schema import Playbook

Row = dict[str, Any]
_DECIDED = ("decision", "rule", "until", "detail")
_ROW = (
    "id",
    "playbook",
    "programme",
    "customer_id",
    "cause",
    "event_id",
    "cause_day",
    "purpose",
    "due",
    "deadline",
    "expires",
    "decided_on",
)


def was_planned(day: date) -> bool:
    """Whether a plan of the day was made and written. One query."""
    return PlanRun.objects.filter(day=day, state=PlanRun.State.DONE).exists()


def decided_then(staff: Staff, customer: int, day: date) -> list[Row]:
    """What the morning has decided on the customer, in the person's scope, as rows of `engine.tables.DECISIONS`. Two queries."""
    mine = occurrences_for(staff).filter(Q(decided_on__gte=day) | _in_hand(day), customer=customer)
    rows = {row["id"]: row for row in mine.values(*_ROW, *_DECIDED)}
    earlier = [number for number, row in rows.items() if row["decided_on"] > day]
    history = Decision.objects.filter(occurrence__in=earlier, day__lte=day).order_by("day", "pk").values("occurrence_id", *_DECIDED)
    last: Mapping[int, Row] = {row["occurrence_id"]: row for row in history}
    found = [row | last.get(number, {}) for number, row in rows.items() if row["decided_on"] <= day or number in last]
    return sorted(found, key=lambda row: (row["playbook"], row["programme"], row["due"], row["cause"]))


def _in_hand(day: date) -> Q:
    """What an earlier morning has planned and somebody had in hand on this one: they have it still, or ended it on the day or later."""
    still = Q(open=True, followup__state=FollowUp.State.CLAIMED)
    return Q(decided_on__lt=day) & (still | Q(followup__done_at__gte=business_moment(day, time())))


def due_after(staff: Staff, customer: int, day: date) -> dict[tuple[str, str], date]:
    """Playbook and programme → when it fell due next, where it did. One query."""
    rows = occurrences_for(staff).filter(customer=customer, due__gt=day).values_list("playbook", "programme").annotate(first=Min("due"))
    return {(playbook, programme): first for playbook, programme, first in rows.order_by()}


def books_then(day: date, in_force: Collection[str], decided: Collection[str]) -> tuple[Playbook, ...]:
    """The versions that were in force at the end of the day: of playbooks that still are, and of those that something was decided for.

    A version that was put in force again counts from then on; where something was decided and no earlier one is left, the next one stands
    in. One query, and one for each version nobody has read yet.
    """
    versions = PlaybookVersion.objects.filter(playbook__in={*in_force, *decided}, activated_at__isnull=False).order_by("activated_at", "pk")
    found: dict[str, PlaybookVersion] = {}
    for version in versions.defer("text"):
        earlier = version.activated_at is not None and business_day(version.activated_at) <= day
        if earlier or (version.playbook in decided and version.playbook not in found):
            found[version.playbook] = version
    return tuple(playbook_of(found[key]) for key in sorted(found))
