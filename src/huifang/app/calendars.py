"""Working calendars of the installation: published days under the business's own."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from django.db.models import CharField

from huifang.app.records.models import CalendarOverride
from huifang.app.records.prepared import Prepared
from huifang.domain.calendars import WorkingCalendar
from huifang.stores.calendar_sources import Override, calendar, calendar_rows

_OWN_DAYS = Prepared(
    lambda calendar: CalendarOverride.objects.filter(calendar=calendar).values("day", "working", "label"), calendar=CharField()
)


def working_calendar(name: str, day: date, until: date | None = None) -> WorkingCalendar:
    """The calendar `name` from the year before `day` to the year after it (or after `until`). A name begins with its country's code:
    ``CN``, ``CN-night``.
    """
    return _calendar(name[:2], day.year, (until or day).year, _overrides(name))


@lru_cache(maxsize=64)
def _calendar(country: str, year: int, until: int, overrides: tuple[Override, ...]) -> WorkingCalendar:
    return calendar(country, year - 1, until + 1, overrides)


def engine_rows(name: str, day: date) -> list[dict[str, object]]:
    """The same days as rows of the engine's `calendar_days`, two years back and two ahead."""
    return calendar_rows(name[:2], day.year - 2, day.year + 2, _overrides(name), name=name)


def _overrides(name: str) -> tuple[Override, ...]:
    return tuple(Override(row["day"], bool(row["working"]), row["label"]) for row in _OWN_DAYS(calendar=name))
