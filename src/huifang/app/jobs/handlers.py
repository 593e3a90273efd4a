"""What each kind of job does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from huifang.app.jobs.queue import Work
from huifang.app.services.delivery import deliver_due
from huifang.app.services.planning import plan_day


def plan(payload: Mapping[str, Any], now: datetime) -> None:
    """Plan the day in ``day``."""
    plan_day(date.fromisoformat(payload["day"]), now)


def deliver(payload: Mapping[str, Any], now: datetime) -> None:  # noqa: ARG001
    """Send what is due; each message commits by itself, so one that was sent stays sent whatever comes after."""
    deliver_due(now)


HANDLERS = {"plan": Work(plan, together=False), "deliver": Work(deliver, together=False)}
