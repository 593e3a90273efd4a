"""Caps and gaps: how many contacts in how long. The gate and the plan count alike.

A span of days, weeks, months, years or working days is counted in days of the customer's own calendar: a contact of day c counts on c and
on every day until the one that lies the span after c; from that day's first moment it is free again. “At most 1 per 1 day” is one on each
day, whatever the hour; “gap 5 days” after a Monday is over on Saturday. A span of hours or minutes is counted from the moment of the
contact, to the microsecond. Contacts dated after the moment (a clock that was put back) count too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo

from huifang.domain.calendars import WorkingCalendar, later, to_utc
from huifang.domain.contact import Channel, Purpose
from huifang.domain.spans import Span, Unit

SPACED = frozenset({Purpose.RELATIONSHIP, Purpose.MARKETING})
"""Purposes that a gap keeps apart unless it names others."""
_ROLLING = (Unit.HOUR, Unit.MINUTE)


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many counted contacts in so long, over the named purposes and channels. 0 means no contact at all."""

    at_most: int
    per: Span
    purposes: frozenset[Purpose] = frozenset(Purpose)
    channels: frozenset[Channel] = frozenset(Channel)
    calendar: WorkingCalendar | None = field(default=None, compare=False)
    """What its working days are counted on; None: the customer's own calendar."""

    def covers(self, channel: Channel, purpose: Purpose) -> bool:
        """Whether this cap speaks of such a contact."""
        return channel in self.channels and purpose in self.purposes


def gap(per: Span, purposes: frozenset[Purpose] = SPACED, calendar: WorkingCalendar | None = None) -> Cap:
    """The gap after a contact: at most one in so long, over all channels."""
    return Cap(1, per, purposes, calendar=calendar)


@dataclass(frozen=True, slots=True)
class PastContact:
    """One earlier attempt: when (UTC), how, why, whether it counts (rang, was delivered), whether the person was talked to."""

    at: datetime
    channel: Channel
    purpose: Purpose
    counted: bool = True
    conversation: bool = False
    day: date | None = None
    """The day the customer's own clock showed; None: that of `at` in the zone in which the rules are asked."""


Ends = Callable[[PastContact, Cap], datetime]
"""`ends` with its zone and calendar filled in."""


@dataclass(frozen=True, slots=True)
class Full:
    """A cap that is reached: how many count now, and when the next contact fits (None: never)."""

    cap: Cap
    count: int
    until: datetime | None


def ends(contact: PastContact, cap: Cap, zone: tzinfo, calendar: WorkingCalendar | None = None) -> datetime:
    """The first moment, UTC, at which a contact no longer counts under `cap`; CalendarError where its working days are not known.

    Called on Monday at 17:40 in Shanghai, “1 day” ends on Tuesday at 00:00 there, “24 h” on Tuesday at 17:40.
    """
    if cap.per.unit in _ROLLING:
        return later(contact.at, cap.per, zone)
    day = contact.day or contact.at.astimezone(zone).date()
    noon = datetime.combine(day, time(12), UTC)
    free = later(noon, cap.per, UTC, cap.calendar or calendar).date()
    return to_utc(datetime.combine(free, time(), zone))


def full(cap: Cap, past: Iterable[PastContact], moment: datetime, ends: Ends, *, all_count: bool = False) -> Full | None:
    """Whether `cap` forbids one more contact at `moment`; None where it fits. `all_count` counts attempts that did not arrive, too."""
    covered = (each for each in past if (each.counted or all_count) and cap.covers(each.channel, each.purpose))
    counting = sorted(end for each in covered if moment < (end := ends(each, cap)))
    if len(counting) < cap.at_most:
        return None
    return Full(cap, len(counting), counting[len(counting) - cap.at_most] if cap.at_most else None)
