"""The way of a measure through plan, do, check and act, and what each step must bring before the next begins."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from huifang.domain.errors import Conflict, Invalid, Problem
from huifang.domain.words import Words


class Stage(StrEnum):
    """Where a measure stands."""

    PLAN = "plan"
    DO = "do"
    CHECK = "check"
    ACT = "act"
    DONE = "done"


STAGE_WORDS = {
    Stage.PLAN: Words("计划", "Plan"),
    Stage.DO: Words("执行", "Do"),
    Stage.CHECK: Words("检查", "Check"),
    Stage.ACT: Words("处置", "Act"),
    Stage.DONE: Words("已完成", "Finished"),
}
_ORDER = tuple(Stage)
_EVIDENCE = {
    Stage.PLAN: Words("请写明怎么做。", "Write how it will be done."),
    Stage.DO: Words("请写明做了什么。", "Write what was done."),
    Stage.CHECK: Words("请写明检查到了什么。", "Write what the check showed."),
    Stage.ACT: Words("请写明是否固化成标准，还是另想办法。", "Write whether it becomes the standard or another way is tried."),
}


@dataclass(frozen=True, slots=True)
class Effect:
    """What the check found: the indicator moved as hoped, moved the other way, or cannot be told from chance."""

    better: bool
    worse: bool


def following(stage: Stage, evidence: str) -> Stage:
    """The stage after this one; raises `Invalid` without evidence and `Conflict` where the measure is finished."""
    if stage is Stage.DONE:
        raise Conflict(
            Problem(
                "measure.finished",
                Words("这项措施已经完成。", "This measure is finished."),
                Words("需要继续改进时，请建立新的措施。", "Begin a new measure to improve further."),
            )
        )
    if not evidence.strip():
        raise Invalid(Problem("measure.no-evidence", Words("没有填写说明。", "Nothing was written."), _EVIDENCE[stage]))
    return _ORDER[_ORDER.index(stage) + 1]


def effect(low: float, high: float, *, more_is_better: bool) -> Effect:
    """What the interval of the difference (after less before) says.

    >>> effect(0.02, 0.11, more_is_better=True)
    Effect(better=True, worse=False)
    """
    up, down = low > 0, high < 0
    return Effect(up, down) if more_is_better else Effect(down, up)
