"""The walk of the book of customers: every customer a person may see, by code, each with the last contact up to a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Max, Q, QuerySet

from huifang.app.access import customers_for
from huifang.app.queries.pages import Page, page_behind
from huifang.app.queries.register_line import Line, Period, Row, Worked, customers_of, points_of
from huifang.app.queries.register_pages import Figure, Walk
from huifang.app.records.models import Attempt, Customer, FollowUp, Occurrence, Promise, Staff
from huifang.domain.words import Words
from huifang.playbooks.schema import Playbook, Register


class Book(Walk):
    """A customer is in the book while they are one: not merged, not closed, not deceased, of the kinds the playbook follows up, and seen no
    later than the period's last day.
    """

    def __init__(self, staff: Staff, playbook: Playbook, register: Register, period: Period, branch: int | None) -> None:
        self.playbook, self.register, self.period = playbook, register, period
        rows = customers_for(staff).filter(status=Customer.Status.ACTIVE, kind__in=playbook.subjects)
        rows = rows.filter(Q(first_seen=None) | Q(first_seen__lte=period.last))
        self.customers: QuerySet[Customer] = rows if branch is None else rows.filter(branch=branch)

    def page(self, after: str, size: int) -> Page[Line]:
        """The customers, and those queries that fill them."""
        page = page_behind(self.customers.values("code", "pk"), ("code",), after, size)
        return Page(tuple(self._lines([row["pk"] for row in page.rows])), page.after)

    def some(self, most: int) -> int:
        """One query."""
        return self.customers[:most].count()

    def figures(self) -> tuple[Figure, ...]:
        """One query."""
        return ((Words("客户", "Customers"), self.customers.count()),)

    def _lines(self, ids: Sequence[int]) -> list[Line]:
        customers, last, following = customers_of(ids), self._last(ids), self._next(ids)
        points = points_of(customers)
        worked = Worked(set(last.values()), Period(date.min, self.period.last))
        found = []
        for pk in ids:
            phone, address = points.get((pk, "phone"), ""), points.get((pk, "address"), "")
            line = Line(customers[pk], pk, phone=phone, address=address, next=following.get(pk))
            if pk in last:
                worked.fill(line, {last[pk]})
                _reached(line, worked)
            found.append(line)
        return found

    def _last(self, ids: Sequence[int]) -> dict[int, int]:
        """The follow-up of each customer's last contact: the last in which they were reached, else the last that was tried."""
        tried = Attempt.objects.filter(customer__in=ids, day__lte=self.period.last, followup__in=self._followups(ids).values("pk")).exclude(
            outcome=""
        )
        best = tried.values("customer_id", "reached").annotate(at=Max("at"))
        wanted = {row["customer_id"]: row["at"] for row in best.order_by("reached")}  # reached comes last and stays
        moments = tried.filter(at__in=set(wanted.values())).order_by("id").values_list("customer_id", "at", "followup_id")
        return {customer: followup for customer, at, followup in moments if wanted[customer] == at}

    def _followups(self, ids: Sequence[int]) -> QuerySet[FollowUp]:
        programmes = self.register.programmes or tuple(self.playbook.programmes)
        return FollowUp.objects.filter(customer__in=ids, playbook_version__playbook=self.playbook.playbook, programme__in=programmes)

    def _next(self, ids: Sequence[int]) -> dict[int, date | datetime]:
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
