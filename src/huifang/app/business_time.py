"""The business's own day and clock, in the installation's time zone."""

from __future__ import annotations

from datetime import MINYEAR, UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings


def business_zone() -> ZoneInfo:
    """The installation's zone."""
    return ZoneInfo(settings.TIME_ZONE)


def business_day(moment: datetime) -> date:
    """The business's day of a moment."""
    return moment.astimezone(business_zone()).date()


def business_moment(day: date, clock: time) -> datetime:
    """The moment, UTC, at which the business's wall clock shows `clock` on `day`; at either end of the calendar the last one there is."""
    try:
        return datetime.combine(day, clock, business_zone()).astimezone(UTC)
    except OverflowError:
        return datetime.combine(date.min, time.min, UTC) if day.year == MINYEAR else datetime.combine(date.max, time.max, UTC)
