"""Working calendars of the installation: published days under the business's own."""

from __future__ import annotations

from datetime import date

from huifang.app.records.models import CalendarOverride
from huifang.domain.calendars import WorkingCalendar
from huifang.stores.calendar_sources import Override, calendar, calendar_rows


def working_calendar(name: str, day: date) -> WorkingCalendar:
    """The calendar `name` from the year before `day` to the year after. A name begins with its country's code: ``CN``, ``CN-night``."""
    return calendar(name[:2], day.year - 1, day.year + 1, _overrides(name))


def engine_rows(name: str, day: date) -> list[dict[str, object]]:
    """The same days as rows of the engine's `calendar_days`, two years back and two ahead."""
    return calendar_rows(name[:2], day.year - 2, day.year + 2, _overrides(name), name=name)


def _overrides(name: str) -> list[Override]:
    rows = CalendarOverride.objects.filter(calendar=name).values_list("day", "working", "label")
    return [Override(day, working, label) for day, working, label in rows]
