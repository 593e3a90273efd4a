"""How often somebody may try something: counted by keyed hash, forgotten when the stretch of time is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from huifang.app.crypto import blind_index
from huifang.app.records.models import RateCount

WINDOW = timedelta(minutes=10)


def within(what: str, who: str, most: int, now: datetime) -> bool:
    """Count one try of `what` by `who` (an address, a token); False when it is more than `most` in ten minutes."""
    key, window = _key(what, who), _window(now)
    with transaction.atomic():
        RateCount.objects.filter(window__lt=window - WINDOW).delete()
        RateCount.objects.get_or_create(key=key, window=window)
        RateCount.objects.filter(key=key, window=window).update(count=F("count") + 1)
        return RateCount.objects.values_list("count", flat=True).get(key=key, window=window) <= most


def exhausted(what: str, who: str, most: int, now: datetime) -> bool:
    """Whether the tries are used up; counts nothing."""
    return RateCount.objects.filter(key=_key(what, who), window=_window(now), count__gte=most).exists()


def _key(what: str, who: str) -> str:
    return blind_index(f"{what}|{who}", "ratecount.key")


def _window(now: datetime) -> datetime:
    seconds = int(WINDOW.total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, tz=now.tzinfo)
