"""The schedule of a week: proposed, moved, submitted, approved or returned, taken back. Only an approved one is followed by the plan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from huifang.app.access import APPROVE_WEEK, PLAN_WEEK, branches_for, may, require, week_schedules_for
from huifang.app.business_time import business_day
from huifang.app.calendars import working_calendar
from huifang.app.records.models import Absence, Branch, Role, Staff, WeekSchedule
from huifang.app.services import audit
from huifang.app.services.job_queue import enqueue
from huifang.app.services.notices import people_of, tell
from huifang.domain.errors import Conflict, Invalid, NotAllowed, Problem
from huifang.domain.week_schedule import DAYS, Movable, check_move, days_of, week_of
from huifang.domain.words import Words

State = WeekSchedule.State
MOST = 500
"""Contacts moved at once."""


def propose(by: Staff, branch_id: int, first: date, now: datetime) -> WeekSchedule:
    """Ask for the week of `first` to be proposed; what was moved in an earlier proposal is given up.

    Raises `Conflict` for a week that is over, submitted or approved.
    """
    require(by, PLAN_WEEK)
    first = week_of(first)
    branch = branches_for(by).filter(active=True, pk=branch_id).first()
    if branch is None:
        raise NotAllowed(_missing())
    if first < week_of(business_day(now)):
        raise Conflict(
            _stands("over", Words("这一周已经过去。", "This week is over."), Words("请选本周或以后的周。", "Choose a later one."))
        )
    with transaction.atomic():
        made, new = WeekSchedule.objects.select_for_update(no_key=True).get_or_create(
            branch=branch, first_day=first, defaults={"asked_by": by, "asked_at": now}
        )
        if not new and made.state in (State.SUBMITTED, State.APPROVED):
            raise Conflict(_not_in_work())
        made.state, made.asked_by, made.asked_at, made.error = State.PROPOSING, by, now, ""
        made.save(update_fields=["state", "asked_by", "asked_at", "error"])
        enqueue("week", f"week:{first.isoformat()}:{made.pk}:{now.isoformat()}", {"first": first.isoformat()}, now)
        audit.write(by, "schedule.asked", f"schedule:{made.pk}", branch=branch.pk, first=first.isoformat())
    return made


def propose_missing(by: Staff, branch: Branch | None, first: date, last: date, now: datetime) -> int:
    """Ask for every week of a period, of one branch or all of one's own, that is not over and has no schedule; how many were asked for."""
    require(by, PLAN_WEEK)
    branches = branches_for(by).filter(active=True) if branch is None else branches_for(by).filter(active=True, pk=branch.pk)
    monday = max(week_of(first), week_of(business_day(now)))
    weeks = [monday + timedelta(days=DAYS * number) for number in range((last - monday).days // DAYS + 1)]
    standing = WeekSchedule.objects.filter(first_day__in=weeks).exclude(state=State.FAILED).values_list("branch_id", "first_day")
    there = set(standing)
    missing = [(each.pk, week) for week in weeks for each in branches if (each.pk, week) not in there]
    for branch_id, week in missing:
        propose(by, branch_id, week, now)
    return len(missing)


def move(by: Staff, schedule_id: int, contact_ids: Sequence[int], to_id: int, day: date, now: datetime) -> int:
    """Give contacts to a colleague and a day of the week; how many were moved. All or none.

    Raises `Invalid` where a contact may not go there, the person is away, or the day is free; `Conflict` where the schedule is not in work.
    """
    with transaction.atomic():
        schedule = _held(by, schedule_id)
        if not schedule.editable:
            raise Conflict(_not_in_work())
        contacts = list(schedule.contacts.filter(pk__in=list(contact_ids)[:MOST]).select_for_update(of=("self",), no_key=True))
        person = _person(schedule, to_id, day)
        calendar = working_calendar(schedule.branch.calendar, schedule.first_day)
        working = day in days_of(schedule.first_day) and calendar.is_working(day)
        for one in contacts:
            problem = check_move(
                Movable(one.day, one.due, one.expires, one.promised), day, business_day(now), schedule.first_day, working
            )  # fmt: skip
            if problem is not None:
                raise Invalid(problem)
        schedule.contacts.filter(pk__in=[one.pk for one in contacts]).update(day=day, staff=person)
        moved = [one.pk for one in contacts if (one.day, one.staff_id) != (day, person.pk)]
        if moved:
            audit.write(by, "schedule.moved", f"schedule:{schedule.pk}", contacts=moved, to=person.pk, day=day.isoformat())
    return len(moved)


def submit(by: Staff, schedule_id: int, now: datetime) -> WeekSchedule:
    """Hand the schedule in for approval; managers of the branch are told."""
    with transaction.atomic():
        schedule = _held(by, schedule_id)
        if not schedule.editable:
            raise Conflict(_not_in_work())
        schedule.state, schedule.submitted_by, schedule.submitted_at = State.SUBMITTED, by, now
        schedule.save(update_fields=["state", "submitted_by", "submitted_at"])
        audit.write(by, "schedule.submitted", f"schedule:{schedule.pk}", first=schedule.first_day.isoformat())
        words = Words(
            f"{schedule.branch.name} {schedule.first_day.isoformat()} 起一周的排期表等待审批。",
            f"The schedule of {schedule.branch.name} for the week of {schedule.first_day.isoformat()} waits for approval.",
        )
        tell([each for each in _approvers(schedule) if each.pk != by.pk], words, f"schedule:{schedule.pk}", now)
    return schedule


def decide(by: Staff, schedule_id: int, approved: bool, remark: str, now: datetime) -> WeekSchedule:
    """Approve a submitted schedule, or return it with a remark; who submitted it is told.

    Nobody approves their own while another manager looks after the branch. Raises `Invalid` for a return without a remark.
    """
    require(by, APPROVE_WEEK)
    with transaction.atomic():
        schedule = _held(by, schedule_id)
        if schedule.state != State.SUBMITTED:
            raise Conflict(
                _stands("not-submitted", Words("排期表没有提交。", "It is not submitted."), Words("请刷新页面。", "Load it again."))
            )
        if approved and schedule.submitted_by_id == by.pk and any(each.pk != by.pk for each in _approvers(schedule)):
            raise NotAllowed(_own())
        if not approved and not remark.strip():
            raise Invalid(
                _stands("remark", Words("没有写退回的意见。", "There is no remark."), Words("请写明要改什么。", "Say what to change."))
            )
        schedule.state = State.APPROVED if approved else State.DRAFT
        schedule.decided_by, schedule.decided_at, schedule.remark = by, now, remark.strip()[:500]
        schedule.save(update_fields=["state", "decided_by", "decided_at", "remark"])
        audit.write(by, "schedule.approved" if approved else "schedule.returned", f"schedule:{schedule.pk}")
        week = schedule.first_day.isoformat()
        words = (
            Words(f"{week} 起一周的排期表已批准。", f"The schedule for the week of {week} is approved.")
            if approved
            else Words(f"{week} 起一周的排期表被退回，请看意见。", f"The schedule for the week of {week} came back with a remark.")
        )
        if schedule.submitted_by is not None and schedule.submitted_by_id != by.pk:
            tell([schedule.submitted_by], words, f"schedule:{schedule.pk}", now)
    return schedule


def take_back(by: Staff, schedule_id: int, why: str, now: datetime) -> WeekSchedule:
    """Put a submitted or approved schedule (that needs a manager) back into work, with a reason; the plan no longer follows it."""
    with transaction.atomic():
        schedule = _held(by, schedule_id)
        if schedule.state not in (State.SUBMITTED, State.APPROVED):
            raise Conflict(
                _stands("in-work", Words("排期表本来就在编制中。", "It is in work."), Words("可以直接改动。", "Change it as it is."))
            )
        if schedule.state == State.APPROVED:
            require(by, APPROVE_WEEK)
        if not why.strip():
            raise Invalid(_stands("why", Words("没有写撤回的原因。", "There is no reason."), Words("请写明原因。", "Say why.")))
        schedule.state, schedule.decided_by, schedule.decided_at, schedule.remark = State.DRAFT, by, now, why.strip()[:500]
        schedule.save(update_fields=["state", "decided_by", "decided_at", "remark"])
        audit.write(by, "schedule.taken-back", f"schedule:{schedule.pk}")
    return schedule


def may_decide(by: Staff, schedule: WeekSchedule) -> bool:
    """Whether this person may approve the schedule as it stands."""
    own = schedule.submitted_by_id == by.pk and any(each.pk != by.pk for each in _approvers(schedule))
    return schedule.state == State.SUBMITTED and may(by, APPROVE_WEEK) and not own


def _approvers(schedule: WeekSchedule) -> list[Staff]:
    return people_of(schedule.branch, (Role.MANAGER,))


def _held(by: Staff, schedule_id: int) -> WeekSchedule:
    """The schedule, locked, within one's branches."""
    require(by, PLAN_WEEK)
    seen = week_schedules_for(by).filter(pk=schedule_id).values("pk")
    rows = WeekSchedule.objects.select_for_update(of=("self",), no_key=True).select_related("branch", "submitted_by")
    found = rows.filter(pk__in=seen).first()
    if found is None:
        raise NotAllowed(_missing())
    return found


def _person(schedule: WeekSchedule, staff_id: int, day: date) -> Staff:
    """A colleague of the branch with places, who is there on the day."""
    people = Staff.objects.filter(is_active=True, capacity__gt=0).filter(branch=schedule.branch) | Staff.objects.filter(
        is_active=True, capacity__gt=0, branch=None
    )
    person = people.filter(pk=staff_id).first()
    if person is None:
        raise Invalid(_missing())
    if Absence.objects.filter(staff=person, first_day__lte=day, last_day__gte=day).exists():
        raise Invalid(
            _stands(
                "away",
                Words(f"{person.name} {day.isoformat()} 不在岗。", f"{person.name} is away on {day.isoformat()}."),
                Words("请选别的人或别的日子。", "Choose another person or day."),
            )
        )
    return person


def _stands(code: str, what: Words, remedy: Words) -> Problem:
    return Problem(f"schedule.{code}", what, remedy)


def _not_in_work() -> Problem:
    return _stands(
        "not-in-work",
        Words("排期表不在编制中，不能改动。", "The schedule is not in work and cannot be changed."),
        Words("已提交或已批准的，请先撤回。", "Take it back first if it was submitted or approved."),
    )


def _own() -> Problem:
    return _stands(
        "own",
        Words("不能审批自己提交的排期表。", "Nobody approves their own schedule."),
        Words("请门店的另一位经理审批。", "Ask another manager of the branch."),
    )


def _missing() -> Problem:
    return _stands(
        "missing",
        Words("找不到这份排期表、门店或人员。", "There is no such schedule, branch or person."),
        Words("它可能不在您的范围内。", "It may lie outside your branches."),
    )
