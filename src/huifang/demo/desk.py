"""The follow-up desk's past: who was called when, how often, and whether somebody answered.

Every agent makes one call after another in the calling hours, at most so many a day; what does not fit waits for the
next working day,
and what has waited too long was given up.
"""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from random import Random

from huifang.demo.business import ZONE, Business, Contact, Occurrence, Promise
from huifang.demo.workdays import Workdays
from huifang.domain.outcomes import OUTCOMES

DONE = "completed"
NEVER_AGAIN = "never_again"
_INVALID = "invalid_number"
_OUTCOMES = (DONE, "callback", "refused", NEVER_AGAIN, "hung_up", "no_answer", "busy", "switched_off", "unreachable")
_SHARES = tuple(accumulate((60, 5, 1.4, 0.6, 1.5, 20, 5.5, 4, 2)))
_SECONDS = {DONE: (70, 280), "callback": (12, 40), "refused": (6, 30), NEVER_AGAIN: (8, 40), "hung_up": (3, 12)}


@dataclass(frozen=True, slots=True)
class Errand:
    """One past falling due, to be pursued: `lasts` is how many days it was kept, `usable` whether the number is
    right.
    """

    due: date
    programme: str
    customer: str
    cause: str
    event: str
    purpose: str
    agent: str
    lasts: int
    usable: bool = True
    tries: int = 3


@dataclass(frozen=True, slots=True)
class Hours:
    """Calling hours: (first minute of the day, minutes) for each stretch, cut into `calls` equal places."""

    stretches: tuple[tuple[int, int], ...]
    calls: int

    def minute(self, place: int) -> float:
        """The minute of the day at which the call in that place starts."""
        left = place * sum(length for _, length in self.stretches) / self.calls
        for start, length in self.stretches:
            if left < length:
                return start + left
            left -= length
        raise ValueError(f"{place} is not one of {self.calls} places")


def in_hours(moment: datetime) -> datetime:
    """The moment, or after six in the evening as long after nine the next morning."""
    evening = moment.replace(hour=18, minute=0, second=0)
    return moment if moment < evening else moment + timedelta(hours=15)


class Desk:
    """Works off errands in the order of their due days and writes contacts and occurrences into the business."""

    def __init__(self, rng: Random, business: Business, hours: Hours, workdays: Workdays) -> None:
        self._rng = rng
        self._business = business
        self._minutes = tuple(hours.minute(place) for place in range(hours.calls))
        self._workdays = workdays
        self._made: dict[tuple[str, date], int] = defaultdict(int)

    def pursue(self, errand: Errand) -> Contact | None:
        """Try until reached or given up; the contact in which the customer spoke (completed, or wanted
        never to be called again), if any. Nothing is written
        at or after `as_of`.
        """
        last = errand.due + timedelta(days=errand.lasts)
        day, contact, tries = errand.due, None, 0
        while tries < errand.tries:
            free = self._free_day(errand.agent, day)
            if free > last or free >= self._business.as_of:
                break
            tries += 1
            contact = self._call(errand, free, promised=contact is not None and contact.outcome == "callback")
            day = free + timedelta(days=1)
            if OUTCOMES[contact.outcome].closes or contact.outcome == _INVALID:
                self._note(errand, last, tries, None, is_open=False)
                return contact if contact.outcome in {DONE, NEVER_AGAIN} else None
        self._leave(errand, last, tries, day, contact)
        return None

    def close(self, errand: Errand, rule: str) -> None:
        """Nobody calls for it: it is spoken of in another call (``bundled.same-person``), or a rule forbids it."""
        last = errand.due + timedelta(days=errand.lasts)
        note = Occurrence(errand.programme, errand.customer, errand.cause, errand.due, last, False, 0, None, errand.agent, rule)
        self._business.occurrences.append(note)

    def _free_day(self, agent: str, day: date) -> date:
        day = self._workdays.on_or_after(day)
        while self._made[agent, day] >= len(self._minutes) and day < self._business.as_of:
            day = self._workdays.on_or_after(day + timedelta(days=1))
        return day

    def _call(self, errand: Errand, day: date, *, promised: bool) -> Contact:
        rng = self._rng
        place = self._made[errand.agent, day]
        self._made[errand.agent, day] = place + 1
        seconds_of_day = int(self._minutes[place] * 60 + rng.random() * 45)
        at = datetime(day.year, day.month, day.day, tzinfo=ZONE) + timedelta(seconds=seconds_of_day)
        outcome = _OUTCOMES[bisect(_SHARES, rng.random() * (68 if promised else 100))] if errand.usable else _INVALID
        low, high = _SECONDS.get(outcome, (0, 0))
        contact = Contact(
            f"L{day:%Y%m%d}-{errand.agent}-{place + 1:02d}", errand.customer, errand.programme, errand.cause,
            errand.event,
            "phone", errand.purpose, at,
            outcome, OUTCOMES[outcome].reached, OUTCOMES[outcome].counted, errand.agent,
            int(low + (high - low) * rng.random()),
        )  # fmt: skip
        self._business.contacts.append(contact)
        return contact

    def _leave(self, errand: Errand, last: date, tries: int, day: date, contact: Contact | None) -> None:
        next_on = self._workdays.on_or_after(day)
        still = tries < errand.tries and last >= self._business.as_of
        if tries or not still:  # what nobody has tried and is still in time is for today's plan to find
            self._note(errand, last, tries, next_on if still else None, is_open=still)
        if still and contact is not None and contact.outcome == "callback":
            self._promise(contact, next_on)

    def _promise(self, contact: Contact, day: date) -> None:
        """They asked to be called on `day`, at an hour that suits them."""
        minute = self._rng.choice(self._minutes[: -len(self._minutes) // 8])
        opens = datetime(day.year, day.month, day.day, tzinfo=ZONE) + timedelta(minutes=minute // 15 * 15)
        self._business.promises.append(
            Promise("Y" + contact.code[1:], contact.customer, contact.programme, contact.cause, contact.at, opens, contact.staff)
        )

    def _note(self, errand: Errand, last: date, tries: int, next_on: date | None, *, is_open: bool) -> None:
        self._business.occurrences.append(
            Occurrence(errand.programme, errand.customer, errand.cause, errand.due, last, is_open, tries, next_on, errand.agent)
        )
