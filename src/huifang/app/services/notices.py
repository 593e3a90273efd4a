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


def tell_once(people: Iterable[Staff], words: Words, subject: str, now: datetime) -> int:
    """The same for something that goes on: nobody hears of it again while their last notice of it is unread."""
    told = set(Notice.objects.filter(subject=subject, read_at=None).values_list("to_id", flat=True))
    return tell([person for person in people if person.pk not in told], words, subject, now)


def people_of(branch: Branch | None, roles: Iterable[str]) -> list[Staff]:
    """Active staff with one of the roles who look after the branch; where it has none, those of all branches."""
    active = Staff.objects.filter(is_active=True, role__in=list(roles))
    here = list(active.filter(Q(branch=branch) | Q(scope=branch)).distinct()) if branch else []
    return here or list(active.filter(all_branches=True))


def read_all(by: Staff, now: datetime) -> int:
    """Mark all of one's own notices as read. How many."""
    return Notice.objects.filter(to=by, read_at=None).update(read_at=now)


def read(by: Staff, notice_id: int, now: datetime) -> bool:
    """Mark one's own notice as read; False where it was read before or is not one's own."""
    return bool(Notice.objects.filter(pk=notice_id, to=by, read_at=None).update(read_at=now))


def read_about(by: Staff, subject: str, now: datetime) -> int:
    """Mark one's own notices of a subject as read: whoever opens the page has seen them. How many."""
    return Notice.objects.filter(to=by, subject=subject, read_at=None).update(read_at=now)


SUPERVISORS = (Role.SUPERVISOR, Role.MANAGER)
