"""The registers of the playbooks in force: on the screen, on paper, as files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from huifang.app import business_clock
from huifang.app.access import EXPORT, PLAN_WEEK, SEE_EXPORTS, SEE_REGISTERS, may
from huifang.app.business_time import business_day, business_zone
from huifang.app.queries.playbooks import in_force
from huifang.app.queries.register_cells import Cell
from huifang.app.queries.register_line import Period
from huifang.app.queries.registers import Sheet, Sign, coming, period_of, sheet, sheet_page
from huifang.app.queries.week_schedule import weeks
from huifang.app.records.models import Branch, Staff
from huifang.app.reports.pdf import MOST, register_pdf
from huifang.app.reports.writing import cell_text, file_name
from huifang.app.reports.xlsx import register_xlsx
from huifang.app.services import export_requests, exports, week_schedules
from huifang.app.web import picking
from huifang.app.web.guard import needs, person
from huifang.app.web.large_files import Asking, asking
from huifang.playbooks.schema import Playbook, Register

SHOWN = 100
"""Rows of a page; files hold all. What is printed of a longer register says which rows it has, and only its end is signed."""
CARDS = 20
"""Cards of a page; each is signed by itself."""
COUNTED = 2_000
"""A page counts no more rows than these, unless it is asked to; a PDF holds as many."""
_WIDE = 1.5
TYPES = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "pdf": "application/pdf"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell as the page writes it, with its class."""

    text: str
    look: str


@dataclass(frozen=True, slots=True)
class Printed:
    """A row as the page writes it: its cells, and the signature lines of its card."""

    cells: list[Shown]
    signs: tuple[Sign, ...]


@require_safe
@needs(SEE_REGISTERS)
def registers(request: HttpRequest) -> HttpResponse:
    """All registers of the playbooks in force."""
    books = [one.playbook for one in in_force()]
    return render(request, "web/registers.html", {"books": books, "exports": may(person(request), SEE_EXPORTS)})


@require_safe
@needs(SEE_REGISTERS)
def register(request: HttpRequest, playbook: str, key: str) -> HttpResponse:
    """One register for the period that a day lies in; ``?count=all`` counts it whatever its length."""
    book, form = form_of(playbook, key)
    staff, choice = person(request), picking.branches(person(request))
    today = business_day(business_clock.now())
    branch, day = picking.branch_of(request, choice), _day(request, form)
    period, whole = period_of(form, day), request.GET.get("count") == "all"
    query, most = _query(period, branch) + ("&count=all" if whole else ""), None if whole else COUNTED
    language, size = get_language() or "zh-hans", CARDS if form.layout == "card" else SHOWN
    page = sheet_page(staff, book, key, period, language, branch, after=picking.after_of(request), size=size, most=most)
    filled, after = page.sheet, period.last + timedelta(days=1)
    return render(
        request,
        "web/register.html",
        {
            "sheet": filled,
            "rows": [Printed(_arranged([_shown(cell) for cell in row.cells], filled), filled.signs(row)) for row in filled.rows],
            "page": page,
            "total": page.total,
            "uncounted": page.total is None,
            "parted": page.before > 0 or bool(page.after),
            "counted": COUNTED,
            "first": page.before + 1,
            "last": page.before + len(filled.rows),
            "branches": choice,
            "branch": branch,
            "day": day,
            "book": book,
            "period": period,
            "one_day": period.first == period.last,
            "before": period.first - timedelta(days=1),
            "after": after if after <= today or form.rows == "planned" else None,
            "form": form,
            "weeks": weeks(staff, branch, period.first, period.last, today) if form.rows == "planned" else None,
            "plans": may(staff, PLAN_WEEK),
            "files": may(staff, EXPORT),
            "most": exports.ALONE,
            "asking": _asking(staff, book, key, period, branch, COUNTED + 1 if page.total is None else page.total),
            "query": query,
        },
    )


