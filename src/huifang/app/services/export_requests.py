"""Exports of more rows than one person may take out: one asks, another allows, the link works once and not for long."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from huifang.app.access import ALLOW_EXPORTS, EXPORT, branches_for, exports_for, require
from huifang.app.records.models import Branch, ExportRequest, Role, Staff
from huifang.app.services import audit, notices
from huifang.app.services.exports import ALONE
from huifang.domain.errors import Conflict, Invalid, NotAllowed, Problem
from huifang.domain.words import Words

WAITS = timedelta(days=7)
"""How long a request waits for the second person."""
OPEN = timedelta(hours=24)
"""How long what was allowed can be taken."""
_State = ExportRequest.State
_DECIDING = (Role.MANAGER, Role.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A register, or the answers to a questionnaire, as somebody wants it: period with both days, one branch or all they see, the form of
    the file; `choice` says which answers.
    """

    playbook: str
    register: str
    first: date
    last: date
    branch: Branch | None
    form: str
    kind: str = ExportRequest.Kind.REGISTER.value
    choice: str = ""


def ask(by: Staff, wanted: Wanted, rows: int, now: datetime) -> ExportRequest:
    """Ask for an export of `rows` rows and tell those who may allow it; asked again while it is open, it stays the same request.

    Raises `NotAllowed` without the right or for a branch that is not the asker's, `Invalid` where no second person is needed.
    """
    require(by, EXPORT)
    if rows <= ALONE:
        raise Invalid(
            Problem(
                "export.few",
                Words("行数不多，可以直接导出。", "So few rows can be taken out at once."),
                Words("请直接下载。", "Download the file."),
            )
        )
    branches = _branches(by, wanted.branch)
    with transaction.atomic():
        Staff.objects.select_for_update(no_key=True).get(pk=by.pk)
        known = open_of(by, wanted, now)
        if known is not None:
            return known
        request = ExportRequest.objects.create(
            by=by, playbook=wanted.playbook, register=wanted.register, first=wanted.first, last=wanted.last, branch=wanted.branch,
            form=wanted.form, kind=wanted.kind, choice=wanted.choice, rows=rows, everything=_everything(by, wanted.branch),
            asked_at=now, until=now + WAITS,
        )  # fmt: skip
        request.branches.set(branches)
        words = Words(f"有人申请导出 {rows} 行数据，等待您批准。", f"Somebody asks to take out {rows} rows.")
        notices.tell(_deciders(request), words, f"export:{request.pk}", now)
        audit.write(by, "export.asked", f"export:{request.pk}", **_told(request))
    return request


def open_of(by: Staff, wanted: Wanted, now: datetime) -> ExportRequest | None:
    """One's own request for exactly this that waits or is allowed."""
    return ExportRequest.objects.filter(
        by=by, playbook=wanted.playbook, register=wanted.register, first=wanted.first, last=wanted.last, branch=wanted.branch,
        form=wanted.form, kind=wanted.kind, choice=wanted.choice, state__in=(_State.WAITING, _State.ALLOWED), until__gt=now,
    ).first()  # fmt: skip


def decide(by: Staff, request_id: int, now: datetime, *, allowed: bool) -> ExportRequest:
    """The second person's word; the asker is told. Raises `NotAllowed` to the asker and those who do not see all of it, `Conflict`."""
    require(by, ALLOW_EXPORTS)
    with transaction.atomic():
        request = ExportRequest.objects.select_for_update(of=("self",), no_key=True).select_related("by").filter(pk=request_id).first()
        if request is None or not exports_for(by).filter(pk=request_id).exists():
            raise _not_yours()
        if request.by_id == by.pk:
            raise NotAllowed(
                Problem(
                    "export.own",
                    Words("自己的申请不能自己批准。", "You cannot allow your own request."),
                    Words("请由另一位经理或管理员批准。", "Another manager or administrator allows it."),
                )
            )
        if request.state != _State.WAITING or request.until <= now:
            raise _too_late()
        request.state, request.decided_by, request.decided_at = _State.ALLOWED if allowed else _State.REFUSED, by, now
        if allowed:
            request.until, request.token = now + OPEN, secrets.token_urlsafe(32)
        request.save(update_fields=["state", "decided_by", "decided_at", "until", "token"])
        said = (
            Words("已批准，24 小时内可下载一次", "is allowed: take it once within 24 hours") if allowed else Words("未获批准", "is refused")
        )
        words = Words(f"您申请的导出{said.zh}。", f"The export you asked for {said.en}.")
        notices.tell([request.by], words, f"export:{request.pk}", now)
        audit.write(by, f"export.{request.state}", f"export:{request.pk}", **_told(request))
    return request


