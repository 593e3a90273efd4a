"""What time it is for the business. Everything but a demo runs on the real clock; a demo's may be moved to a working morning."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    """The present moment, UTC."""
    return timezone.now() + timedelta(seconds=settings.HUIFANG.clock_offset)
