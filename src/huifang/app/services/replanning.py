"""What came in after the morning is planned the same day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from huifang.app.business_time import business_day
from huifang.app.records.models import PlanRun
from huifang.app.services.job_queue import enqueue

SOON = timedelta(minutes=5)
"""How long facts are gathered before the day is planned again."""


def plan_soon(now: datetime) -> bool:
    """Queue one planning of today where the day is planned already; whether a new one was queued."""
    day = business_day(now)
    if not PlanRun.objects.filter(day=day, state=PlanRun.State.DONE).exists():
        return False
    seconds = int(SOON.total_seconds())
    begins = datetime.fromtimestamp((int(now.timestamp()) // seconds + 1) * seconds, tz=UTC)
    return enqueue("plan", f"plan:{day.isoformat()}:facts:{begins:%H:%M}", {"day": day.isoformat()}, begins)
