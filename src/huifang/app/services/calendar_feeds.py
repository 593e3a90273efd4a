"""A person's secret address for their appointments, for the calendar on their own telephone: made, shown once, taken back."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from huifang.app.crypto import blind_index
from huifang.app.records.models import CalendarFeed, Staff
from huifang.app.services import audit


def make(by: Staff, now: datetime) -> str:
    """A new address part of one's own; the one before opens nothing any more."""
    token = secrets.token_urlsafe(24)
    with transaction.atomic():
        CalendarFeed.objects.update_or_create(staff=by, defaults={"digest": _digest(token), "created_at": now})
        audit.write(by, "calendar-feed.made", f"staff:{by.pk}")
    return token


def revoke(by: Staff, now: datetime) -> None:  # noqa: ARG001
    """One's own address opens nothing from now on."""
    with transaction.atomic():
        if CalendarFeed.objects.filter(staff=by).delete()[0]:
            audit.write(by, "calendar-feed.revoked", f"staff:{by.pk}")


def owner(token: str) -> Staff | None:
    """Whose address this is, while they work here."""
    feed = CalendarFeed.objects.select_related("staff").filter(digest=_digest(token[:100]), staff__is_active=True).first()
    return feed.staff if feed else None


def _digest(token: str) -> str:
    return blind_index(token, "calendarfeed.digest")
