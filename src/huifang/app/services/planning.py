"""Planning a day: one at a time, computed beside the work that goes on, written in one transaction.

A planner that dies leaves the plan that was there. Planning the same day again keeps what has been worked and what is in hand.
"""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import date, datetime, timedelta
from functools import partial
from typing import Protocol

from django.db import IntegrityError, transaction
from django.db.models import DateTimeField, ExpressionWrapper, Max, Value

from huifang.app import snapshot
from huifang.app.access import PLAN, require
from huifang.app.business_clock import database_now
from huifang.app.queries.costs import priced
from huifang.app.queries.playbooks import InForce, in_force
from huifang.app.records.models import PlanRun, Staff
from huifang.app.services import audit, held_plans
from huifang.app.services.dealing import Dealer
from huifang.app.services.plan_results import Planned, write_plan
from huifang.domain.errors import Conflict, HuifangError, Problem
from huifang.domain.words import Words
from huifang.engine.left_out import left_out
from huifang.engine.planner import plan
from huifang.engine.presence import presence
from huifang.engine.stages import PlanContext, inputs

LONGEST = timedelta(minutes=10)
"""A planning that has been running for so long is taken for dead."""
STEPS = ("reading", "deciding", "writing")
"""Of a planning, in their order; the one that is under way stands in the run's counts while it lasts."""
log = logging.getLogger("huifang.planning")


class Tell(Protocol):
    """Hears which step begins, and how many rows it has before it."""

    def __call__(self, step: str, /, **counts: int) -> None:
        """At the beginning of a step."""


def plan_day(day: date, now: datetime, asked_by: Staff | None = None, confirmed: int | None = None) -> PlanRun:
    """Plan `day`, the business's own. Raises Conflict while another planning is under way; whatever fails leaves the old plan.

    A plan that would contact nearly everybody, and more than were `confirmed` for this day or when the playbooks were put in force, is not
    written: the run is held with the number, and the managers are told (`held_plans`).
    """
    if asked_by is not None:
        require(asked_by, PLAN)
    run = _begin(day, asked_by)
    try:
        active = in_force()
        planned = compute(day, active, partial(_tell, run))
        if held_plans.hold(run, planned, active, lambda later: compute(later, active, _silent).decisions, confirmed, now):
            return run
        _tell(run, "writing", decisions=len(planned.decisions), followups=len(planned.followups))
        with transaction.atomic():
            _still_ours(run)
            written = write_plan(run, planned, active, now)
            run.counts = {
                **planned.counts,
                **written,
                "dealt": planned.dealt,
                "places": planned.places,
                "left_out": planned.left_out,
                "confirmed": held_plans.confirmed_for(day, active, confirmed),
            }
            run.state, run.finished_at = PlanRun.State.DONE, database_now()
            run.save(update_fields=["counts", "state", "finished_at"])
            run.refresh_from_db(fields=["finished_at"])
    except Exception as error:
        PlanRun.objects.filter(pk=run.pk, state=PlanRun.State.RUNNING).update(
            state=PlanRun.State.FAILED,
            finished_at=database_now(),
            error=error.say("zh") if isinstance(error, HuifangError) else repr(error),
        )
        log.exception("planning %s failed", day)
        raise
    audit.write(asked_by, "plan.done", f"plan:{run.pk}", day=day.isoformat(), followups=run.counts["followups"])
    return run


def compute(day: date, active: tuple[InForce, ...], tell: Tell) -> Planned:
    """What the engine decides for `day`; reads only. `tell` hears of each of the `STEPS` as it begins, with how much there is."""
    if not active:
        return Planned([], [], {})
    playbooks = priced((each.playbook for each in active), day)
    since = PlanRun.objects.filter(state=PlanRun.State.DONE, day__lt=day).aggregate(last=Max("day"))["last"]
    connection = snapshot.connect()
    try:
        tell("reading")
        tables = snapshot.load(connection, playbooks, day)
        tell("deciding", **{name: int(tables[name].count().to_pyarrow().as_py()) for name in ("customers", "events")})
        deal = Dealer()
        context, given = PlanContext(day, since, playbooks, connection), inputs(tables)
        result = plan(context, given, deal)
        decisions = result.decisions.to_pyarrow().to_pylist()
        followups = result.followups.to_pyarrow().to_pylist()
        wrong = asdict(left_out(context, given))
        places = sum(person.capacity for person in presence(context, given).people.values())
    finally:
        connection.disconnect()
    return Planned(decisions, followups, dict(result.counts), deal.how, places, wrong)


def _silent(_step: str, /, **_counts: int) -> None:
    """Nobody waits for the steps."""


def _tell(run: PlanRun, step: str, **counts: int) -> None:
    PlanRun.objects.filter(pk=run.pk, state=PlanRun.State.RUNNING).update(counts={"step": step, **counts})


def _begin(day: date, asked_by: Staff | None) -> PlanRun:
    dead = PlanRun.objects.filter(
        state=PlanRun.State.RUNNING,
        started_at__lt=ExpressionWrapper(database_now() - Value(LONGEST), output_field=DateTimeField()),
    )
    dead.update(state=PlanRun.State.FAILED, finished_at=database_now(), error="stopped")
    try:
        with transaction.atomic():
            return PlanRun.objects.create(day=day, started_at=database_now(), asked_by=asked_by)
    except IntegrityError:
        raise Conflict(
            Problem(
                "plan.running",
                Words("计划正在编排。", "Planning is under way."),
                Words("请稍候片刻再试。", "Try again in a moment."),
            )
        ) from None


def _still_ours(run: PlanRun) -> None:
    if PlanRun.objects.select_for_update(of=("self",), no_key=True).get(pk=run.pk).state != PlanRun.State.RUNNING:
        raise Conflict(
            Problem(
                "plan.overtaken",
                Words("这次编排用时过长，已被新的编排取代。", "This planning took too long and another one has taken its place."),
                Words("无需处理，请看最新的计划。", "Nothing to do: look at the newest plan."),
            )
        )