def find(by: Staff, request_id: int, token: str, now: datetime) -> ExportRequest:
    """One's own allowed request behind a link, not yet taken. Raises `NotAllowed` for another's or a wrong link, `Conflict` too late."""
    require(by, EXPORT)
    request = ExportRequest.objects.filter(pk=request_id, by=by).select_related("branch", "decided_by").first()
    if request is None or not request.token or not hmac.compare_digest(request.token.encode(), token.encode()):
        raise _not_yours()
    if request.state != _State.ALLOWED or request.until <= now:
        raise _too_late()
    held = set(request.branches.values_list("pk", flat=True))
    if not request.everything and (_everything(by, request.branch) or {one.pk for one in _branches(by, request.branch)} - held):
        raise Conflict(
            Problem(
                "export.scope",
                Words("您的门店范围在批准后变了。", "Your branches have changed since it was allowed."),
                Words("请重新申请。", "Ask again."),
            )
        )
    return request


def take(by: Staff, request: ExportRequest, rows: int, now: datetime) -> None:
    """Spend the link: once, whoever tries at the same moment. Raises `Conflict` where it is spent or too late."""
    with transaction.atomic():
        open_ones = ExportRequest.objects.filter(pk=request.pk, by=by, state=_State.ALLOWED, until__gt=now)
        if not open_ones.update(state=_State.TAKEN, taken_at=now):
            raise _too_late()
        if request.decided_by is not None:
            words = Words("您批准的导出已被取走。", "The export you allowed has been taken out.")
            notices.tell([request.decided_by], words, f"export:{request.pk}", now)
        told = _told(request) | {"rows": rows}
        audit.write(by, "export.taken", f"export:{request.pk}", allowed_by=request.decided_by_id, **told)


def _deciders(request: ExportRequest) -> list[Staff]:
    people = Staff.objects.filter(is_active=True, role__in=_DECIDING).exclude(pk=request.by_id)
    return [one for one in people if exports_for(one).filter(pk=request.pk).exists()]


def _everything(by: Staff, branch: Branch | None) -> bool:
    return branch is None and by.all_branches


def _branches(by: Staff, branch: Branch | None) -> list[Branch]:
    if branch is None:
        return list(branches_for(by))
    if not branches_for(by).filter(pk=branch.pk).exists():
        raise _not_yours()
    return [branch]


def _told(request: ExportRequest) -> dict[str, object]:
    return {
        request.kind: f"{request.playbook}/{request.register}", "first": request.first.isoformat(), "last": request.last.isoformat(),
        "rows": request.rows, "form": request.form, "branch": request.branch_id,
    }  # fmt: skip


def _not_yours() -> NotAllowed:
    return NotAllowed(
        Problem(
            "export.not-yours",
            Words("没有这个导出申请，或它不归您处理。", "There is no such export request, or it is not yours."),
            Words("请从登记表或问卷结果页打开。", "Open it from the page of the register or the results."),
        )
    )


def _too_late() -> Conflict:
    return Conflict(
        Problem(
            "export.closed",
            Words("这个导出申请已处理、已取走或已过期。", "This export request was decided, taken out or is past its time."),
            Words("需要时请重新申请。", "Ask again if you need it."),
        )
    )
