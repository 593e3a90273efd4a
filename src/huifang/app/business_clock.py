"""What time it is for the business. Everything but a demo runs on the real clock; a demo's may be moved to a working morning."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import DateTimeField, ExpressionWrapper, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Now
from django.utils import timezone

from huifang.app.business_time import business_day


def now() -> datetime:
    """The present moment, UTC."""
    return timezone.now() + timedelta(seconds=settings.HUIFANG.clock_offset)


def database_now() -> Combinable:
    """The database's own clock, which all processes share, moved as a demo's is; for queries."""
    return ExpressionWrapper(Now() + Value(timedelta(seconds=settings.HUIFANG.clock_offset)), output_field=DateTimeField())


def today() -> date:
    """The business's day."""
    return business_day(now())
