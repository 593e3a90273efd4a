"""The walk of a plan: what is to be done in a period, a line for each programme of each contact, by day and person.

What a week's schedule holds stands as it is scheduled; what no schedule of the period holds stands where a promise, the plan of a morning
or its last decision puts it. So there are four lists, each in the order of the days, and an occurrence stands in one of them: those with
an open promise, those that are scheduled, those with a follow-up, those that wait. A bundle stands where its contact does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce

from huifang.app.access import occurrences_for, promises_for, scheduled_for
from huifang.app.queries.pages import Page, page_of_merged
from huifang.app.queries.register_line import EVENT, Line, Period, Row, Worked, by_id, customers_of, points_of
from huifang.app.queries.register_pages import AT_ONCE, Figure, Walk
from huifang.app.records.models import Event, FollowUp, Promise, ScheduledContact, Staff
from huifang.domain.words import Words
from huifang.playbooks.schema import Playbook, Register

_KEY = ("playbook", "programme", "customer_id", "cause")
_SCHEDULED = ("id", *_KEY, "bundled", "channel", "due", "deadline", "day", "staff__name")
_KNOWN = (
    "id", *_KEY, "event_id", "due", "deadline", "until", "next_on", "open", "decision", "followup_id", "followup__day", "followup__state",
    "followup__channel", "followup__staff__name",
)  # fmt: skip
_ORDER = ("day", "person", "rank", "id")
"""Whom nobody has yet stands first of a day."""
_PLACE = (*_ORDER, "customer_id")
_PROMISED, _AS_SCHEDULED, _OTHERS = range(3)
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line before it is filled: its occurrence where it is known, the scheduled contact and the promise where there are any."""

    key: Key
    row: Row | None
    contact: Row | None
    promise: Row | None

    @property
    def when(self) -> date | datetime:
        """A promise's moment, else the scheduled day, else that of the follow-up, else the day it waits for."""
        if self.promise is not None:
            moment: datetime = self.promise["opens_at"]
            return moment
        if self.contact is not None:
            day: date = self.contact["day"]
            return day
        assert self.row is not None  # noqa: S101 - it is known or scheduled
        waits: date = self.row["next_on"] or self.row["until"] or self.row["due"]
        if self.row["followup_id"] is None or self.row["followup__state"] == FollowUp.State.WITHDRAWN:
            return waits
        made: date = self.row["followup__day"]
        return max(made, waits) if self.row["open"] else made

    @property
    def staff(self) -> str:
        """Who is to do it; empty while nobody is."""
        promised = self.promise["staff__name"] if self.promise else ""
        planned = self.contact["staff__name"] if self.contact else self.row["followup__staff__name"] if self.row else ""
        return promised or planned or ""


