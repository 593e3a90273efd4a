"""The walk of the cases that were opened in a period, in the order they were opened."""

from __future__ import annotations

from datetime import time, timedelta

from django.db.models import Count, Q, QuerySet

from huifang.app.access import cases_for
from huifang.app.business_time import business_moment
from huifang.app.queries.pages import Page, page_behind
from huifang.app.queries.register_line import CASE, Line, Period, Row, customers_of, points_of
from huifang.app.queries.register_pages import Figure, Walk
from huifang.app.records.models import Case, Staff
from huifang.domain.words import Words
from huifang.playbooks.schema import Playbook


class Cases(Walk):
    """Those of a playbook's kinds that a person may see."""

    def __init__(self, staff: Staff, playbook: Playbook, period: Period, branch: int | None) -> None:
        ends = business_moment(period.last + timedelta(days=1), time())
        found = cases_for(staff).filter(kind__in=playbook.cases, opened_at__lt=ends)
        self.begins = business_moment(period.first, time())
        self.opened: QuerySet[Case] = found if branch is None else found.filter(branch=branch)
        self.cases = self.opened.filter(opened_at__gte=self.begins)

    def page(self, after: str, size: int) -> Page[Line]:
        """Three queries."""
        rows = self.opened.values("customer_id", "record__programme", "record__followup__channel", *CASE)
        page = page_behind(rows, ("opened_at", "id"), after, size, self.begins)
        return Page(tuple(_lines(page.rows)), page.after)

    def some(self, most: int) -> int:
        """One query."""
        return self.cases[:most].count()

    def figures(self) -> tuple[Figure, ...]:
        """One query."""
        found = self.cases.aggregate(all=Count("pk"), closed=Count("pk", filter=Q(state=Case.State.CLOSED)))
        return (Words("工单", "Cases"), found["all"]), (Words("已关闭", "Closed"), found["closed"])


def _lines(rows: tuple[Row, ...]) -> list[Line]:
    customers = customers_of({row["customer_id"] for row in rows})
    points = points_of(customers)
    return [
        Line(
            customer=customers[row["customer_id"]],
            key=row["id"],
            phone=points.get((row["customer_id"], "phone"), ""),
            address=points.get((row["customer_id"], "address"), ""),
            programme=row["record__programme"] or "",
            channel=row["record__followup__channel"] or "",
            staff=row["owner__name"] or "",
            cases=[row],
        )
        for row in rows
    ]
