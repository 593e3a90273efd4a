"""Requests for large exports as people see them: what waits for their word, and their own. Two queries and one for the branches of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from huifang.app.access import ALLOW_EXPORTS, exports_for, may
from huifang.app.records.models import ExportRequest, Staff
from huifang.playbooks.schema import Playbook, Questionnaire, Register

SHOWN = 50
FORMS = {"xlsx": "Excel", "pdf": "PDF", "csv": "CSV", "sav": "SPSS", "json": "JSON"}
_TONES = {"waiting": "warn", "allowed": "good", "refused": "bad", "taken": "line", "past": "line"}


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One request; `state` is ``past`` where its time is over before anything came of it; `token` only for the asker's own open link."""

    id: int
    title: str
    first: date
    last: date
    branch: str
    form: str
    rows: int
    asker: str
    asked_at: datetime
    state: str
    tone: str
    until: datetime
    token: str


def waiting_for(staff: Staff, books: list[Playbook], language: str, now: datetime) -> list[RequestLine]:
    """What waits for this person's word, oldest first."""
    if not may(staff, ALLOW_EXPORTS):
        return []
    rows = exports_for(staff).filter(state=ExportRequest.State.WAITING, until__gt=now).exclude(by=staff)
    return [_line(one, books, language, now) for one in rows.select_related("by", "branch").order_by("asked_at")]


def own(staff: Staff, books: list[Playbook], language: str, now: datetime) -> list[RequestLine]:
    """One's own requests, newest first."""
    rows = exports_for(staff).filter(by=staff).select_related("by", "branch")[:SHOWN]
    return [_line(one, books, language, now) for one in rows]


def _line(one: ExportRequest, books: list[Playbook], language: str, now: datetime) -> RequestLine:
    over = one.state in ("waiting", "allowed") and one.until <= now
    state = "past" if over else one.state
    book = next((book for book in books if book.playbook == one.playbook), None)
    forms: Mapping[str, Register | Questionnaire] = {}
    if book is not None:
        forms = book.questionnaires if one.kind == ExportRequest.Kind.ANSWERS else book.registers
    title = forms[one.register].title.say(language) if one.register in forms else one.register
    branch = one.branch.name if one.branch else ""
    return RequestLine(
        one.pk, title, one.first, one.last, branch, FORMS.get(one.form, one.form), one.rows, one.by.name, one.asked_at, state,
        _TONES[state], one.until, one.token if state == "allowed" else "",
    )  # fmt: skip
