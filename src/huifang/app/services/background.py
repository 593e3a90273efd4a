"""Work asked of the worker from a page: planning a day, bringing a file in. The worker's job kinds are `plan` and `import`."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from huifang.app.access import IMPORT, PLAN, require
from huifang.app.records.models import ImportBatch, Job, PlanRun, Staff
from huifang.app.services import audit
from huifang.domain.errors import Conflict, Problem
from huifang.domain.words import Words

_UNDER_WAY = (Job.State.WAITING, Job.State.RUNNING)


def ask_plan(by: Staff, day: date, now: datetime) -> Job:
    """Ask for `day` to be planned now. Raises `Conflict` while a planning of it waits or runs."""
    require(by, PLAN)
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
        job = Job.objects.create(kind="plan", key=f"plan:{day}:asked:{number}", payload={"day": day.isoformat(), "by": by.pk}, run_at=now)
        audit.write(by, "plan.asked", f"job:{job.pk}", day=day.isoformat())
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
