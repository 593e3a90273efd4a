"""Closing a day (日清日结): what has to be cleared before a day is signed, and what may stay open with a word of why.

Plans P06, P16 and P17 ask that every contact is recorded the same day and that nothing of the day is left without a word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from huifang.domain.errors import Conflict, Invalid, Place, Problem
from huifang.domain.words import Words


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the checklist. `must`: the day is not signed while any is open; else each open line needs a reason."""

    code: str
    words: Words
    remedy: Words
    must: bool = False


CHECKS = (
    Check(
        "calls",
        Words("已开始联络，还没有登记结果", "Contacts begun, without an outcome"),
        Words("请回访员登记结果。", "The agent enters what came of it."),
        must=True,
    ),
    Check(
        "drafts",
        Words("已填写，还没有保存的记录", "Records typed and not saved"),
        Words(
            "请回访员打开后保存，或点“放弃填写”；人不在的，转给同事。",
            "The agent opens it and saves it or throws it away; where the agent is away, it is given to a colleague.",
        ),
        must=True,
    ),
    Check(
        "untouched",
        Words("应访而没有联络", "Were due and were not contacted"),
        Words("写明原因；明早的计划会重新安排。", "Say why; tomorrow's plan takes them up again."),
    ),
    Check(
        "overdue",
        Words("联络过，到了截止日仍未完成", "Contacted, not done by their last day"),
        Words("写明原因和打算。", "Say why and what is meant to be done."),
    ),
    Check(
        "promises",
        Words("约定的回电还没有兑现", "Promised callbacks not kept yet"),
        Words("今天补打，或写明原因。", "Call today, or say why not."),
    ),
    Check(
        "no-case",
        Words("客户不满意，还没有工单", "Dissatisfied customers without a case"),
        Words("建立工单，或写明已当场解决。", "Open a case, or say that it was settled at once."),
    ),
    Check(
        "answers",
        Words("工单超过首次答复时限", "Cases past their first answer"),
        Words("今天答复客户，或写明原因。", "Answer the customer today, or say why not."),
    ),
)
"""In the order in which they are worked through."""


def open_checks(counts: Mapping[str, int]) -> tuple[Check, ...]:
    """The lines that are open, given how many rows stand behind each code.

    >>> [check.code for check in open_checks({"untouched": 2, "calls": 1, "answers": 0})]
    ['calls', 'untouched']
    """
    return tuple(check for check in CHECKS if counts.get(check.code, 0))


def check_signing(day: date, today: date, counts: Mapping[str, int], reasons: Mapping[str, str]) -> None:
    """Raise `Conflict` where the day cannot be signed yet, `Invalid` where an open line has no reason; all of them at once."""
    if day > today:
        raise Conflict(
            Problem(
                "closing.early",
                Words(f"{day} 还没有到。", f"{day} has not come yet."),
                Words("当天或之后才能日结。", "Sign it on the day or afterwards."),
            )
        )
    found = open_checks(counts)
    stopping = [_left(check, counts[check.code]) for check in found if check.must]
    if stopping:
        raise Conflict(*stopping)
    silent = [_unsaid(check) for check in found if not reasons.get(check.code, "").strip()]
    if silent:
        raise Invalid(*silent)


def _left(check: Check, number: int) -> Problem:
    return Problem(f"closing.{check.code}", Words(f"{check.words.zh}：{number} 项。", f"{check.words.en}: {number}."), check.remedy)


def _unsaid(check: Check) -> Problem:
    said = Words(f"“{check.words.zh}”没有写原因。", f"“{check.words.en}” has no reason.")
    return Problem("closing.reason", said, check.remedy, Place(key=check.code))
