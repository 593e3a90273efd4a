"""Cases: the list by its clocks, in pages that go on where the last one ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from huifang.app.access import cases_for
from huifang.app.business_time import business_moment
from huifang.app.formats import span_words
from huifang.app.queries import occasions
from huifang.app.queries.pages import page_behind
from huifang.app.queries.timeline import Names
from huifang.app.records.models import Case, Staff

PAGE = 50
_FIELDS = (
    "id", "number", "kind", "title", "customer_id", "customer__name", "owner__name", "state", "first_answer_due", "solve_due", "opened_at",
    "paused_at", "lane", "level", "round", "sorted_at", "record_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filters:
    """Which cases: `show` is open, mine, overdue, closed or all; empty and None stand for all. `after` is where the last page ended."""

    show: str = "open"
    kind: str = ""
    level: int | None = None
    branch: int | None = None
    cause: str = ""
    first: date | None = None
    last: date | None = None
    """Opened on these days or between them."""
    after: str = ""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case in the list. `clock` says how long is left or how late it is."""

    number: str
    kind: str
    title: str
    customer_id: int
    customer: str
    owner: str
    state: str
    clock: str
    late: bool
    opened_at: datetime
    fast: bool
    level: int
    reopened: int
    about: str
    """What the contact that it was opened from was about; empty where there was none."""


@dataclass(frozen=True, slots=True)
class CasePage:
    """Rows, where the next page begins (empty on the last), and how many are open, one's own, overdue."""

    rows: tuple[CaseRow, ...]
    after: str
    counts: dict[str, int]


def cases_page(staff: Staff, names: Names, now: datetime, language: str, filters: Filters) -> CasePage:
    """A page of the cases in the person's scope: the fast lane first, then by the clock that runs out first; closed ones latest first.

    Two queries, and one for 25 of its rows; a page costs the same however deep it lies.
    """
    counts = _narrowed(cases_for(staff), filters).aggregate(
        open=Count("pk", filter=_open()), mine=Count("pk", filter=_open() & Q(owner=staff)), overdue=Count("pk", filter=_overdue(now)),
    )  # fmt: skip
    rows = _shown(_narrowed(cases_for(staff), filters), filters.show, staff, now)
    latest_first = filters.show in ("closed", "all")
    order = ("-sorted_at", "-id") if latest_first else ("lane", "sorted_at", "id")
    page = page_behind(rows.values(*_FIELDS), order, filters.after, PAGE)
    about = occasions.events_of([row["record_id"] for row in page.rows if row["record_id"] is not None])
    return CasePage(
        tuple(_row(row, occasions.short(about.get(row["record_id"], ()), names), names, now, language) for row in page.rows),
        page.after, counts,
    )  # fmt: skip


def clock_of(
    state: str, answer_due: datetime | None, solve_due: datetime | None, now: datetime, language: str, *, paused: bool = False
) -> tuple[str, bool]:
    """What the running clock says: the first answer's while it is open, then the solution's; nothing once it is solved."""
    due = {Case.State.OPEN: answer_due or solve_due, Case.State.ANSWERED: solve_due}.get(Case.State(state))
    chinese = language.startswith("zh")
    if paused and state == Case.State.ANSWERED:
        return "暂停计时" if chinese else "on hold", False
    if due is None:
        return "", False
    late = due < now
    span = span_words(now - due if late else due - now, language)
    if chinese:
        return (f"已超 {span}" if late else f"还剩 {span}"), late
    return (f"{span} late" if late else f"{span} left"), late


def case_of(staff: Staff, number: str) -> Case | None:
    """A case in the person's scope. One query."""
    related = (
        "customer__branch",
        "owner",
        "branch",
        "record__attempt",
        "record__staff",
        "playbook_version",
        "measure__owner",
        "merged_into",
        "split_from",
    )
    return cases_for(staff).select_related(*related).filter(number=number).first()


def _open() -> Q:
    return ~Q(state=Case.State.CLOSED)


def _overdue(now: datetime) -> Q:
    return Q(state__in=[Case.State.OPEN, Case.State.ANSWERED], sorted_at__lt=now)


def _narrowed(rows: QuerySet[Case], filters: Filters) -> QuerySet[Case]:
    rows = rows.filter(kind=filters.kind) if filters.kind else rows
    rows = rows.filter(level__gte=filters.level) if filters.level else rows
    rows = rows.filter(branch=filters.branch) if filters.branch else rows
    rows = rows.filter(cause=filters.cause, merged_into=None) if filters.cause else rows
    rows = rows.filter(opened_at__gte=business_moment(filters.first, time())) if filters.first else rows
    return rows.filter(opened_at__lt=business_moment(filters.last + timedelta(days=1), time())) if filters.last else rows


def _shown(rows: QuerySet[Case], show: str, staff: Staff, now: datetime) -> QuerySet[Case]:
    match show:
        case "mine":
            return rows.filter(_open(), owner=staff)
        case "overdue":
            return rows.filter(_overdue(now))
        case "closed":
            return rows.filter(state=Case.State.CLOSED)
        case "all":
            return rows
        case _:
            return rows.filter(_open())


def _row(row: dict[str, Any], about: str, names: Names, now: datetime, language: str) -> CaseRow:
    paused = row["paused_at"] is not None
    clock, late = clock_of(str(row["state"]), row["first_answer_due"], row["solve_due"], now, language, paused=paused)
    return CaseRow(
        row["number"], names.case(row["kind"]), row["title"], row["customer_id"], row["customer__name"], row["owner__name"] or "",
        row["state"], clock, late, row["opened_at"], row["lane"] == 0, row["level"], row["round"] - 1,
        about,
    )  # fmt: skip
