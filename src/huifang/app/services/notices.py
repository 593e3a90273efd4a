"""Telling colleagues what they should know."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from huifang.app.records.models import Branch, Notice, Role, Staff
from huifang.domain.words import Words


def tell(people: Iterable[Staff], words: Words, subject: str, now: datetime) -> int:
    """Leave a notice for each of `people`, within the caller's transaction; `words` hold no personal data. How many were told."""
    told = {person.pk: person for person in people}
    Notice.objects.bulk_create(
        Notice(to=person, words={"zh": words.zh, "en": words.en}, subject=subject, at=now) for person in told.values()
    )
    return len(told)


def people_of(branch: Branch | None, roles: Iterable[str]) -> list[Staff]:
    """Active staff with one of the roles who look after the branch; where it has none, those of all branches."""
    active = Staff.objects.filter(is_active=True, role__in=list(roles))
    here = list(active.filter(Q(branch=branch) | Q(scope=branch)).distinct()) if branch else []
    return here or list(active.filter(all_branches=True))


def read(by: Staff, notice_id: int, now: datetime) -> bool:
    """Mark one's own notice as read; False where it was read before or is not one's own."""
    return bool(Notice.objects.filter(pk=notice_id, to=by, read_at=None).update(read_at=now))


SUPERVISORS = (Role.SUPERVISOR, Role.MANAGER)
