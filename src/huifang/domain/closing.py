"""What a case still lacks before it may be closed."""

from __future__ import annotations

from dataclasses import dataclass

from huifang.domain.errors import Problem
from huifang.domain.words import Words

_REMEDY = Words("请先登记，再办结。", "Enter it first, then close the case.")


@dataclass(frozen=True, slots=True)
class Settled:
    """What is there. `needs`: what the kind of case asks for beyond answer and solution: ``cause``, ``measure``."""

    needs: tuple[str, ...]
    answered: bool
    solved: bool
    cause: bool
    measure: bool
    undecided: bool = False
    """A compensation waits for a decision."""
    unkept: bool = False
    """A promise to the customer is neither kept nor taken back."""


def missing(settled: Settled) -> tuple[Problem, ...]:
    """Everything that is missing, in the order in which it is done; empty where the case may be closed."""
    lacks = (
        (not settled.answered, "case.not-answered", Words("还没有答复客户。", "The customer has no answer yet.")),
        (not settled.solved, "case.not-solved", Words("问题还没有解决。", "The matter is not settled.")),
        (settled.undecided, "case.compensation-open", Words("有补偿申请还没有审批。", "A compensation waits for a decision.")),
        (settled.unkept, "case.promise-open", Words("对客户的承诺还没有兑现。", "A promise to the customer is not kept yet.")),
        ("cause" in settled.needs and not settled.cause, "case.no-cause", Words("没有登记根本原因。", "The root cause is missing.")),
        (
            "measure" in settled.needs and not settled.measure,
            "case.no-measure",
            Words("没有改进措施和责任人。", "There is no measure with a person responsible."),
        ),
    )
    return tuple(Problem(code, what, _REMEDY) for lacking, code, what in lacks if lacking)
