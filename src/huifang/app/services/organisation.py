"""The organisation itself: branches, absences, the business's own calendar days. Changed by administrators."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from huifang.app.access import HAND_OVER, MANAGE_STAFF, may, require, staff_for
from huifang.app.records.models import Absence, Branch, CalendarOverride, Staff
from huifang.app.services import audit
from huifang.domain import time_zones
from huifang.domain.errors import Conflict, Invalid, Problem
from huifang.domain.words import Words

LONGEST_DEPARTMENT = 60


def save_branch(by: Staff, branch: Branch, now: datetime) -> Branch:  # noqa: ARG001
    """Add or change a branch. Raises `Invalid` for a zone there is not, `Conflict` for a code that is taken."""
    require(by, MANAGE_STAFF)
    branch.time_zone = time_zones.read(branch.time_zone)
    try:
        with transaction.atomic():
            branch.save()
            audit.write(by, "branch.saved", f"branch:{branch.pk}", code=branch.code, active=branch.active)
    except IntegrityError:
        raise Conflict(
            Problem(
                "branch.taken", Words("门店编号已存在。", "This branch code is taken."), Words("请换一个编号。", "Choose another code.")
            )
        ) from None
    return branch


def rename_department(by: Staff, branch: Branch | None, name: str, new: str, now: datetime) -> int:  # noqa: ARG001
    """Give the department `name` of a branch another name; how many people are in it. A name that is there already joins both.

    Raises `Invalid` for an empty or too long name, and where the department has gone meanwhile.
    """
    require(by, MANAGE_STAFF)
    new = " ".join(new.split())
    if not new or len(new) > LONGEST_DEPARTMENT:
        what = Words(f"部门名称要有 1 到 {LONGEST_DEPARTMENT} 个字。", f"A department's name has 1 to {LONGEST_DEPARTMENT} characters.")
        raise _invalid("department.name", what)
    with transaction.atomic():
        renamed = Staff.objects.filter(branch=branch, department=name).exclude(department="").update(department=new)
        if not renamed:
            raise _invalid("department.missing", Words(f"没有部门“{name}”。", f"There is no department “{name}”."))
        audit.write(by, "department.renamed", f"branch:{branch.pk if branch else 0}", people=renamed)
    return renamed


def add_absence(
    by: Staff,
    person: Staff,
    first: date,
    last: date,
    substitute: Staff | None,
    reason: str,
    now: datetime,  # noqa: ARG001
) -> Absence:
    """Note that somebody is away from `first` to `last`; the plan gives their work to the substitute, else to the branch.

    Administrators note it for anybody, who hands work over for colleagues of their branches.
    """
    named = {person.pk} | ({substitute.pk} if substitute is not None else set())
    if not (may(by, HAND_OVER) and staff_for(by).filter(pk__in=named).count() == len(named)):
        require(by, MANAGE_STAFF)
    if last < first:
        raise _invalid("absence.days", Words("最后一天早于第一天。", "The last day lies before the first."))
    if substitute is not None and substitute.pk == person.pk:
        raise _invalid("absence.substitute", Words("不能由本人代班。", "Nobody stands in for themselves."))
    with transaction.atomic():
        absence = Absence.objects.create(staff=person, first_day=first, last_day=last, substitute=substitute, reason=reason[:120])
        audit.write(by, "absence.added", f"staff:{person.pk}", first=first.isoformat(), last=last.isoformat())
    return absence


def remove_absence(by: Staff, absence_id: int, now: datetime) -> None:  # noqa: ARG001
    """Take an absence back; one that is gone already is no error."""
    require(by, MANAGE_STAFF)
    with transaction.atomic():
        if Absence.objects.filter(pk=absence_id).delete()[0]:
            audit.write(by, "absence.removed", f"absence:{absence_id}")


def set_day(by: Staff, calendar: str, day: date, working: bool, label: str, now: datetime) -> CalendarOverride:  # noqa: ARG001
    """Say that a day is worked or free, over the published calendar."""
    require(by, MANAGE_STAFF)
    with transaction.atomic():
        row, _new = CalendarOverride.objects.update_or_create(
            calendar=calendar, day=day, defaults={"working": working, "label": label[:60]}
        )
        audit.write(by, "calendar.set", calendar, day=day.isoformat(), working=working)
    return row


def clear_day(by: Staff, row_id: int, now: datetime) -> None:  # noqa: ARG001
    """Let the published calendar hold again."""
    require(by, MANAGE_STAFF)
    with transaction.atomic():
        if CalendarOverride.objects.filter(pk=row_id).delete()[0]:
            audit.write(by, "calendar.cleared", f"day:{row_id}")


def _invalid(code: str, what: Words) -> Invalid:
    return Invalid(Problem(code, what, Words("请改正后重试。", "Mend it and try again.")))