@require_safe
@needs(EXPORT)
def register_file(request: HttpRequest, playbook: str, key: str, ending: str) -> HttpResponse:
    """The register as XLSX or PDF; noted in the audit trail."""
    book, form = form_of(playbook, key)
    if ending not in TYPES:
        raise Http404
    staff, language = person(request), get_language() or "zh-hans"
    branch = picking.branch_of(request, picking.branches(staff))
    filled = sheet(staff, book, key, period_of(form, _day(request, form)), language, branch)
    exports.note(staff, playbook, key, filled.period.first, filled.period.last, len(filled.rows), ending)
    return download(filled, ending, document(filled, ending, language))


def download(filled: Sheet, ending: str, content: bytes) -> HttpResponse:
    """A register's file on its way to the person."""
    header = content_disposition_header(as_attachment=True, filename=file_name(filled, ending)) or "attachment"
    return HttpResponse(content, content_type=TYPES[ending], headers={"Content-Disposition": header})


def document(filled: Sheet, ending: str, language: str) -> bytes:
    """A register's file in one of `TYPES`."""
    zone = business_zone()
    return register_pdf(filled, zone, language) if ending == "pdf" else register_xlsx(filled, zone)


@require_POST
@needs(PLAN_WEEK)
def register_propose(request: HttpRequest, playbook: str, key: str) -> HttpResponse:
    """Ask for the schedules that a plan's period still lacks; they are made in the background."""
    _book, form = form_of(playbook, key)
    if form.rows != "planned":
        raise BadRequest
    staff = person(request)
    branch, period = picking.branch_of(request, picking.branches(staff)), period_of(form, _day(request, form))
    week_schedules.propose_missing(staff, branch, period.first, period.last, business_clock.now())
    return redirect(f"{reverse('register', args=[playbook, key])}?{_query(period, branch)}")


def _day(request: HttpRequest, form: Register) -> date:
    """The day that is asked for, else the one the register opens on."""
    return picking.day_of(request) if "day" in request.GET else coming(form, business_day(business_clock.now()))


def _query(period: Period, branch: Branch | None) -> str:
    return f"day={period.first}{f'&branch={branch.pk}' if branch else ''}"


def _asking(staff: Staff, book: Playbook, key: str, period: Period, branch: Branch | None, rows: int) -> list[Asking]:
    """Each kind of file of a register with too many rows for one person."""
    query = _query(period, branch)
    wanted = (
        (
            export_requests.Wanted(book.playbook, key, period.first, period.last, branch, form),
            f"{reverse('register-ask', args=[book.playbook, key, form])}?{query}",
        )
        for form in TYPES
        if form != "pdf" or rows <= MOST
    )
    return asking(staff, rows, wanted)


def form_of(playbook: str, key: str) -> tuple[Playbook, Register]:
    """A register's playbook in force and its form; raises `Http404`."""
    for one in in_force():
        if one.playbook.playbook == playbook and key in one.playbook.registers:
            return one.playbook, one.playbook.registers[key]
    raise Http404


def _arranged(cells: list[Shown], filled: Sheet) -> list[Shown]:
    """A card's fields stand two abreast; long ones, and whatever is left alone in its line, over the whole width."""
    if filled.layout != "card":
        return cells
    over = [cell.look == "said" or column.width > _WIDE for cell, column in zip(cells, filled.columns, strict=True)]
    half = False
    for place, long in enumerate(over):
        if half and long:
            over[place - 1] = True
        half = not (half or long)
    if half:
        over[-1] = True
    return [Shown(cell.text, "over" if long else "") for cell, long in zip(cells, over, strict=True)]


def _shown(cell: Cell) -> Shown:
    text = cell_text(cell, business_zone())
    if isinstance(cell, date):
        return Shown(text, "day")
    if isinstance(cell, int | float):
        return Shown(text, "end")
    return Shown(text, "said" if len(text) > 22 or "\n" in text else "" if len(text) <= 12 else "wrap")
