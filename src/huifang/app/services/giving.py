"""Giving some of the day's follow-ups to a colleague: those that a supervisor has picked out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Min

from huifang.app.access import SEE_DAY, followups_for, require
from huifang.app.business_time import business_day
from huifang.app.queries.hand_overs import receivers
from huifang.app.records.models import Staff
from huifang.app.services import followups
from huifang.app.services.notices import tell
from huifang.domain.errors import Conflict, Invalid, Problem
from huifang.domain.words import Words


def give(by: Staff, followup_ids: Iterable[int], to_id: int | None, now: datetime) -> tuple[int, int]:
    """Give follow-ups to a colleague who is there on their days, or to whoever is free first (None); how many, and how many were over.

    All at once or none. What was finished or sent meanwhile is passed over. Whoever gets some is told. Raises `Invalid` where none was
    picked or nobody of that number can take them, `NotAllowed` for a follow-up that is not in one's branches.
    """
    require(by, SEE_DAY)
    picked = sorted(set(followup_ids))
    days = followups_for(by).filter(pk__in=picked).aggregate(first=Min("day"), last=Max("day"))
    there = receivers(by, days["first"] or business_day(now), days["last"] or business_day(now))
    to = there.filter(pk=to_id).first() if to_id is not None else None
    if not picked or (to_id is not None and to is None):
        raise Invalid(_nothing() if not picked else _nobody())
    with transaction.atomic():
        given = sum(_given(by, number, to_id, now) for number in picked)
        if given and to is not None and to != by:
            words = Words(f"{by.name}交给您 {given} 个回访任务。", f"{by.name} gave you {given} follow-ups.")
            tell([to], words, "today:", now)
    return given, len(picked) - given


def _given(by: Staff, followup_id: int, to_id: int | None, now: datetime) -> bool:
    try:
        followups.reassign(by, followup_id, to_id, now)
    except Conflict:
        return False
    return True


def _nothing() -> Problem:
    return Problem(
        "giving.nothing",
        Words("没有选中任何回访任务。", "No follow-up was picked."),
        Words("请先勾选要交出的回访任务。", "Tick those you want to give away."),
    )


def _nobody() -> Problem:
    return Problem(
        "giving.nobody",
        Words("没有选定当天在岗的同事。", "No colleague who is there on that day was chosen."),
        Words("请从列表中选择接手的人。", "Choose who takes them from the list."),
    )
