"""Putting a version in force after trying it on today's customers: one that would contact nearly everybody is confirmed by the number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from huifang.app.access import EDIT_PLAYBOOKS, require
from huifang.app.business_time import business_day
from huifang.app.queries.playbooks import InForce, in_force, playbook_of
from huifang.app.records.models import Customer, PlaybookVersion, Staff
from huifang.app.services.planning import compute
from huifang.app.services.playbooks import activate
from huifang.domain.everyone import FEWEST, check, number_wanted


def activate_tried(by: Staff, version: PlaybookVersion, now: datetime, confirmed: int | None = None) -> PlaybookVersion:
    """`playbooks.activate` for people. Raises `EveryoneContacted` with the number where it is not the one that was confirmed.

    Businesses of fewer than `FEWEST` active customers are not tried: there everybody is few.
    """
    require(by, EDIT_PLAYBOOKS)
    customers = Customer.objects.filter(status=Customer.Status.ACTIVE).count()
    if customers >= FEWEST:
        wanted, on = _wanted(version, customers, now)
        check(wanted, customers, confirmed, on)
    return activate(by, version, now, confirmed)


def _wanted(version: PlaybookVersion, customers: int, now: datetime) -> tuple[int, date | None]:
    """How many customers the plan would contact for this version's programmes, beside the other playbooks in force: today, or on the next
    possible day where that is more.
    """
    others = tuple(each for each in in_force() if each.version.playbook != version.playbook)
    active = (*others, InForce(version, playbook_of(version)))

    def decided(day: date) -> Iterator[Mapping[str, object]]:
        return (row for row in compute(day, active, _silent).decisions if row["playbook"] == version.playbook)

    today = business_day(now)
    return number_wanted(decided(today), today, customers, decided)


def _silent(_step: str, /, **_counts: int) -> None:
    """Nobody waits for the steps."""
