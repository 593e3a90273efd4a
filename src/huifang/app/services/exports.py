"""Taking registers out of the system: who may, how much, and a line in the audit trail for each."""

from __future__ import annotations

from datetime import date

from huifang.app.access import EXPORT, require
from huifang.app.records.models import Staff
from huifang.app.services import audit
from huifang.domain.errors import NotAllowed, Problem
from huifang.domain.words import Words

ALONE = 1_000
"""Rows that one person may take out by themselves; more need a second person's word (`export_requests`)."""


def note(by: Staff | None, playbook: str, register: str, first: date, last: date, rows: int, form: str) -> None:
    """Allow and note one export. Raises `NotAllowed` for more than `ALONE` rows; the command line (`by` None) takes any number."""
    if by is not None:
        require(by, EXPORT)
        if rows > ALONE:
            raise NotAllowed(
                Problem(
                    "export.too-many",
                    Words(
                        f"这份文件有 {rows} 行，超过一人可导出的 {ALONE} 行。",
                        f"This file has {rows} rows; one person may take out {ALONE}.",
                    ),
                    Words(
                        "请在原页面申请导出，由另一人批准；或选择单个门店、更短的期间。",
                        "Ask for it on its page, and another person allows it; or choose one branch or a shorter period.",
                    ),
                )
            )
    audit.write(by, "register.exported", f"{playbook}/{register}", first=first.isoformat(), last=last.isoformat(), rows=rows, form=form)
