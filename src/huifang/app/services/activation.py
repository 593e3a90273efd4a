"""Putting a version in force after trying it on today's customers: one that would contact nearly everybody is confirmed by the number."""

from __future__ import annotations

from datetime import datetime

from huifang.app.access import EDIT_PLAYBOOKS, require
from huifang.app.business_time import business_day
from huifang.app.records.models import Customer, PlaybookVersion, Staff
from huifang.app.services.planning import compute
from huifang.app.services.playbooks import InForce, activate, in_force, playbook_of
from huifang.domain.everyone import FEWEST, check, number_wanted


def activate_tried(by: Staff, version: PlaybookVersion, now: datetime, confirmed: int | None = None) -> PlaybookVersion:
    """`playbooks.activate` for people. Raises `EveryoneContacted` with the number where it is not the one that was confirmed.

    Businesses of fewer than `FEWEST` active customers are not tried: there everybody is few.
    """
    require(by, EDIT_PLAYBOOKS)
    customers = Customer.objects.filter(status=Customer.Status.ACTIVE).count()
    if customers >= FEWEST:
        check(_wanted(version, now), customers, confirmed)
    return activate(by, version, now)


def _wanted(version: PlaybookVersion, now: datetime) -> int:
    """How many customers today's plan would contact for this version's programmes, beside the other playbooks in force."""
    others = tuple(each for each in in_force() if each.version.playbook != version.playbook)
    planned = compute(business_day(now), (*others, InForce(version, playbook_of(version))), _silent)
    return number_wanted(row for row in planned.decisions if row["playbook"] == version.playbook)


def _silent(_step: str, /, **_counts: int) -> None:
    """Nobody waits for the steps."""
