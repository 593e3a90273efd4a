"""The rules of cases can be kept: levels in order, an approver for every amount, hours that can be counted in."""

from __future__ import annotations

from huifang.domain.spans import Span, Unit
from huifang.domain.words import Words
from huifang.playbooks.findings import Findings
from huifang.playbooks.schema import CaseKind, Playbook
from huifang.playbooks.yaml_tree import Path

_MINUTES = {Unit.MINUTE: 1, Unit.HOUR: 60}


def check_cases(playbook: Playbook, findings: Findings) -> None:
    """Every kind of case."""
    for key, case in playbook.cases.items():
        _levels(findings, ("cases", key, "escalate"), case)
        _fast_lane(findings, ("cases", key, "fast lane"), case)
        _compensation(findings, ("cases", key, "compensation"), case)


def _levels(findings: Findings, at: Path, case: CaseKind) -> None:
    for index, (level, after) in enumerate(zip(case.escalate, case.escalate[1:], strict=False), 1):
        if _shorter(after.after, level.after):
            findings.error(
                (*at, index, "after"),
                "check.levels-order",
                Words("这一级比前一级更早触发。", "This level is called before the one above it."),
                Words("请按时间先后排列各级。", "Put the levels in the order of their times."),
            )
    for index, level in enumerate(case.escalate):
        if level.again is not None and level.again.amount == 0:
            findings.error(
                (*at, index, "again"),
                "check.again-zero",
                Words("再次通知的间隔不能是 0。", "Calling again needs a span above 0."),
                Words("例如 again: 4 h。", "As in again: 4 h."),
            )


def _fast_lane(findings: Findings, at: Path, case: CaseKind) -> None:
    lane = case.fast_lane
    if lane is not None and (_shorter(case.first_answer, lane.first_answer) or _shorter(case.solve, lane.solve)):
        findings.warn(
            at,
            "check.slow-lane",
            Words("快速通道比普通时限还慢。", "The fast lane is slower than the ordinary one."),
            Words("请写更短的时限。", "Give it shorter times."),
        )


def _compensation(findings: Findings, at: Path, case: CaseKind) -> None:
    rule = case.compensation
    if rule is not None and max(rule.limits.values()) < rule.free:
        findings.error(
            (*at, "free"),
            "check.free-above-limits",
            Words("免审批额度高于所有审批限额。", "What is free is more than anybody may approve."),
            Words("请降低 free，或提高 limits。", "Lower free, or raise a limit."),
        )


def _shorter(one: Span, other: Span) -> bool:
    """Whether a span is certainly shorter than another: told only where both count in the same way."""
    if one.unit in _MINUTES and other.unit in _MINUTES:
        return one.amount * _MINUTES[one.unit] < other.amount * _MINUTES[other.unit]
    return one.unit is other.unit and one.amount < other.amount
