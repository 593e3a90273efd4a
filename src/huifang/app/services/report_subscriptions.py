"""Who gets which report by mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from huifang.app.access import EXPORT, SEE_INDICATORS, SEND_REPORTS, branches_for, may, require, staff_for, subscriptions_for
from huifang.app.business_time import business_day
from huifang.app.queries.report_plans import report_plan
from huifang.app.records.models import Branch, ReportSubscription, Staff
from huifang.app.services import audit
from huifang.channels.mail import checked_address
from huifang.domain.errors import Invalid, NotAllowed, Problem
from huifang.domain.words import Words


@dataclass(frozen=True, slots=True)
class Wanted:
    """One report for one person."""

    playbook: str
    report: str
    form: str
    to: int
    address: str
    branch: Branch | None = None


def subscribe(by: Staff, wanted: Wanted, now: datetime) -> ReportSubscription:
    """Have a report sent from its next end on. Raises `Invalid` for what cannot be, `NotAllowed` for people or branches out of sight."""
    require(by, SEND_REPORTS)
    to = staff_for(by).filter(pk=wanted.to).first() or (by if by.pk == wanted.to else None)
    out_of_sight = wanted.branch is not None and not branches_for(by).filter(pk=wanted.branch.pk).exists()
    if to is None or out_of_sight:
        raise NotAllowed(
            Problem(
                "report.recipient",
                Words("找不到这位同事或这个门店。", "There is no such colleague or branch."),
                Words("请从列表里选择。", "Choose from the list."),
            )
        )
    _fits(to, wanted)
    address = checked_address(wanted.address)
    with transaction.atomic():
        made = ReportSubscription.objects.create(
            playbook=wanted.playbook, report=wanted.report, form=wanted.form, to=to, address=address, branch=wanted.branch,
            since=business_day(now), made_by=by,
        )  # fmt: skip
        audit.write(by, "report.subscribed", f"subscription:{made.pk}", report=f"{wanted.playbook}/{wanted.report}", to=to.code)
    return made


def stop(by: Staff, subscription_id: int) -> None:
    """Send it no more. Raises `NotAllowed` for one out of sight."""
    require(by, SEND_REPORTS)
    with transaction.atomic():
        found = subscriptions_for(by).filter(pk=subscription_id, active=True)
        if not found.update(active=False):
            raise NotAllowed(missing())
        audit.write(by, "report.stopped", f"subscription:{subscription_id}")


def note_taken(by: Staff, playbook: str, report: str, first: date, form: str) -> None:
    """Allow and note that somebody takes a report out as a file."""
    require(by, SEE_INDICATORS)
    require(by, EXPORT)
    audit.write(by, "report.taken", f"{playbook}/{report}", first=first.isoformat(), form=form)


def missing() -> Problem:
    """There is no such mailing for this person."""
    return Problem(
        "report.missing",
        Words("找不到这项发送设置。", "There is no such mailing."),
        Words("它可能已被停用，请刷新页面。", "It may have been stopped; reload the page."),
    )


def _fits(to: Staff, wanted: Wanted) -> None:
    """The report, the form, and that the recipient may see figures at all."""
    plan = report_plan(wanted.playbook, wanted.report)
    if plan is None or wanted.form not in ReportSubscription.Form.values:
        raise Invalid(
            Problem(
                "report.unknown",
                Words("没有这份报告或这种格式。", "There is no such report or form."),
                Words("请从列表里选择。", "Choose from the list."),
            )
        )
    if not may(to, SEE_INDICATORS):
        raise Invalid(
            Problem(
                "report.role",
                Words(f"{to.name} 的角色不能看报告。", f"The role of {to.name} may not see reports."),
                Words("请选择主管或经理。", "Choose a supervisor or a manager."),
            )
        )