class Planned(Walk):
    """What a person may see of it."""

    def __init__(self, staff: Staff, playbook: Playbook, register: Register, period: Period, branch: int | None) -> None:
        self.playbook, self.period, self.days = playbook, period, (period.first, period.last)
        self.programmes = register.programmes or tuple(playbook.programmes)
        self._named = Q(playbook=playbook.playbook, programme__in=self.programmes)
        self.occurrences = occurrences_for(staff).filter(playbook=playbook.playbook, programme__in=self.programmes)
        self.promises = promises_for(staff)
        self.until = scheduled_for(staff).filter(day__lte=period.last)
        if branch is not None:
            self.occurrences = self.occurrences.filter(customer__branch=branch)
            self.promises = self.promises.filter(customer__branch=branch)
            self.until = self.until.filter(schedule__branch=branch)
        self.scheduled = self.until.filter(day__gte=period.first)

    def page(self, after: str, size: int) -> Page[Line]:
        """Seven queries for which lines, and those that fill them. A contact's bundle is never parted, so a page may be longer."""
        found = self._entries(after, size)
        return Page(tuple(self._lines(found.rows)), found.after)

    def some(self, most: int) -> int:
        """At most four queries where enough are certain, else seven more for each thousand."""
        number = 0
        for rows in self._certain():
            number += rows[: most - number].count() if number < most else 0
        if number >= most:
            return most
        number = 0
        for entries in self._all():
            number += len(entries)
            if number >= most:
                return most
        return number

    def figures(self) -> tuple[Figure, ...]:
        """Four queries count what stands as it is found; what a bundle or another contact may change is read, a thousand at a time."""
        planned = promised = nobody = 0
        for rows, sure in self._parted():
            told = rows.filter(sure).aggregate(
                lines=Count("pk"), nobody=Count("pk", filter=Q(person=0)), promised=Count("pk", filter=Q(rank=_PROMISED))
            )
            planned, promised, nobody = planned + told["lines"], promised + told["promised"], nobody + told["nobody"]
            for entry in self._read(rows.filter(~sure)):
                planned, promised, nobody = planned + 1, promised + (entry.promise is not None), nobody + (not entry.staff)
        return (Words("计划", "Planned"), planned), (Words("已约定时间", "Promised"), promised), (Words("待派人", "Nobody's yet"), nobody)

    def _parted(self) -> Iterator[tuple[QuerySet[Any, Row], Q]]:
        """The four lists, each with what tells those of its rows that are one line as they stand, of whom the row says."""
        promised, scheduled, followed, waiting = (rows.filter(day__gte=self.period.first) for rows in self._lists())
        yield promised, ~Q(person=0)  # whose promise is nobody's may be scheduled for somebody
        yield scheduled, Q(others="[]") & self._alone()
        yield followed, self._free()
        yield waiting, self._free()

    def _read(self, rows: QuerySet[Any, Row]) -> Iterator[_Entry]:
        places = rows.order_by("pk").iterator(chunk_size=AT_ONCE)
        while found := list(islice(places, AT_ONCE)):
            yield from self._taken(found)

    def _all(self) -> Iterator[tuple[_Entry, ...]]:
        after = ""
        while True:
            page = self._entries(after, AT_ONCE)
            yield page.rows
            if not (after := page.after):
                return

    def _entries(self, after: str, size: int) -> Page[_Entry]:
        """The entries behind a place; what a bundle or a later week takes away is passed over."""
        while True:
            page = page_of_merged(self._lists(), _ORDER, after, size, self.period.first)
            entries = tuple(self._taken(page.rows))
            if entries or not page.after:
                return Page(entries, page.after)
            after = page.after

    def _lists(self) -> tuple[QuerySet[Any, Row], ...]:
        """The four lists up to the period's last day, each with the columns of the order."""
        made = Q(followup__isnull=False) & ~Q(followup__state=FollowUp.State.WITHDRAWN)
        live = made & Q(followup__day__range=self.days)
        earlier = Q(opens_at__lt=OuterRef("opens_at")) | Q(opens_at=OuterRef("opens_at"), pk__lt=OuterRef("pk"))
        promises = Promise.objects.filter(open=True)
        promised = self.promises.filter(open=True, day__lte=self.period.last).filter(
            ~Exists(promises.filter(earlier, occurrence=OuterRef("occurrence"))), self._of_occurrence(live)
        )
        named = {name: OuterRef(name) for name in _KEY}
        others = self.occurrences.filter(~Exists(promises.filter(occurrence=OuterRef("pk"))), ~Exists(self.scheduled.filter(**named)))
        others = others.annotate(waits=Coalesce("next_on", "until", "due"))
        followed = others.filter(made, Q(open=False) | Q(waits__lte=F("followup__day")), followup__day__lte=self.period.last)
        waiting = others.filter(~made | Q(followup__day__lt=F("waits")), open=True, waits__lte=self.period.last)
        return (
            _ordered(promised, _PROMISED, "staff").values(*_PLACE, "occurrence_id"),
            _ordered(self._of_programmes(), _AS_SCHEDULED, "staff").values(*_PLACE),
            _ordered(followed.annotate(day=F("followup__day")), _OTHERS, "followup__staff").values(*_PLACE),
            _ordered(waiting.annotate(day=F("waits")), _OTHERS, "followup__staff").values(*_PLACE),
        )

    def _certain(self) -> tuple[QuerySet[Any, Row], ...]:
        """Of the four lists what nothing takes away, a line or more each."""
        promised, scheduled, followed, waiting = (rows.filter(day__gte=self.period.first) for rows in self._lists())
        return promised, scheduled.filter(self._alone()), followed.filter(self._free()), waiting.filter(self._free())

    def _alone(self) -> Q:
        """Of scheduled contacts: one of the programmes, the customer has no other, and it is neither settled nor promised meanwhile."""
        named = {name: OuterRef(name) for name in _KEY}
        settled = Q(open=False) | Exists(Promise.objects.filter(open=True, occurrence=OuterRef("pk")))
        others = self.scheduled.filter(customer=OuterRef("customer")).exclude(pk=OuterRef("pk"))
        return self._named & ~Exists(others) & ~Exists(self.occurrences.filter(settled, **named))

    def _free(self) -> Q:
        """Of occurrences: no bundle of the customer may hold it."""
        of_customer = self.scheduled.filter(customer=OuterRef("customer"))
        return Q(~Exists(of_customer.annotate(others=Cast("bundled", TextField())).exclude(others="[]")))

    def _of_occurrence(self, live: Q) -> Exists:
        return Exists(self.occurrences.filter(Q(open=True) | live, pk=OuterRef("occurrence")))

    def _of_programmes(self) -> QuerySet[ScheduledContact]:
        """Scheduled contacts that may hold one of the programmes; what is bundled is only looked through for their names."""
        bundled = Q()
        for programme in self.programmes:
            bundled |= Q(others__contains=f'"{programme}"')
        return self.until.annotate(others=Cast("bundled", TextField())).filter(self._named | bundled)

    def _taken(self, places: Collection[Row]) -> Iterator[_Entry]:
        """The entries that stand at these places, with what is read of all their customers at once."""
        customers = {place["customer_id"] for place in places}
        scheduled = self._schedule_of(customers)
        ids = {place.get("occurrence_id", place["id"]) for place in places if place["rank"] != _AS_SCHEDULED}
        causes = {key[3] for key in scheduled}
        found = self.occurrences.filter(Q(pk__in=ids) | Q(cause__in=causes), customer__in=customers).values(*_KNOWN)
        known = {_key(row): row for row in found}
        numbers = {row["id"]: key for key, row in known.items()}
        promises = _promises(numbers)
        held: dict[int, list[Key]] = defaultdict(list)
        for key, contact in scheduled.items():
            row = known.get(key)
            if row is None or (row["id"] not in promises and self._open(row)):
                held[contact["id"]].append(key)
        for place in places:
            number = place.get("occurrence_id", place["id"])
            if place["rank"] == _AS_SCHEDULED:
                yield from (_Entry(key, known.get(key), scheduled[key], None) for key in held[number])
            elif number in numbers and (place["rank"] == _PROMISED or numbers[number] not in scheduled):
                key = numbers[number]
                yield _Entry(key, known[key], scheduled.get(key), promises.get(number))

    def _schedule_of(self, customers: Collection[int]) -> dict[Key, Row]:
        """The scheduled contact of every occurrence of these customers; what was scheduled in two weeks stands in the later one."""
        found = {}
        for row in self.scheduled.filter(customer__in=customers).order_by("day", "id").values(*_SCHEDULED):
            for playbook, programme, cause in ((row["playbook"], row["programme"], row["cause"]), *row["bundled"]):
                if playbook == self.playbook.playbook and programme in self.programmes:
                    found[playbook, programme, row["customer_id"], cause] = row
        return found

    def _open(self, row: Row) -> bool:
        """Whether it is still to be done, or a follow-up of the period was made for it."""
        made = row["followup_id"] is not None and row["followup__state"] != FollowUp.State.WITHDRAWN
        return row["open"] or (made and self.period.first <= row["followup__day"] <= self.period.last)

    def _lines(self, entries: Collection[_Entry]) -> Iterator[Line]:
        customers = customers_of({entry.key[2] for entry in entries})
        points = points_of(customers)
        rows = [entry.row for entry in entries if entry.row]
        events = by_id(Event.objects.filter(pk__in={row["event_id"] for row in rows if row["event_id"]}), *EVENT)
        worked = Worked({row["followup_id"] for row in rows if row["followup_id"]}, self.period)
        for entry in entries:
            line = self._line(entry)
            line.customer = customers[entry.key[2]]
            line.phone, line.address = points.get((entry.key[2], "phone"), ""), points.get((entry.key[2], "address"), "")
            if entry.row:
                line.event = events.get(entry.row["event_id"], {})
                line.event_staff = line.event.get("staff__name") or ""
                worked.fill(line, {entry.row["followup_id"]} - {None})
            yield line

    def _line(self, entry: _Entry) -> Line:
        """Without what is read for all rows together."""
        line = Line({}, entry.key, programme=entry.key[1], staff=entry.staff, planned=entry.when)
        if entry.row is not None:
            line.due, line.deadline, line.channel = entry.row["due"], entry.row["deadline"], entry.row["followup__channel"] or ""
        if entry.contact is not None:
            line.channel = entry.contact["channel"]
            line.due, line.deadline = line.due or entry.contact["due"], line.deadline or entry.contact["deadline"]
        programme = self.playbook.programmes.get(entry.key[1])
        line.channel = line.channel or (programme.through[0].value if programme and programme.through else "")
        return line


def _ordered(rows: QuerySet[Any], rank: int, person: str) -> QuerySet[Any]:
    found: QuerySet[Any] = rows.annotate(rank=Value(rank), person=Coalesce(f"{person}_id", Value(0)))
    return found


def _promises(occurrences: Collection[int]) -> dict[int, Row]:
    rows = Promise.objects.filter(open=True, occurrence__in=occurrences).order_by("-opens_at", "-id")
    return {row["occurrence_id"]: row for row in rows.values("occurrence_id", "opens_at", "staff__name")}


def _key(row: Row) -> Key:
    return tuple(row[name] for name in _KEY)
