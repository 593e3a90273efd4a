"""The first morning of a generated business: planned and counted before anybody opens it."""

from __future__ import annotations

from datetime import date, datetime

from huifang.app.records.models import Job, PlanRun
from huifang.app.services import indicator_days
from huifang.app.services.planning import plan_day


def begin(day: date, now: datetime) -> PlanRun:
    """Plan `day` and count all indicators up to `now`; the planning that putting the playbook in force asked for is done by that."""
    run = plan_day(day, now)
    Job.objects.filter(kind="plan", state=Job.State.WAITING).delete()
    indicator_days.keep(day - indicator_days.KEPT, now)
    return run
