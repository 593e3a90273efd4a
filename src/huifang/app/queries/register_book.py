"""The book of customers: every customer a person may see, each with the last contact up to a day, read as many as are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import overload

from django.db.models import Max, Q, QuerySet

from huifang.app.access import customers_for
from huifang.app.queries.pages import page_behind
from huifang.app.queries.register_cells import Cell, Cells
from huifang.app.queries.register_line import Line, Period, Row, Worked, customers_of, points_of
from huifang.app.queries.register_rows import with_facts
from huifang.app.records.models import Attempt, Customer, FollowUp, Occurrence, Promise, Staff
from huifang.playbooks.schema import Playbook, Register

AT_ONCE = 1_000
"""Customers whose rows are in memory at the same time when all of them are read."""
Cellular = tuple[Cell, ...]


class Book(Sequence[Cellular]):
    """The rows of a register of customers, by their codes. Its length is one query; any part of it takes a constant number of them.

    A customer is in the book while they are one: not merged, not closed, not deceased, of the kinds the playbook follows up, and seen no
    later than the period's last day.
    """

    def __init__(self, staff: Staff, playbook: Playbook, register: Register, period: Period, branch: int | None, cells: Cells) -> None:
        self.playbook, self.register, self.period, self.cells = playbook, register, period, cells
        rows = customers_for(staff).filter(status=Customer.Status.ACTIVE, kind__in=playbook.subjects)
        rows = rows.filter(Q(first_seen=None) | Q(first_seen__lte=period.last))
        self.customers: QuerySet[Customer] = (rows if branch is None else rows.filter(branch=branch)).order_by("code")

    @cached_property
    def _number(self) -> int:
        return self.customers.count()

    def __len__(self) -> int:
        return self._number

    @overload
    def __getitem__(self, place: int) -> Cellular: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Cellular]: ...
    def __getitem__(self, place: int | slice) -> Cellular | Sequence[Cellular]:
        if isinstance(place, int):
            return self[place : place + 1][0]
        first, last, _step = place.indices(len(self))
        return self._rows(list(self.customers[first:last].values_list("pk", flat=True)), first)

    def __iter__(self) -> Iterator[Cellular]:
        """All of them, `AT_ONCE` at a time: each part begins after the last code of the one before, so it costs as much as the first."""
        after, number = "", 0
        while part := list(self.customers.filter(code__gt=after).values_list("code", "pk")[:AT_ONCE]):
            yield from self._rows([pk for _code, pk in part], number)
            after, number = part[-1][0], number + len(part)

    def page(self, after: str, size: int) -> tuple[Sequence[Cellular], int, str]:
        """The page behind a place, how many rows stand before it, and the place of the next page (empty on the last).

        A place is the number of rows before it and their last code, so that a row keeps its number.
        """
        told, _, place = after.partition(".")
        number = int(told) if told.isdecimal() and len(told) < 12 else 0
        page = page_behind(self.customers.values("code", "pk"), ("code",), place if number else "", size)
        rows = self._rows([row["pk"] for row in page.rows], number)
        return rows, number, f"{number + len(rows)}.{page.after}" if page.after else ""

    def _rows(self, ids: list[int], before: int) -> list[Cellular]:
        lines = self._lines(ids)
        with_facts(self.playbook, self.register, lines, self.period.last)
        return [self.cells.row(self.register, line, number) for number, line in enumerate(lines, before + 1)]

    def _lines(self, ids: list[int]) -> list[Line]:
        customers, last, following = customers_of(ids), self._last(ids), self._next(ids)
        points = points_of(customers)
        worked = Worked(set(last.values()), Period(date.min, self.period.last))
        found = []
        for pk in ids:
            phone, address = points.get((pk, "phone"), ""), points.get((pk, "address"), "")
            line = Line(customers[pk], phone=phone, address=address, next=following.get(pk))
            if pk in last:
                worked.fill(line, {last[pk]})
                _reached(line, worked)
            found.append(line)
        return found

    def _last(self, ids: list[int]) -> dict[int, int]:
        """The follow-up of each customer's last contact: the last in which they were reached, else the last that was tried."""
        tried = Attempt.objects.filter(customer__in=ids, day__lte=self.period.last, followup__in=self._followups(ids).values("pk")).exclude(
            outcome=""
        )
        best = tried.values("customer_id", "reached").annotate(at=Max("at"))
        wanted = {row["customer_id"]: row["at"] for row in best.order_by("reached")}  # reached comes last and stays
        moments = tried.filter(at__in=set(wanted.values())).order_by("id").values_list("customer_id", "at", "followup_id")
        return {customer: followup for customer, at, followup in moments if wanted[customer] == at}

    def _followups(self, ids: list[int]) -> QuerySet[FollowUp]:
        programmes = self.register.programmes or tuple(self.playbook.programmes)
        return FollowUp.objects.filter(customer__in=ids, playbook_version__playbook=self.playbook.playbook, programme__in=programmes)

    def _next(self, ids: list[int]) -> dict[int, date | datetime]:
        """What is agreed with each customer, else the first day that something of the playbook waits for."""
        waiting = Occurrence.objects.filter(customer__in=ids, open=True, playbook=self.playbook.playbook).order_by("due", "id")
        found: dict[int, date | datetime] = {}
        row: Row
        for row in waiting.values("customer_id", "due", "until", "next_on"):
            day = row["next_on"] or row["until"] or row["due"]
            found[row["customer_id"]] = min(found.get(row["customer_id"], day), day)
        promised = Promise.objects.filter(customer__in=ids, open=True).order_by("-opens_at").values_list("customer_id", "opens_at")
        return found | dict(promised)


def _reached(line: Line, worked: Worked) -> None:
    """What was tried in vain after a customer was reached is not their last contact."""
    if reached := [attempt for attempt in line.attempts if attempt["reached"]]:
        line.attempts, line.record = reached, worked.records.get(reached[-1]["id"], {})
    line.programme = line.last_attempt["programme"]
