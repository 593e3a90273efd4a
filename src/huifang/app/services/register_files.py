"""A register of a playbook in force as a file on this machine, with all rights of the machine's owner."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from huifang.app import business_clock
from huifang.app.business_time import business_day, business_zone
from huifang.app.queries.playbooks import in_force
from huifang.app.queries.registers import coming, period_of, sheet
from huifang.app.records.models import Branch, Role, Staff
from huifang.app.reports.pdf import register_pdf
from huifang.app.reports.xlsx import register_xlsx
from huifang.app.services import exports
from huifang.domain.errors import Invalid, Problem
from huifang.domain.words import Words


def write(name: str, day: date | None, branch_code: str, path: Path, language: str) -> tuple[Path, int]:
    """Write register ``playbook/key`` to `path` (.xlsx or .pdf); the path and how many rows. Raises `Invalid` for what there is not."""
    books = {one.playbook.playbook: one.playbook for one in in_force()}
    playbook, _, key = name.partition("/")
    if playbook not in books or key not in books[playbook].registers:
        known = ", ".join(f"{book}/{register}" for book, one in books.items() for register in one.registers)
        raise _invalid(
            "report.register",
            Words(f"没有登记表“{name}”。", f"There is no register “{name}”."),
            Words(f"可选：{known}", f"There are: {known}"),
        )
    branch = Branch.objects.filter(code=branch_code).first() if branch_code else None
    if branch_code and branch is None:
        said = Words(f"没有门店“{branch_code}”。", f"There is no branch “{branch_code}”.")
        raise _invalid("report.branch", said, Words("请检查门店编号。", "Check its code."))
    if path.suffix not in (".xlsx", ".pdf"):
        said = Words(f"不支持“{path.suffix}”文件。", f"A file cannot be “{path.suffix}”.")
        raise _invalid("report.ending", said, Words("请用 .xlsx 或 .pdf。", "Use .xlsx or .pdf."))
    owner = Staff(role=Role.MANAGER, all_branches=True)
    form = books[playbook].registers[key]
    period = period_of(form, day or coming(form, business_day(business_clock.now())))
    filled = sheet(owner, books[playbook], key, period, language, branch)
    exports.note(None, playbook, key, period.first, period.last, len(filled.rows), path.suffix[1:])
    zone = business_zone()
    path.write_bytes(register_pdf(filled, zone, language) if path.suffix == ".pdf" else register_xlsx(filled, zone))
    return path, len(filled.rows)


def _invalid(code: str, what: Words, remedy: Words) -> Invalid:
    return Invalid(Problem(code, what, remedy))
