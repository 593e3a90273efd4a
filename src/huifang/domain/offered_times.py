"""The two times an agent offers for a callback: inside everybody's hours, and free.

A time is offered on the hour or the half hour. It lies inside the programme's hours on its days of contact, inside the law's hours, inside
the shift of the person who would call, on a day on which they are there, and touches nothing that they have promised already.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from huifang.domain.calendars import WorkingCalendar
from huifang.domain.errors import CalendarError
from huifang.domain.law import Law
from huifang.domain.windows import AllowedDays, Hours, is_open, next_opening

NOTICE = timedelta(hours=2)
"""Nobody is offered a callback sooner than this."""
_STEP = timedelta(minutes=30)
_SECOND = time(15)
_MOST_STEPS = 1000


@dataclass(frozen=True, slots=True)
class Openings:
    """When a callback can be: for the customer (`hours`, `days`, `calendar`, `zone`, `laws`) and for who calls (`shift`: empty for all day,
    by the wall clock of `home`; `away`: first and last days of absence; `taken`: when they have promised to call somebody, any zone).
    """

    hours: Sequence[Hours]
    days: AllowedDays
    calendar: WorkingCalendar | None
    zone: ZoneInfo
    home: ZoneInfo
    laws: Sequence[Law] = ()
    shift: Sequence[Hours] = ()
    away: Sequence[tuple[date, date]] = ()
    taken: Collection[datetime] = ()


def offered(now: datetime, openings: Openings) -> tuple[datetime, ...]:
    """The first possible time from two hours on, and the first from three in the afternoon of the day after, UTC; fewer where none is."""
    try:
        first = _free(now + NOTICE, openings)
        if first is None:
            return ()
        following = first.astimezone(openings.zone).date() + timedelta(days=1)
        second = _free(datetime.combine(following, _SECOND, openings.zone), openings)
    except CalendarError:
        return ()
    return (first, second) if second else (first,)


def _free(moment: datetime, openings: Openings) -> datetime | None:
    for _ in range(_MOST_STEPS):
        opening = next_opening(_half_hour(moment, openings.zone), openings.hours, openings.days, openings.calendar, openings.zone)
        if opening is None:
            return None
        moment = _half_hour(opening, openings.zone)
        if moment == opening and _suits(moment, openings):
            return moment
        moment += _STEP if moment == opening else timedelta()
    return None


def _suits(moment: datetime, openings: Openings) -> bool:
    there = moment.astimezone(openings.home).date()
    return (
        all(_lawful(moment, law, openings.zone) for law in openings.laws)
        and (not openings.shift or is_open(moment, openings.shift, openings.home))
        and not any(first <= there <= last for first, last in openings.away)
        and not any(abs(moment - each) < _STEP for each in openings.taken)
    )


def _lawful(moment: datetime, law: Law, zone: ZoneInfo) -> bool:
    place = ZoneInfo(law.zone) if law.zone else zone
    return is_open(moment, (law.hours_on(moment.astimezone(place).weekday(), None),), place)


def _half_hour(moment: datetime, zone: ZoneInfo) -> datetime:
    """The moment itself where the clock of `zone` shows the hour or the half hour, else the next that does, UTC."""
    clock = moment.astimezone(zone)
    over = timedelta(minutes=clock.minute % 30, seconds=clock.second, microseconds=clock.microsecond)
    return moment.astimezone(UTC) - over + (_STEP if over else timedelta())
