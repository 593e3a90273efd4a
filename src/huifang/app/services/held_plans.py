"""A day's plan that would contact nearly everybody is not written until somebody confirms the number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction

from huifang.app.business_clock import database_now
from huifang.app.queries.playbooks import InForce
from huifang.app.records.models import Customer, PlanRun, Role, Staff
from huifang.app.services import audit, notices
from huifang.app.services.plan_results import Planned
from huifang.domain.everyone import Decisions, EveryoneContacted, check, number_wanted
from huifang.domain.words import Words

SUBJECT = "plan"
"""Of the notices, which lead to the page of the plan."""
CONFIRMING = (Role.MANAGER, Role.ADMINISTRATOR)
"""Who is told, because they may confirm it."""


def hold(
    run: PlanRun,
    planned: Planned,
    active: tuple[InForce, ...],
    following: Callable[[date], Decisions],
    confirmed: int | None,
    now: datetime,
) -> bool:
    """Whether the plan is held. Then the run says how many of how many; who may confirm it is told, once until the notice is read.

    `following` makes the decisions of a later day (`everyone.number_wanted`).
    """
    customers = Customer.objects.filter(status=Customer.Status.ACTIVE, merged_into=None).count()
    wanted, on = number_wanted(planned.decisions, run.day, customers, following)
    if wanted <= confirmed_for(run.day, active, confirmed):
        return False
    try:
        check(wanted, customers, None, on)
    except EveryoneContacted as error:
        _keep(run, error, now)
        return True
    return False


def confirmed_for(day: date, active: tuple[InForce, ...], confirmed: int | None) -> int:
    """How many customers have been confirmed for one day: now, earlier on this day, or when a version was put in force."""
    before = PlanRun.objects.filter(day=day, state=PlanRun.State.DONE).values_list("counts__confirmed", flat=True)
    return max([confirmed or 0, *(each.version.confirmed for each in active), *(number or 0 for number in before)])


def held(day: date) -> EveryoneContacted | None:
    """What the plan of the day waits for, as it is told; None where it was planned or nothing is held."""
    run = PlanRun.objects.filter(day=day).order_by("-id").first()
    if run is None or run.state != PlanRun.State.HELD:
        return None
    on = run.counts["on"]
    return EveryoneContacted(run.counts["wanted"], run.counts["of"], date.fromisoformat(on) if on else None)


def _keep(run: PlanRun, error: EveryoneContacted, now: datetime) -> None:
    about = {"wanted": error.wanted, "of": error.customers, "on": error.on.isoformat() if error.on else None}
    with transaction.atomic():
        run.state, run.counts, run.finished_at, run.error = PlanRun.State.HELD, about, database_now(), error.say("zh")
        run.save(update_fields=["state", "counts", "finished_at", "error"])
        told = Words(
            f"{run.day} 的计划要联络 {error.wanted:,} / {error.customers:,} 位客户，尚未生成：请到“计划”页确认人数，或检查方案。",
            f"The plan of {run.day} would contact {error.wanted:,} of {error.customers:,} customers and is not made yet: "
            "confirm the number on the page “Plan”, or look at the playbooks.",
        )
        notices.tell_once(Staff.objects.filter(is_active=True, role__in=CONFIRMING), told, SUBJECT, now)
        audit.write(None, "plan.held", f"plan:{run.pk}", day=run.day.isoformat(), **about)
