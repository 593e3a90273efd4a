"""What each kind of job does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from huifang.app.jobs.queue import Work
from huifang.app.services.planning import plan_day


def plan(payload: Mapping[str, Any], now: datetime) -> None:
    """Plan the day in ``day``."""
    plan_day(date.fromisoformat(payload["day"]), now)


HANDLERS = {"plan": Work(plan, together=False)}
