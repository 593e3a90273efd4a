"""Measures against problems that were found: begun from a case or a cause, moved through plan, do, check and act with evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from huifang.app.access import MANAGE_MEASURES, measures_for, require, staff_for
from huifang.app.business_time import business_day
from huifang.app.queries.indicators import INDICATORS
from huifang.app.records.models import Branch, Case, Measure, MeasureStep, Staff
from huifang.app.services import audit
from huifang.app.services.case_steps import step, working
from huifang.app.services.notices import tell
from huifang.domain.errors import Invalid, NotAllowed, Problem
from huifang.domain.improvement import Stage, following
from huifang.domain.words import Words


@dataclass(frozen=True, slots=True)
class Plan:
    """What a measure is to be: what is done, who is responsible, until when, and which indicator it should move."""

    title: str
    owner_id: int
    due: date | None
    indicator: str = "satisfaction"
    cause: str = ""
    programme: str = ""


def begin(by: Staff, plan: Plan, branch: Branch | None, now: datetime) -> Measure:
    """Write a measure down and tell the person responsible; raises Invalid with everything that is missing."""
    require(by, MANAGE_MEASURES)
    return _begin(by, plan, branch, now)


def begin_in_case(by: Staff, case_id: int, plan: Plan, now: datetime) -> Measure:
    """Attach a new measure to a case: whoever handles the case may propose one."""
    with transaction.atomic():
        case = working(by, case_id)
        made = _begin(by, plan, case.branch, now)
        _attach(by, case, made, now)
        return made


def attach(by: Staff, case_id: int, measure_id: int, now: datetime) -> Measure:
    """Attach a measure that exists already: the same problem once more."""
    with transaction.atomic():
        case = working(by, case_id)
        found = measures_for(by).filter(pk=measure_id).first()
        if found is None:
            raise NotAllowed(_missing())
        _attach(by, case, found, now)
        return found


def move_on(by: Staff, measure_id: int, evidence: str, now: datetime) -> Measure:
    """End the present stage with its evidence and go on to the next. The person responsible may, and whoever manages measures."""
    with transaction.atomic():
        found = _mine(by, measure_id)
        ended, day = found.stage, business_day(now)
        found.stage = following(Stage(ended), evidence).value
        match Stage(ended):
            case Stage.PLAN:
                found.begun_on = day
            case Stage.DO:
                found.carried_out_on = day
            case Stage.ACT:
                found.finished_on = day
            case _:
                pass
        found.save()
        MeasureStep.objects.create(measure=found, at=now, by=by, stage=ended, words=evidence.strip())
        audit.write(by, "measure.moved", f"measure:{found.pk}", stage=found.stage)
        return found


def change(by: Staff, measure_id: int, owner_id: int, due: date | None, now: datetime) -> Measure:
    """Give a measure to somebody else or another date."""
    require(by, MANAGE_MEASURES)
    with transaction.atomic():
        found = _mine(by, measure_id)
        owner, when = _owner(by, owner_id), due
        if owner is None or when is None:
            raise Invalid(*_incomplete(found.title, owner, when))
        if owner != found.owner:
            _tell(owner, found, now)
        found.owner, found.due = owner, when
        found.save(update_fields=["owner", "due"])
        audit.write(by, "measure.changed", f"measure:{found.pk}", owner=owner.pk, due=when.isoformat())
        return found


def _begin(by: Staff, plan: Plan, branch: Branch | None, now: datetime) -> Measure:
    owner, title = _owner(by, plan.owner_id), plan.title.strip()
    if not title or owner is None or plan.due is None or plan.indicator not in INDICATORS:
        raise Invalid(*_incomplete(title, owner, plan.due), *_indicator(plan.indicator))
    with transaction.atomic():
        made = Measure.objects.create(
            title=title[:200], cause=plan.cause[:200], branch=branch, owner=owner, due=plan.due, indicator=plan.indicator,
            programme=plan.programme[:60], created_at=now, created_by=by,
        )  # fmt: skip
        if owner != by:
            _tell(owner, made, now)
        audit.write(by, "measure.begun", f"measure:{made.pk}", owner=owner.pk, due=plan.due.isoformat(), indicator=plan.indicator)
        return made


def _attach(by: Staff, case: Case, measure: Measure, now: datetime) -> None:
    case.measure = measure
    step(by, case, "measure", measure.title, now, measure=measure.pk)


def _mine(by: Staff, measure_id: int) -> Measure:
    found = measures_for(by).select_for_update(of=("self",), no_key=True).filter(pk=measure_id).first()
    if found is None:
        raise NotAllowed(_missing())
    if found.owner_id != by.pk:
        require(by, MANAGE_MEASURES)
    return found


def _owner(by: Staff, owner_id: int) -> Staff | None:
    return staff_for(by).filter(pk=owner_id, is_active=True).first()


def _tell(owner: Staff, measure: Measure, now: datetime) -> None:
    tell([owner], Words(f"改进措施“{measure.title}”由您负责。", f"The measure “{measure.title}” is yours."), f"measure:{measure.pk}", now)


def _incomplete(title: str, owner: Staff | None, due: date | None) -> list[Problem]:
    remedy = Words("请补充后再保存。", "Complete it and save again.")
    lacks = (
        (not title, Words("没有写明措施。", "The measure is not described.")),
        (owner is None, Words("没有责任人。", "Nobody is responsible.")),
        (due is None, Words("没有完成日期。", "There is no date.")),
    )
    return [Problem("measure.incomplete", what, remedy) for lacking, what in lacks if lacking]


def _indicator(key: str) -> list[Problem]:
    if key in INDICATORS:
        return []
    remedy = Words("请从列表里选择。", "Choose one of the list.")
    return [Problem("measure.indicator", Words("没有选择指标。", "No indicator is chosen."), remedy)]


def _missing() -> Problem:
    return Problem(
        "measure.missing",
        Words("找不到这项措施。", "There is no such measure."),
        Words("它可能属于别的分支机构。", "It may belong to another branch."),
    )
