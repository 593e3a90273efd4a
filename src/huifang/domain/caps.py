"""Caps and gaps: how many contacts in how long, counted to the microsecond.

A contact counts while ``moment < contact + span`` and no longer: seven days after it, it is free again; one
microsecond before, not. Contacts dated after `moment` (a clock that was put back) count too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from huifang.domain.contact import Channel, Purpose
from huifang.domain.spans import Span

Later = Callable[[datetime, Span], datetime]
"""`domain.calendars.later` with its zone and calendar filled in."""


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many counted contacts in so long, over the named purposes and channels. 0 means no contact at all."""

    at_most: int
    per: Span
    purposes: frozenset[Purpose] = frozenset(Purpose)
    channels: frozenset[Channel] = frozenset(Channel)

    def covers(self, channel: Channel, purpose: Purpose) -> bool:
        """Whether this cap speaks of such a contact."""
        return channel in self.channels and purpose in self.purposes


@dataclass(frozen=True, slots=True)
class PastContact:
    """One earlier attempt: when (UTC), how, why, whether it counts (rang, was delivered), whether the person was
    talked to.
    """

    at: datetime
    channel: Channel
    purpose: Purpose
    counted: bool = True
    conversation: bool = False


@dataclass(frozen=True, slots=True)
class Full:
    """A cap that is reached: how many count now, and when the next contact fits (None: never)."""

    cap: Cap
    count: int
    until: datetime | None


def full(cap: Cap, past: Iterable[PastContact], moment: datetime, later: Later, *, all_count: bool = False) -> Full | None:
    """Whether `cap` forbids one more contact at `moment`; None where it fits. `all_count` counts attempts that did
    not arrive, too.
    """
    covered = (each for each in past if (each.counted or all_count) and cap.covers(each.channel, each.purpose))
    ends = sorted(end for each in covered if moment < (end := later(each.at, cap.per)))
    if len(ends) < cap.at_most:
        return None
    return Full(cap, len(ends), ends[len(ends) - cap.at_most] if cap.at_most else None)


def gap_until(gap: Span, past: Sequence[PastContact], moment: datetime, later: Later) -> datetime | None:
    """Until when the gap after the given contacts lasts; None where it is over."""
    ends = [end for each in past if moment < (end := later(each.at, gap))]
    return max(ends, default=None)
