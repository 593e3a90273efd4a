"""Cases: the list by its clocks, one case with its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from huifang.app.access import cases_for
from huifang.app.formats import span_words
from huifang.app.queries.timeline import Names
from huifang.app.records.models import Case, CaseStep, Staff

PAGE = 50


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case in the list. `clock` says how long is left or how late it is; `tone` colours it."""

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


@dataclass(frozen=True, slots=True)
class CasePage:
    """Rows, the offset of the next page (0 on the last), and how many are open and how many late."""

    rows: tuple[CaseRow, ...]
    following: int


def cases_page(staff: Staff, names: Names, now: datetime, language: str, *, closed: bool, mine: bool, offset: int = 0) -> CasePage:
    """A page of the cases in the person's scope: open ones by the clock that runs out first, closed ones by their closing. One query."""
    rows = cases_for(staff).filter(state=Case.State.CLOSED) if closed else cases_for(staff).exclude(state=Case.State.CLOSED)
    rows = rows.filter(owner=staff) if mine else rows
    order = ("-closed_at", "-id") if closed else ("solve_due", "id")
    fields = (
        "number",
        "kind",
        "title",
        "customer_id",
        "customer__name",
        "owner__name",
        "state",
        "first_answer_due",
        "solve_due",
        "opened_at",
    )
    found = list(rows.order_by(*order).values(*fields)[offset : offset + PAGE + 1])
    shown = []
    for row in found[:PAGE]:
        clock, late = clock_of(row["state"], row["first_answer_due"], row["solve_due"], now, language)
        shown.append(
            CaseRow(
                row["number"],
                names.case(row["kind"]),
                row["title"],
                row["customer_id"],
                row["customer__name"],
                row["owner__name"] or "",
                str(Case.State(row["state"]).label),
                clock,
                late,
                row["opened_at"],
            )
        )
    return CasePage(tuple(shown), offset + PAGE if len(found) > PAGE else 0)


def clock_of(state: str, answer_due: datetime | None, solve_due: datetime | None, now: datetime, language: str) -> tuple[str, bool]:
    """What the running clock says: the first answer's while it is open, then the solution's; nothing once it is solved."""
    due = {Case.State.OPEN: answer_due or solve_due, Case.State.ANSWERED: solve_due}.get(Case.State(state))
    if due is None:
        return "", False
    late = due < now
    span = span_words(now - due if late else due - now, language)
    if language.startswith("zh"):
        return (f"已超 {span}" if late else f"还剩 {span}"), late
    return (f"{span} late" if late else f"{span} left"), late


def case_of(staff: Staff, number: str) -> Case | None:
    """A case in the person's scope. One query."""
    return cases_for(staff).select_related("customer", "owner", "branch", "record").filter(number=number).first()


def steps_of(case: Case) -> list[CaseStep]:
    """The history of a case, oldest first. One query."""
    return list(CaseStep.objects.filter(case=case).select_related("by"))
