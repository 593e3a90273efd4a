"""Work asked of the worker from a page: planning a day, bringing a file in. The worker's job kinds are `plan` and `import`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from huifang.app.access import EDIT_PLAYBOOKS, IMPORT, PLAN, require
from huifang.app.records.models import ImportBatch, Job, PlanRun, Staff
from huifang.app.services import audit, held_plans
from huifang.domain.errors import Conflict, Problem
from huifang.domain.words import Words

_UNDER_WAY = (Job.State.WAITING, Job.State.RUNNING)


def ask_plan(by: Staff, day: date, now: datetime) -> Job:
    """Ask for `day` to be planned now. Raises `Conflict` while a planning of it waits or runs."""
    require(by, PLAN)
    return _plan(by, day, now, {})


def confirm_plan(by: Staff, day: date, confirmed: int | None, now: datetime) -> Job:
    """Ask for `day` to be planned though nearly everybody is contacted. Raises `EveryoneContacted` where the number is not the one that
    is held, `Conflict` where nothing is held any more or a planning waits or runs.
    """
    require(by, EDIT_PLAYBOOKS)
    held = held_plans.held(day)
    if held is None:
        raise Conflict(
            Problem(
                "plan.not-held",
                Words("当天的计划没有等待确认。", "Today's plan does not wait for anybody's word."),
                Words("请刷新页面查看最新的计划。", "Reload the page to see the newest plan."),
            )
        )
    if held.wanted != confirmed:
        raise held
    return _plan(by, day, now, {"confirmed": confirmed})


def _plan(by: Staff, day: date, now: datetime, more: Mapping[str, int]) -> Job:
    with transaction.atomic():
        if plan_under_way(day):
            raise Conflict(
                Problem(
                    "plan.under-way",
                    Words("计划正在进行。", "The day is being planned already."),
                    Words("请稍候，完成后页面会自动更新。", "Wait a moment; the page shows when it is done."),
                )
            )
        number = Job.objects.filter(kind="plan").count() + 1
        job = Job.objects.create(
            kind="plan", key=f"plan:{day}:asked:{number}", payload={"day": day.isoformat(), "by": by.pk, **more}, run_at=now
        )
        audit.write(by, "plan.confirmed" if more else "plan.asked", f"job:{job.pk}", day=day.isoformat(), **more)
    return job


def plan_under_way(day: date) -> bool:
    """Whether a planning of `day` waits or runs."""
    asked = Job.objects.filter(kind="plan", state__in=_UNDER_WAY, payload__day=day.isoformat()).exists()
    return asked or PlanRun.objects.filter(day=day, state=PlanRun.State.RUNNING).exists()


def ask_import(by: Staff, batch: ImportBatch, now: datetime) -> Job:
    """Ask for a confirmed, stopped or failed import to be carried out. The same one is not queued twice."""
    require(by, IMPORT)
    with transaction.atomic():
        waiting = Job.objects.filter(kind="import", payload__batch=batch.pk, state__in=_UNDER_WAY).first()
        if waiting is not None:
            return waiting
        number = Job.objects.filter(kind="import", payload__batch=batch.pk).count() + 1
        return Job.objects.create(kind="import", key=f"import:{batch.pk}:{number}", payload={"batch": batch.pk, "by": by.pk}, run_at=now)


def import_under_way(batch: ImportBatch) -> bool:
    """Whether an import waits for the worker or is being carried out."""
    return Job.objects.filter(kind="import", payload__batch=batch.pk, state__in=_UNDER_WAY).exists()


def stop_import(by: Staff, batch: ImportBatch, now: datetime) -> None:
    """Ask a running import to stop after the rows in hand; one that still waits does not begin."""
    require(by, IMPORT)
    with transaction.atomic():
        jobs = Job.objects.filter(kind="import", payload__batch=batch.pk)
        jobs.filter(state=Job.State.WAITING).update(state=Job.State.STOPPED, finished_at=now)
        for job in jobs.filter(state=Job.State.RUNNING):
            job.payload = {**job.payload, "stop": True}
            job.save(update_fields=["payload"])
        audit.write(by, "import.stop-asked", f"import:{batch.pk}")
